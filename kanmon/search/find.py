"""The PCs that a search means."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from kanmon.search.asked import Asked
from kanmon.search.combine import all_of, any_of, narrowest
from kanmon.search.condition import Choice
from kanmon.search.roster import ROSTER
from kanmon.search.table import FILTERS


@dataclass(frozen=True, slots=True)
class Found:
    """``pcs`` are the search's own. ``narrowest``: the condition that keeps out most when nothing is found, and how many
    PCs there would be without it.
    """

    pcs: BitMap
    narrowest: str = ""
    without: int = 0


def find(asked: Asked, only: Collection[int] | None = None) -> Found:
    """The PCs that ``asked`` means. ``only``: of these groups (ids), without those below; None: of all."""
    ROSTER.catch_up()
    installed = {name: _part(name, asked.values(name)) for name in asked.names if name in OF_THE_INDEX}
    with ROSTER.lock:
        parts = {
            name: installed[name] if name in installed else _part(name, asked.values(name)) for name in asked.names
        }
        found = all_of(_everybody(asked, only), list(parts.values()))
        if found or not parts:
            return Found(found)
        return Found(found, *narrowest(lambda name: _everybody(asked.without(name), only), parts))


OF_THE_INDEX = ("os", "software", "title")
"""Conditions that take the lock of the judge's index: asked before the roster's is taken."""


def _part(name: str, values: Sequence[str]) -> BitMap:
    return any_of([FILTERS[name].pcs(value) for value in values])


def _everybody(asked: Asked, only: Collection[int] | None) -> BitMap:
    listed = ROSTER.listed()
    if "removed" in asked.values("managed"):
        listed = listed | ROSTER.removed()
    return listed if only is None else listed & ROSTER.in_groups(only)


def choices(name: str, asked: Asked, only: Collection[int] | None = None) -> list[Choice]:
    """What can be chosen for a condition, counted among the PCs that the rest of the search means."""
    how = FILTERS[name].choices
    if how is None:
        return []
    among = find(asked.without(name), only).pcs
    if name == "managed":
        among = find(Asked((*asked.without(name).conditions, ("managed", ("yes", "no", "removed")))), only).pcs
    if name in OF_THE_INDEX:
        return list(how(among))
    with ROSTER.lock:
        return list(how(among))
