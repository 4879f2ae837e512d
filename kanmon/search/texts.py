"""Names, users, addresses, serial and asset numbers of all PCs as one text, to be searched for a part of any of them.

One look through the text finds all: 50 MB for a million PCs, some tens of milliseconds. A PC whose words change is
written again at the end, and its old line is dead; when many are, the text is written anew.
"""

from array import array
from collections.abc import Iterable

import numpy as np
from pyroaring import BitMap

from kanmon.search.sets import bitmap

SEPARATOR = "\x1f"
_DEAD_PART = 0.25
_FEW = 1_000


class Texts:
    """See the module. Nothing here locks."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._starts: array[int] = array("Q")
        self._owners: array[int] = array("I")  # PC of each line; 0: dead
        self._line_of: dict[int, int] = {}
        self._dead = 0

    def __len__(self) -> int:
        return len(self._line_of)

    def put(self, pc: int, words: Iterable[str]) -> None:
        """These are the words of ``pc`` now."""
        self.drop(pc)
        self._line_of[pc] = len(self._starts)
        self._starts.append(len(self._text))
        self._owners.append(pc)
        self._text += _line(words)

    def drop(self, pc: int) -> None:
        """The PC is found by no word any more."""
        line = self._line_of.pop(pc, None)
        if line is not None:
            self._owners[line] = 0
            self._dead += 1
            if self._dead > _FEW + _DEAD_PART * len(self._starts):
                self._write_anew()

    def _write_anew(self) -> None:
        text, starts, owners = bytearray(), array("Q"), array("I")
        self._starts.append(len(self._text))
        for line, pc in enumerate(self._owners):
            if pc:
                self._line_of[pc] = len(starts)
                starts.append(len(text))
                owners.append(pc)
                text += self._text[self._starts[line] : self._starts[line + 1]]
        self._text, self._starts, self._owners, self._dead = text, starts, owners, 0

    def having(self, word: str) -> BitMap:
        """The PCs that have ``word`` in one of their words, whatever its case."""
        wanted = word.casefold().encode()
        if not wanted or not self._starts:
            return BitMap()
        text, found = self._text, array("Q")
        at = text.find(wanted)
        while at >= 0:
            found.append(at)
            at = text.find(wanted, text.find(b"\n", at))  # one hit a line is enough
        return self._owners_at(found)

    def _owners_at(self, places: "array[int]") -> BitMap:
        starts = np.frombuffer(self._starts, dtype=np.uint64)
        found = np.frombuffer(places, dtype=np.uint64)
        lines = np.searchsorted(starts, found, side="right") - 1
        owners = np.frombuffer(self._owners, dtype=np.uint32)[lines]
        del starts  # an array that somebody looks at can't grow
        return bitmap(np.sort(owners[owners > 0]))


def _line(words: Iterable[str]) -> bytes:
    kept = (word.casefold().replace("\n", " ").replace(SEPARATOR, " ") for word in words if word)
    return (SEPARATOR.join(dict.fromkeys(kept)) + "\n").encode("utf-8", "replace")
