"""What a person changes about waivers: each is one operation, and a judgment of whom it concerns in its transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kanmon.common.errors import Refused
from kanmon.common.messages import counted
from kanmon.console.change import Done
from kanmon.console.change_policies import rejudging
from kanmon.flow import Within
from kanmon.judgment.known import check_condition
from kanmon.policy import waivers
from kanmon.policy.models import Waiver
from kanmon.policy.waivers import Place, Wanted


def give(place: Place, where: str, wanted: Wanted, actor: str, form_key: str) -> Done:
    """Waive a condition at a place; ``where``: the place in the words of the journal.

    Raises Refused KNM5058-E, KNM5063-E.
    """

    def work() -> tuple[Mapping[str, Any], Within]:
        made = waivers.add(place, wanted, actor).id
        return {"condition": wanted.condition, "where": where, "ids": [made]}, Within((place,))

    return rejudging(f"Waiver of {wanted.condition}: added for {where}", work, actor, form_key)


def end(row: Waiver, actor: str, form_key: str) -> Done:
    """End a waiver. Raises Refused KNM5059-E when it has ended."""

    def work() -> tuple[Mapping[str, Any], Within]:
        one = waivers.find(row.id)
        waivers.end(one, actor)
        told = {"id": one.id, "condition": one.condition, "state": "ended"}
        return told, Within((waivers.place_of(one),))

    return rejudging(f"Waiver {row.id}: ended", work, actor, form_key)


def wanted(condition: str, reason: str, approver: str, expires: str) -> Wanted:
    """What the form of a waiver says. Raises Refused KNM7106-E for a last day that can't be read."""
    try:
        return Wanted(condition, reason, approver, date.fromisoformat(expires))
    except ValueError:
        raise Refused("KNM7106-E", text=expires[:40]) from None


def give_pcs(pcs: Sequence[int], wanted: Wanted, actor: str, form_key: str) -> Done:
    """Waive a condition for each of these PCs. Raises Refused KNM5050-E (no such condition), KNM5058-E, KNM5063-E."""
    check_condition(wanted.condition)

    def work() -> tuple[Mapping[str, Any], Within]:
        new = waivers.add_for_pcs(pcs, wanted, actor)
        told = {"condition": wanted.condition, "where": counted(len(pcs)), "given": len(new)}
        return told, Within([Place("pc", pc) for pc in new])

    return rejudging(f"Waiver of {wanted.condition}: added for {counted(len(pcs))}", work, actor, form_key)


def found(number: int) -> Waiver:
    """The waiver of this number, also when it is over. Raises Refused KNM5059-E."""
    row = Waiver.objects.filter(id=number).first()
    if row is None:
        raise Refused("KNM5059-E", status=404, number=number)
    return row
