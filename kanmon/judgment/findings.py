"""Findings of a PC as bytes: the same set of findings is stored once, however many PCs have it."""

from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.judgment.levels import Level

MAX_EVIDENCE = 5
NO_FACT = 0xFFFFFFFF
"""Stands for "no record": what failed is that there is none."""


class Finding(NamedTuple):
    """A condition that failed or is unknown, and the numbers of the facts that say so (at most 5, the lowest)."""

    condition: str
    outcome: str  # failed or unknown
    level: Level
    facts: tuple[int, ...] = ()


def encode_set(findings: list[Finding]) -> bytes:
    """Canonical bytes: sorted by condition, msgpack of (condition, outcome, level, [facts])."""
    return msgspec.msgpack.encode([(one[0], one[1], int(one[2]), list(one[3])) for one in sorted(findings)])


def decode_set(packed: bytes) -> tuple[Finding, ...]:
    """The findings of ``encode_set``. Raises msgspec.DecodeError for other bytes."""
    rows = msgspec.msgpack.decode(packed, type=list[tuple[str, str, int, tuple[int, ...]]])
    return tuple(Finding(condition, outcome, Level(level), facts) for condition, outcome, level, facts in rows)


def numbers(bitmap: BitMap) -> NDArray[np.uint32]:
    """The members of a bitmap, ascending."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


class Sheet:
    """Collects who has which finding, then groups PCs by equal sets.

    A line is (condition, outcome, level) by ``code``; an entry is a line with one fact. All pairs (PC, entry)
    are sorted as one array of 64-bit numbers, so that the findings of each PC are one slice of it.
    """

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, Level]] = []
        self._rows: list[tuple[int, int, NDArray[np.uint32]]] = []

    def line(self, condition: str, outcome: str, level: Level) -> int:
        """The code of a new line."""
        self._lines.append((condition, outcome, level))
        return len(self._lines) - 1

    def add(self, code: int, fact: int, pcs: BitMap) -> None:
        """``pcs`` have the line ``code`` with evidence ``fact`` (or NO_FACT)."""
        if pcs:
            self._rows.append((code, fact, numbers(pcs)))

    def sets(self, pcs: NDArray[np.uint32]) -> tuple[NDArray[np.int32], list[bytes]]:
        """For each of ``pcs`` (ascending) the place of its set, and the distinct sets."""
        chosen, entries, owners = self._sorted()
        packed = entries.tobytes()
        width = entries.itemsize
        starts = np.searchsorted(owners, pcs, side="left") * width
        ends = np.searchsorted(owners, pcs, side="right") * width
        places: dict[bytes, int] = {}
        set_of = np.empty(len(pcs), dtype=np.int32)
        found = [
            places.setdefault(packed[start:end], len(places))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        set_of[:] = found
        return set_of, [self._encode(np.frombuffer(slice_, dtype=entries.dtype), chosen) for slice_ in places]

    def _sorted(self) -> tuple[list[tuple[int, int]], NDArray[np.uint32], NDArray[np.uint32]]:
        """Distinct (code, fact) in order; then entry and PC of each pair, by PC and entry, 5 facts a line at most."""
        chosen = sorted({(code, fact) for code, fact, _ in self._rows})
        number_of = {one: place for place, one in enumerate(chosen)}
        if not chosen:
            return [], np.empty(0, np.uint32), np.empty(0, np.uint32)
        keys = np.concatenate(
            [
                (pcs.astype(np.uint64) << np.uint64(32)) | np.uint64(number_of[code, fact])
                for code, fact, pcs in self._rows
            ]
        )
        keys.sort()
        owners, entries = (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
        codes = np.array([code for code, _ in chosen], dtype=np.uint32)[entries]
        fresh = np.ones(len(keys), dtype=bool)
        fresh[1:] = (owners[1:] != owners[:-1]) | (codes[1:] != codes[:-1])
        count = np.arange(len(keys))
        keep = count - np.maximum.accumulate(np.where(fresh, count, 0)) < MAX_EVIDENCE
        return chosen, entries[keep], owners[keep]

    def _encode(self, entries: NDArray[Any], chosen: list[tuple[int, int]]) -> bytes:
        facts: dict[int, list[int]] = {}
        for entry in entries.tolist():
            code, fact = chosen[entry]
            facts.setdefault(code, []).extend([] if fact == NO_FACT else [fact])
        return encode_set([Finding(*self._lines[code], tuple(held)) for code, held in facts.items()])
