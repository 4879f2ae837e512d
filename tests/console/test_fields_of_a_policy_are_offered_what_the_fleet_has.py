"""Names that stand in a policy are offered from the fleet, with the PCs that have them."""

from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import signed_in

from kanmon.accounts.models import Role, User
from kanmon.common.facts import CLASSES
from kanmon.console.policy_form.picks import PICKS
from kanmon.console.policy_form.shape import Shape, of_policy
from kanmon.inventory import dictionary
from kanmon.inventory.models import Pc, PcFacts
from kanmon.search.offers import MOST, SOURCES

OFFERS = "/policies/offers/{}"


@pytest.fixture
def person(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    sample.fill(24)
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def fields(shape: Shape) -> "dict[tuple[str, str], str]":
    """(rule, field) -> kind of control, of everything in a policy."""
    assert shape.struct is not None
    found = {(shape.struct.__name__, name): one.kind for name, one in shape.fields.items()}
    for one in shape.fields.values():
        found |= fields(one) if one.fields else {}
    return found


def test_every_field_that_is_offered_something_is_a_text_of_a_policy() -> None:
    kinds = fields(of_policy("judgment"))
    assert {one: kinds.get(one) for one in PICKS} == dict.fromkeys(PICKS, "text")
    assert set(PICKS.values()) == set(SOURCES)


@pytest.mark.django_db
def test_each_name_is_told_with_the_pcs_that_have_it_and_what_nobody_has_is_said(person: Client) -> None:
    known = dict(dictionary.after(0))
    having: dict[str, set[int]] = {}
    for pc, stored in PcFacts.objects.values_list("pc", "packed"):
        packed = bytes(stored)
        for at in range(0, len(packed), 4):
            fact = known[int.from_bytes(packed[at : at + 4], "little")]
            if isinstance(fact, CLASSES["software"][1]):
                having.setdefault(fact.name, set()).add(pc)
    managed = set(Pc.objects.filter(managed=True).values_list("id", flat=True))
    told = person.get(OFFERS.format("software"), {"q": ""}).json()["choices"]
    assert 0 < len(told) <= MOST
    for one in told:
        count = len(having[one["value"]] & managed)
        assert one["pcs"] == (f"{count} PC has it" if count == 1 else f"{count} PCs have it")
    User.objects.update(language="ja")
    answer = person.get(OFFERS.format("antivirus"), {"q": "no such product"}).json()
    assert answer["choices"] == []
    assert "どの PC にもありません" in answer["said"]
    assert person.get(OFFERS.format("users")).status_code == 404
