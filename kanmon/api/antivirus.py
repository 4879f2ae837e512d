"""Newer versions of antivirus products by the API: the versions that judgment policies want rise to them."""

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Field, Router

from kanmon.api.callers import need
from kanmon.api.given import Body
from kanmon.api.rejudging import rejudging
from kanmon.common.errors import Refused
from kanmon.feeds import antivirus, antivirus_policies
from kanmon.flow import Within
from kanmon.policy.models import Assignment

MOST_CHARACTERS = 2_000_000
router = Router()


class Product(Body):
    """A product with its newest versions; what is empty is not known."""

    product: str = Field(min_length=1, max_length=500)
    version: str = Field("", max_length=200)
    engine: str = Field("", max_length=200)
    definitions: str = Field("", max_length=200)


class NewVersions(Body):
    """Either ``products``, or ``text``: a CSV or JSON list of them. ``policies``: names; empty: all."""

    products: list[Product] = Field(default_factory=list, max_length=antivirus.MOST_PRODUCTS)
    text: str = Field("", max_length=MOST_CHARACTERS)
    policies: list[str] = Field(default_factory=list, max_length=1_000)


@router.post("/feeds/antivirus")
def new_versions(request: HttpRequest, new: NewVersions) -> dict[str, Any]:
    """Raise the versions that policies want to these. One operation; the PCs concerned are judged anew."""
    who = need(request, "edit_policy")
    newer = msgspec.convert([one.dict() for one in new.products], list[antivirus.Newer])
    newer += antivirus.read(new.text) if new.text else []
    if not newer:
        raise Refused("KNM2053-E")

    def work() -> tuple[dict[str, Any], Within]:
        done = antivirus_policies.update(newer, new.policies, who.username)
        told = {
            "policies": [one.told() for one in done.changed],
            "unmatched": list(done.unmatched),
            "ambiguous": list(done.ambiguous),
        }
        ids = [one.policy for one in done.changed]
        assigned = Assignment.objects.filter(policy__in=ids).values_list("policy", flat=True)
        return told, Within(policies=sorted(set(assigned)))

    return rejudging(request, who, f"Antivirus versions of {len(newer)} products imported", work)
