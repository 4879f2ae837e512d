"""Which sets of findings say what: a condition -> the sets in which it fails.

A set of findings is stored once, however many PCs have it, and never changes; so each is read once. Sets go by a code,
from 1 in the order of their ids, which fits into an array by PC number; 0 is none.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kanmon.judgment.condition import Outcome
from kanmon.judgment.findings import decode_set

Codes = NDArray[np.uint32]


class FindingSets:
    """See the module. Nothing here locks."""

    def __init__(self) -> None:
        self._ids: array[int] = array("q")
        self._of: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("I"))
        self._levels: dict[str, array[int]] = defaultdict(lambda: array("H"))

    @property
    def newest(self) -> int:
        """The id of the newest set that was read."""
        return self._ids[-1] if self._ids else 0

    def __len__(self) -> int:
        return len(self._ids)

    def learn(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Read sets: id and body, ids rising."""
        for id, body in rows:
            self._ids.append(id)
            code = len(self._ids)
            said = {(one.condition, str(one.outcome)): one.level for one in decode_set(body)}
            for one, level in said.items():
                self._of[one].append(code)
                if one[1] == Outcome.FAIL:
                    self._levels[one[0]].append(int(level))

    def codes(self, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        """The codes of sets; 0 for an id that was never read."""
        known = np.array(self._ids, dtype=np.int64)
        if not len(known):
            return np.zeros(len(ids), dtype=np.int32)
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[places] == ids, places + 1, 0).astype(np.int32)

    def saying(self, condition: str, outcome: str) -> Codes:
        """The sets that say this of a condition."""
        return np.array(self._of.get((condition, outcome), ()), dtype=np.uint32)

    @property
    def failing(self) -> list[str]:
        """The conditions that fail in some set."""
        return list(self._levels)

    def failing_at(self, condition: str) -> tuple[Codes, NDArray[np.uint16]]:
        """The sets in which a condition fails, and beside each its level there."""
        return self.saying(condition, Outcome.FAIL), np.array(self._levels.get(condition, ()), dtype=np.uint16)

    def with_outcome(self, outcome: str) -> Codes:
        """The sets that say this of any condition."""
        found = [np.array(codes, dtype=np.uint32) for (_, said), codes in self._of.items() if said == outcome]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint32)

    def conditions(self, outcome: str) -> list[str]:
        """The conditions of which a set says this."""
        return sorted(condition for condition, said in self._of if said == outcome)
