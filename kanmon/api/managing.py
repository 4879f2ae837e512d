"""PCs are removed from management, disabled and enabled by the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Field

from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, key_of
from kanmon.api.given import Body
from kanmon.inventory.managing import Wanted
from kanmon.journal.writing import transaction
from kanmon.judgment import managing


class Order(Body):
    """What a person wants of PCs: asset numbers or hosts."""

    wanted: Wanted
    pcs: list[str] = Field(min_length=1, max_length=managing.MOST)
    reason: str = Field(default="", max_length=500)


def manage(request: HttpRequest, order: Order) -> dict[str, Any]:
    """Remove PCs from management, disable or enable it. Follow the operation by its id."""
    who = need(request, "edit_policy", "narrowed")
    key = key_of(request, who)
    pcs = queries.scope(False, order.pcs, "", who)
    assert pcs is not None
    with transaction():
        operation = managing.begin(order.wanted, pcs, order.reason.strip(), who.username, key)
    return queries.operation(begun(operation, managing.KIND).id)
