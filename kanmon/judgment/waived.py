"""For whom which conditions are waived, from the stored waivers and the tree of groups."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from pyroaring import BitMap

from kanmon.inventory.models import Group, Pc
from kanmon.policy import waivers
from kanmon.policy.models import Waiver
from kanmon.policy.waivers import Place

Ancestors = Callable[[int], list[int]]


def below(group: int, groups: Mapping[int, BitMap], ancestors: Ancestors) -> BitMap:
    """The PCs of a group and of all below it. ``groups``: group -> the PCs directly in it."""
    return BitMap.union(BitMap(), *(pcs for one, pcs in groups.items() if pcs and group in ancestors(one)))


def bitmaps(
    rows: Iterable[tuple[str, str, int]], groups: Mapping[int, BitMap], ancestors: Ancestors
) -> dict[str, BitMap]:
    """Condition -> the PCs for which it is waived. ``rows``: as ``waivers.in_force`` gives them."""
    found: dict[str, BitMap] = {}
    of_group: dict[int, BitMap] = {}
    for condition, target, number in rows:
        if target == "group" and number not in of_group:
            of_group[number] = below(number, groups, ancestors)
        pcs = BitMap([number]) if target == "pc" else of_group[number]
        found[condition] = found.get(condition, BitMap()) | pcs
    return found


def at(places: Iterable[Place], groups: Mapping[int, BitMap], ancestors: Ancestors) -> BitMap:
    """The PCs at these places; of the whole system all that are in a group."""
    found = BitMap()
    for place in places:
        if place.target == "pc":
            found.add(place.target_id)
        elif place.target == "system":
            found |= BitMap.union(BitMap(), *groups.values())
        else:
            found |= below(place.target_id, groups, ancestors)
    return found


def of_pc(pc: int, moment: datetime) -> dict[str, Waiver]:
    """Condition -> the waiver that counted for a PC at ``moment``; the nearest where there are several."""
    chain = [Place("pc", pc)]
    group = Pc.objects.filter(id=pc).values_list("group_id", flat=True).first()
    while group is not None:
        chain.append(Place("group", group))
        group = Group.objects.filter(id=group).values_list("parent_id", flat=True).first()
    return waivers.of_place(chain, moment)
