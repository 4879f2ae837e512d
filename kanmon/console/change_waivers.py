"""What a person changes about waivers: each is one operation, and a judgment of whom it concerns in its transaction."""

from collections.abc import Mapping
from typing import Any

from kanmon.common.errors import Refused
from kanmon.console.change import Done
from kanmon.console.change_policies import rejudging
from kanmon.flow import Within
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


def found(number: int) -> Waiver:
    """The waiver of this number, also when it is over. Raises Refused KNM5059-E."""
    row = Waiver.objects.filter(id=number).first()
    if row is None:
        raise Refused("KNM5059-E", status=404, number=number)
    return row
