"""Findings of a PC as bytes: the same set of findings is stored once, however many PCs have it."""

from collections.abc import Sequence
from operator import index
from typing import NamedTuple, SupportsIndex, overload

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.judgment.levels import Level
from kanmon.judgment.places import numbers

MAX_EVIDENCE = 5
_MANY = 10_000  # PCs from which equal ones are found before their findings are looked at
_TABLE_BITS = 18
NO_FACT = 0xFFFFFFFF
"""Stands for "no record": what failed is that there is none."""


class Finding(NamedTuple):
    """A condition that failed or is unknown, and the numbers of the facts that say so (at most 5, the lowest).

    ``outcome``: failed, unknown or waived. ``level`` of a waived one is what it would be without the waiver.
    """

    condition: str
    outcome: str
    level: Level
    facts: tuple[int, ...] = ()


def encode_set(findings: list[Finding]) -> bytes:
    """Canonical bytes: sorted by condition, msgpack of (condition, outcome, level, [facts])."""
    return msgspec.msgpack.encode([(one[0], one[1], int(one[2]), list(one[3])) for one in sorted(findings)])


def decode_set(packed: bytes) -> tuple[Finding, ...]:
    """The findings of ``encode_set``. Raises msgspec.DecodeError for other bytes."""
    rows = msgspec.msgpack.decode(packed, type=list[tuple[str, str, int, tuple[int, ...]]])
    return tuple(Finding(condition, outcome, Level(level), facts) for condition, outcome, level, facts in rows)


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

    def sets(self, pcs: NDArray[np.uint32]) -> tuple[NDArray[np.int32], "Sets"]:
        """For each of ``pcs`` (ascending) the place of its set, and the distinct sets."""
        if len(pcs) < _MANY or not self._rows:
            return self._of(pcs, self._rows)
        alike = self._alike(pcs)
        firsts = np.flatnonzero(alike == np.arange(len(pcs), dtype=np.int32))
        chosen = np.zeros(int(pcs[-1]) + 1, dtype=bool)
        chosen[pcs[firsts]] = True
        held = [(code, fact, held[chosen[held]]) for code, fact, held in self._rows]
        number = np.empty(len(pcs), dtype=np.int32)
        number[firsts], sets = self._of(pcs[firsts], held, apart=True)
        return number[alike], sets

    def _alike(self, pcs: NDArray[np.uint32]) -> NDArray[np.int32]:
        """For each of ``pcs`` the place of one that has the same entries, which is alike itself.

        Every entry has a random number of 64 bits, and a PC the sum of those of its entries: PCs of different entries
        have the same sum once in 10**19 pairs. A table by the upper bits of the sum keeps one PC of each. It is as
        small as a processor's cache likes; the sums that find another one in their place are sorted.
        """
        drawn = np.random.default_rng().integers(0, 1 << 64, len(self._rows), dtype=np.uint64)
        first = int(pcs[0])
        sums = np.zeros(int(pcs[-1]) + 1, dtype=np.uint64)
        for (_, _, held), number in zip(self._rows, drawn, strict=True):
            np.add.at(sums, held, number)  # each PC is once in an entry; this is the quickest way to add
        marks = sums[first:] if len(sums) - first == len(pcs) else sums[pcs]
        bits = min(_TABLE_BITS, (4 * len(pcs)).bit_length())
        bucket = (marks >> np.uint64(64 - bits)).astype(np.int32)
        table = np.empty(1 << bits, dtype=np.int32)
        table[bucket] = np.arange(len(pcs), dtype=np.int32)
        alike = table.take(bucket)
        crowded = np.flatnonzero(marks.take(alike) != marks)
        if len(crowded):
            _, earliest, place = np.unique(marks[crowded], return_index=True, return_inverse=True)
            alike[crowded] = crowded[earliest][place]
        return alike

    def _of(
        self, pcs: NDArray[np.uint32], rows: list[tuple[int, int, NDArray[np.uint32]]], apart: bool = False
    ) -> tuple[NDArray[np.int32], "Sets"]:
        """The same, by looking at every finding of every PC, unless they are known to lie ``apart``: no two have the
        same entries, so that two of them can only be alike where facts were left out.
        """
        packed, starts, ends, chosen, left_out = _slices(pcs, rows)
        if apart and not left_out:
            return np.arange(len(pcs), dtype=np.int32), Sets(packed, starts, ends, chosen, self._lines)
        places: dict[bytes, int] = {}
        bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
        set_of = [places.setdefault(packed[start:end], len(places)) for start, end in bounds]
        first = np.unique(set_of, return_index=True)[1] if set_of else np.zeros(0, np.int64)
        return np.array(set_of, dtype=np.int32), Sets(packed, starts[first], ends[first], chosen, self._lines)


