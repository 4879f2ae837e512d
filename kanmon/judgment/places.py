"""Sets of PCs -> places in an array of PCs.

To look a million PCs up by bisection takes as long as everything else of a judgment. Where the numbers lie close
together, which is so for a fleet, a table says the place of each.
"""

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

_CLOSE = 16  # a table is made when it has at most so many places for each PC


def numbers(bitmap: BitMap) -> NDArray[np.uint32]:
    """The members of a bitmap, ascending."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


class Places:
    """The places of the members of a bitmap in ``pcs`` (ascending), of which it must be a part."""

    def __init__(self, pcs: NDArray[np.uint32]) -> None:
        self._pcs = pcs
        self._first = pcs[0] if len(pcs) else np.uint32(0)
        self._span = int(pcs[-1] - self._first) + 1 if len(pcs) else 0
        self._table: NDArray[np.int32] | None = None

    def __call__(self, members: BitMap) -> "NDArray[np.integer] | slice":
        """An index for arrays that have an entry for each PC."""
        count = len(self._pcs)
        if len(members) == count:
            return slice(None)
        found = numbers(members)
        if self._span > _CLOSE * count:
            return np.searchsorted(self._pcs, found)
        found = found - self._first
        return found if self._span == count else self._of_table()[found]

    def _of_table(self) -> NDArray[np.int32]:
        if self._table is None:
            self._table = np.zeros(self._span, dtype=np.int32)
            self._table[self._pcs - self._first] = np.arange(len(self._pcs), dtype=np.int32)
        return self._table
