"""Places in the words of people, and back: the whole system, a group by its path, a PC by its asset number."""

from collections.abc import Iterable, Sequence
from typing import Any

from kanmon.accounts import scope
from kanmon.api import queries
from kanmon.common.errors import Refused
from kanmon.common.messages import counted
from kanmon.inventory import groups
from kanmon.inventory.models import Group, Pc
from kanmon.policy.waivers import Place


class Names:
    """Paths and asset numbers of places, read at once."""

    def __init__(self, places: Iterable[Place]) -> None:
        found = list(places)
        self.paths = dict(Group.objects.values_list("id", "path"))
        self.pcs: dict[int, str] = {}
        numbers = sorted({place.target_id for place in found if place.target == "pc"})
        for start in range(0, len(numbers), 500):
            rows = Pc.objects.filter(id__in=numbers[start : start + 500]).values_list("id", "asset_number")
            self.pcs.update(rows)


def spell(target: str, target_id: int, names: Names) -> dict[str, Any]:
    """A place as the API tells it: ``{"system": true}``, ``{"group": path}`` or ``{"pc": asset number}``."""
    if target == "group" and names.paths.get(target_id) != groups.ROOT:
        return {"group": names.paths.get(target_id, f"#{target_id}")}
    return {"pc": names.pcs.get(target_id, f"#{target_id}")} if target == "pc" else {"system": True}


def words(place: dict[str, Any]) -> str:
    """A spelt place in words: "the whole system", "group /Sales", "PC PC0000001"."""
    if place.get("system"):
        return "the whole system"
    return f"group {place['group']}" if place.get("group") else f"PC {place['pc']}"


def place_words(system: bool, group: str, pcs: Sequence[str]) -> str:
    """The places of an order in words."""
    if len(pcs) == 1:
        return f"PC {pcs[0]}"
    return counted(len(pcs)) if pcs else words({"system": system or group == groups.ROOT, "group": group})


def places_of(system: bool, group: str, pcs: Sequence[str], who: Any = None) -> list[Place]:
    """The places of an order of ``who``; "/" is the whole system. Raises Refused KNM5065-E unless exactly one is given,
    KNM7200-E and KNM6010-E when it is not theirs who are limited to groups.
    """
    only = scope.groups(who)
    if sum((bool(system), bool(group), bool(pcs))) != 1:
        raise Refused("KNM5065-E")
    if pcs:
        return [Place("pc", queries.find_pc(name, only).id) for name in dict.fromkeys(pcs)]
    if system or group.strip() == groups.ROOT:
        if only is not None:
            raise Refused("KNM7200-E", status=403, who=who.username)
        return [Place("system")]
    row = groups.find(group)
    if only is not None and row.id not in only:
        raise Refused("KNM6010-E", status=404, what="Group", name=group)
    return [Place("group", row.id)]
