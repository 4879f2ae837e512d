"""On how many PCs each condition fails: the numbers that the list gives when it is filtered by that condition."""

from collections.abc import Collection
from typing import NamedTuple

from pyroaring import BitMap

from kanmon.judgment.levels import Level
from kanmon.judgment.places import numbers
from kanmon.search.asked import EVERYTHING
from kanmon.search.find import find
from kanmon.search.roster import ROSTER


class Failing(NamedTuple):
    """``level``: the worst at which the condition fails on these PCs; policies may differ."""

    condition: str
    level: Level
    pcs: int


def most_failed(most: int, only: Collection[int] | None = None) -> list[Failing]:
    """The ``most`` conditions that fail on the most PCs of the list, the most common first. ``only``: see ``find``."""
    return failing_among(find(EVERYTHING, only).pcs, most)


def failing_among(pcs: BitMap, most: int) -> list[Failing]:
    """The same of these PCs."""
    among = numbers(pcs)
    found = []
    with ROSTER.lock:
        by_set = ROSTER.by_set(among)
        for condition in ROSTER.sets.failing:
            codes, levels = ROSTER.sets.failing_at(condition)
            counts = by_set[codes]
            if total := int(counts.sum()):
                found.append(Failing(condition, Level(int(levels[counts > 0].max())), total))
    return sorted(found, key=lambda one: (-one.pcs, one.condition))[:most]
