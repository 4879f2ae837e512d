"""The PCs of a set in the order of a list: a page of them, from where another ended."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from kanmon.judgment.places import numbers
from kanmon.search.roster import ROSTER


class Standing(NamedTuple):
    """A PC with its level."""

    pc: int
    level: int


def by_level(pcs: BitMap, size: int, falling: bool, after: tuple[int, int] | None = None) -> list[Standing]:
    """At most ``size`` of ``pcs`` by level and number, all ``falling`` or rising, behind ``after`` (level, number)."""
    members = numbers(pcs)
    with ROSTER.lock:
        levels = ROSTER.levels_of(members)
    found: list[Standing] = []
    for level, some in _by_level(members, levels, falling):
        if after is not None and level == after[0]:
            some = (
                some[: np.searchsorted(some, after[1])] if falling else some[np.searchsorted(some, after[1], "right") :]
            )
        elif after is not None and (level > after[0]) == falling:
            continue
        missing = size - len(found)
        chosen = some[::-1][:missing] if falling else some[:missing]
        found += [Standing(pc, level) for pc in chosen.tolist()]
        if len(found) == size:
            break
    return found


def _by_level(members: "np.ndarray", levels: "np.ndarray", falling: bool) -> Iterator[tuple[int, "np.ndarray"]]:
    for level in sorted(np.unique(levels).tolist(), reverse=falling):
        yield level, members[levels == level]
