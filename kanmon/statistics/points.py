"""Evaluation points of a PC: 100 x the product of a coefficient for the level of each item, rounded down.

Safe 1, Caution 0.75, Warning 0.5, Danger 0.25; Unknown and Not applicable 1. None when nothing was judged, or every
item is Unknown or Not applicable. A group has the mean of its PCs. Counted in quarters, so that nothing is lost to
rounding but what the rule rounds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kanmon.judgment.levels import ITEMS, Level

QUARTERS = {Level.SAFE: 4, Level.CAUTION: 3, Level.WARNING: 2, Level.DANGER: 1}
TELLING = tuple(QUARTERS)
NONE = -1
_MOST = 4 ** len(ITEMS)
_QUARTERS_OF = np.full(max(Level) + 1, 4, dtype=np.int64)
for _level, _quarters in QUARTERS.items():
    _QUARTERS_OF[_level] = _quarters


def points(items: Sequence[int]) -> int | None:
    """The points of one PC by the levels of its six items."""
    found = int(of_many(np.array([items], dtype=np.int16))[0])
    return None if found == NONE else found


def of_many(items: NDArray[np.int16]) -> NDArray[np.int64]:
    """The points of PCs, a row of six levels each; ``NONE`` for those that have none."""
    product = np.multiply.reduce(_QUARTERS_OF[items], axis=1)
    told = np.isin(items, TELLING).any(axis=1)
    return np.where(told, 100 * product // _MOST, NONE)