class Sets(Sequence[bytes]):
    """Distinct sets of findings, as ``encode_set`` writes them; each is written when it is first asked for.

    Set i is ``packed[starts[i]:ends[i]]``, numbers of entries of four bytes.
    """

    def __init__(
        self, packed: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], chosen: list[tuple[int, int]],
        lines: list[tuple[str, str, Level]],
    ) -> None:  # fmt: skip
        self._packed, self._starts, self._ends, self._chosen, self._lines = packed, starts, ends, chosen, lines
        self._written: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: SupportsIndex) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        number = range(len(self))[index(place)]
        if number not in self._written:
            one = self._packed[self._starts[number] : self._ends[number]]
            self._written[number] = self._encode(np.frombuffer(one, dtype=np.uint32))
        return self._written[number]

    def _encode(self, entries: NDArray[np.uint32]) -> bytes:
        facts: dict[int, list[int]] = {}
        for entry in entries.tolist():
            code, fact = self._chosen[entry]
            facts.setdefault(code, []).extend([] if fact == NO_FACT else [fact])
        return encode_set([Finding(*self._lines[code], tuple(held)) for code, held in facts.items()])


def _slices(
    pcs: NDArray[np.uint32], rows: list[tuple[int, int, NDArray[np.uint32]]]
) -> tuple[bytes, NDArray[np.int64], NDArray[np.int64], list[tuple[int, int]], bool]:
    """The entries of all ``pcs`` as bytes; where those of each begin and end; what the numbers of entries mean;
    whether some were left out.
    """
    chosen, keys = _sorted(rows)
    owners, entries = (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
    kept = _kept(chosen, owners, entries)
    left_out = not kept.all()
    if left_out:
        owners, entries = owners[kept], entries[kept]
    width = entries.itemsize
    starts = np.searchsorted(owners, pcs, side="left") * width
    ends = np.searchsorted(owners, pcs, side="right") * width
    return entries.tobytes(), starts, ends, chosen, left_out


def _sorted(
    rows: list[tuple[int, int, NDArray[np.uint32]]],
) -> tuple[list[tuple[int, int]], NDArray[np.uint64]]:
    """Distinct (code, fact) in order; then each pair, its PC in the upper half and its entry in the lower, in order."""
    chosen = sorted({(code, fact) for code, fact, _ in rows})
    number_of = {one: place for place, one in enumerate(chosen)}
    if not chosen:
        return [], np.empty(0, np.uint64)
    keys = np.concatenate(
        [(pcs.astype(np.uint64) << np.uint64(32)) | np.uint64(number_of[code, fact]) for code, fact, pcs in rows]
    )
    keys.sort()
    return chosen, keys


def _kept(chosen: list[tuple[int, int]], owners: NDArray[np.uint32], entries: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which entries are evidence: 5 facts of a line at most."""
    if not len(entries):
        return np.ones(0, dtype=bool)
    codes = np.array([code for code, _ in chosen], dtype=np.uint32)[entries]
    fresh = np.ones(len(entries), dtype=bool)
    fresh[1:] = (owners[1:] != owners[:-1]) | (codes[1:] != codes[:-1])
    count = np.arange(len(entries))
    return count - np.maximum.accumulate(np.where(fresh, count, 0)) < MAX_EVIDENCE
