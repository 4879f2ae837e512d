"""Endpoints of orders: what became of them, and what a person does about those that were not delivered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.action import deliveries
from kanmon.action.command import output
from kanmon.action.deliveries import Delivery
from kanmon.api.callers import need
from kanmon.api.changes import change
from kanmon.api.given import Body, Cursor, Few, Id, Number, Text
from kanmon.api.paging import number, page
from kanmon.common.errors import Refused
from kanmon.journal.models import Operation
from kanmon.judgment.levels import Level

router = Router()
MOST = 1000


class Chosen(Body):
    """Which orders, by number, or all that were not delivered (1,000 at a time; of one kind, if it is named)."""

    orders: list[int] = Field([], max_length=MOST)
    all_failed: bool = False
    kind: str = Field("", max_length=40)
    because: str = Field("", max_length=500)


class ByNumber(Body):
    """Which orders, by number."""

    orders: list[int] = Field(min_length=1, max_length=MOST)
    because: str = Field("", max_length=500)


@router.get("/orders")
def orders(
    request: HttpRequest,
    response: HttpResponse,
    state: Text = "",
    kind: Text = "",
    before: Number = 0,
    limit: Few = 50,
    cursor: Cursor = "",
) -> list[dict[str, Any]]:
    """Orders, the newest first; ``state=failed``: those that were not delivered. ``before``: an operation."""
    need(request, "view")
    found = deliveries.deliveries(state, kind, number(request, before), limit + 1)
    return [as_json(one) for one in page(request, response, found, limit, lambda one: one.operation)]


@router.post("/orders/retry")
def retry(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    """Carry out what was not delivered: all of the chosen, or none."""
    return _each(request, "retry", deliveries.retry, lambda: _numbers(chosen), chosen.because, chosen.kind)


@router.post("/orders/cancel")
def cancel(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    """They are not wanted any more: what waits is not done, what was not delivered is given up."""
    return _each(request, "cancel", deliveries.cancel, lambda: _numbers(chosen), chosen.because, chosen.kind)


@router.post("/orders/replay")
def replay(request: HttpRequest, chosen: ByNumber) -> dict[str, Any]:
    """Tell once more what was delivered, under the same ids."""
    return _each(request, "replay", deliveries.replay, lambda: chosen.orders, chosen.because)


@router.get("/operations/{id}/output")
def command_output(request: HttpRequest, id: Id) -> dict[str, Any]:
    """What the command of an operation wrote, as far as it was kept; on the node that ran it."""
    need(request, "view")
    return output.of(id)._asdict()


def as_json(one: Delivery) -> dict[str, Any]:
    """A delivery as the API tells it."""
    names = ("order", "operation", "kind", "state", "run", "pcs", "attempts", "sentence")
    return {name: getattr(one, name) for name in names} | {
        "level": Level(one.level).word,
        "to": list(one.to),
        "decided_at": one.decided_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }


def _numbers(chosen: Chosen) -> list[int] | None:
    """The orders, None for all that failed: those are looked up in the transaction that changes them."""
    if chosen.all_failed == bool(chosen.orders):
        raise Refused("KNM3265-E")
    return None if chosen.all_failed else chosen.orders


def _each(
    request: HttpRequest,
    verb: str,
    do: Callable[[int, str, str], Operation],
    named_in: Callable[[], list[int] | None],
    because: str,
    kind: str = "",
) -> dict[str, Any]:
    who = need(request, "act")
    numbers = named_in()

    def work() -> dict[str, Any]:
        chosen = numbers
        if chosen is None:
            chosen = [one.operation for one in deliveries.deliveries("failed", kind, limit=MOST)]
        return {"orders": chosen, "operations": [do(one, who.username, because).id for one in chosen]}

    named = " ".join(["all that were not delivered", kind]).strip() if numbers is None else ", ".join(map(str, numbers))
    done, now = change(request, who, f"{verb} orders: {named}", work)
    told: dict[str, Any] = done.outcome or {}
    return {"orders": told["orders"], "operations": told["operations"], "change": done.id, "now": now}
