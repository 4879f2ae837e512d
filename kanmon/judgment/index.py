"""The inverted index of a fleet: for each fact the PCs that have it, and the judge that works on it.

Conditions are asked of the *dictionary*: each distinct record once, however many PCs have it. What is left
is set algebra on bitmaps, so one PC, a batch and the whole fleet are the same code with another ``scope``.

Results by record are kept by the key of a condition's part and extended when new facts are learned, so a
what-if of one edited line asks only that line. Text columns keep results by distinct text likewise.

Nothing here locks: the owner sees to it that one thread at a time uses an index.
"""

from array import array
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.common.facts import CLASSES, CODE_OF, COLUMNS, Fact, Told
from kanmon.judgment.by_name import Planner
from kanmon.judgment.columns import Column, untold
from kanmon.judgment.condition import AGENT_ID, INVENTORY, Condition, Outcome, Part
from kanmon.judgment.findings import NO_FACT, Sheet
from kanmon.judgment.holders import of_any
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.places import Places, numbers
from kanmon.judgment.updates_asked import UpdatesAsked
from kanmon.judgment.vulnerabilities_asked import VulnerabilitiesAsked

_CHUNK_FACTS = 4_000_000  # pairs sorted at a time when loading: 32 MB of keys
_MAX_PARTS = 20_000  # parts whose results are kept
NO_WAIVERS: Mapping[str, BitMap] = {}
_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Levels of the PCs of a scope, ascending by PC.

    ``items`` has a column for each of ``levels.ITEMS``. ``sets[set_of[i]]`` are the findings of ``pcs[i]``
    (``findings.decode_set``); both are empty when findings were not asked for.
    """

    pcs: NDArray[np.uint32]
    levels: NDArray[np.int16]
    items: NDArray[np.int16]
    set_of: NDArray[np.int32]
    sets: Sequence[bytes]


@dataclass(slots=True)
class _Placed:
    """Facts of a class by place in the order of speaking; ``seen`` of them were asked."""

    seen: int = 0
    places: dict[int, tuple[Outcome, list[int]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Answer:
    """PCs by outcome, and the facts that spoke: (outcome, facts, PCs for which they spoke)."""

    of: dict[Outcome, BitMap]
    spoke: list[tuple[Outcome, list[int], BitMap]] = field(default_factory=list)


class Index:
    """See the module."""

    def __init__(self) -> None:
        self.pcs = BitMap()
        self._holders: dict[int, BitMap] = {}
        self._dictionary: dict[int, list[tuple[int, Fact]]] = {code: [] for code, _ in CLASSES.values()}
        self._learned: set[int] = set()
        self._planner = Planner(self._dictionary)
        self._told: dict[int, int] = {}
        self._updates = UpdatesAsked(self._dictionary, self._holders, self._told)
        self._vulnerabilities = VulnerabilitiesAsked(self._dictionary, self._holders, self._told)
        self._placed: OrderedDict[Hashable, _Placed] = OrderedDict()
        self._columns: dict[str, Column] = {}

    def learn(self, numbers_and_facts: Iterable[tuple[int, Fact]]) -> None:
        """Adds entries of the dictionary; those already known are passed over."""
        for number, fact in numbers_and_facts:
            if number in self._learned:
                continue
            self._learned.add(number)
            self._dictionary[CODE_OF[type(fact)]].append((number, fact))
            if isinstance(fact, Told) and fact.cls in CLASSES:
                self._told[CLASSES[fact.cls][0]] = number

    def load(self, packed: Iterable[tuple[int, bytes]]) -> None:
        """Adds many PCs that are not yet in the index: number, and sorted little-endian uint32 fact numbers."""
        rows = iter(packed)
        while batch := _take(rows, _CHUNK_FACTS):
            pcs = np.array([pc for pc, _ in batch], dtype=np.uint64)
            facts = np.frombuffer(b"".join(data for _, data in batch), dtype="<u4")
            counts = np.array([len(data) // 4 for _, data in batch])
            keys = (facts.astype(np.uint64) << np.uint64(32)) | np.repeat(pcs, counts)
            keys.sort()
            owners, held = keys.astype(np.uint32), (keys >> np.uint64(32)).astype(np.uint32)
            starts = np.flatnonzero(np.r_[True, held[1:] != held[:-1]]) if len(held) else np.zeros(0, np.int64)
            raw = owners.tobytes()
            ends = [*starts[1:].tolist(), len(held)]
            for fact, start, end in zip(held[starts].tolist(), starts.tolist(), ends, strict=False):
                self._holding(fact).update(array("I", raw[4 * start : 4 * end]))
            self.pcs.update(array("I", pcs.astype(np.uint32).tobytes()))

    def apply(self, pc: int, added: NDArray[np.uint32], removed: NDArray[np.uint32]) -> None:
        """Takes over the change of one PC's facts; a PC that is not yet here comes in."""
        for fact in removed.tolist():
            if fact in self._holders:
                self._holders[fact].discard(pc)
        for fact in added.tolist():
            self._holding(fact).add(pc)
        self.pcs.add(pc)

    def drop(self, pc: int) -> None:
        """Takes a PC out, with its columns. Time grows with the dictionary: 20 ms for 30,000 facts."""
        for holders in self._holders.values():
            holders.discard(pc)
        for column in self._columns.values():
            column.set(pc, None)
        self.pcs.discard(pc)

    def set_column(self, pc: int, name: str, value: object) -> None:
        """Sets one column (``facts.COLUMNS``) of one PC; None takes it away. Raises KeyError for another name."""
        if name not in self._columns:
            if name not in COLUMNS:
                raise KeyError(name)
            self._columns[name] = Column(name)
        self._columns[name].set(pc, value)

    @classmethod
    def of(cls, pcs: BitMap, holders: dict[int, BitMap], columns: dict[str, Column]) -> "Index":
        """An index that was kept (``checkpoint``): it has still to learn its facts."""
        index = cls()
        index.pcs, index._columns = pcs, columns
        index._holders.update(holders)
        return index

    def held_facts(self) -> list[int]:
        """The numbers of the facts that a PC has, or had."""
        return list(self._holders)

    def packed_holders(self, fact_numbers: Iterable[int]) -> list[bytes]:
        """The PCs of each of these facts, as pyroaring stores them."""
        return [self._holders[fact].serialize() for fact in fact_numbers]

    def column_names(self) -> list[str]:
        """The columns that were ever set."""
        return list(self._columns)

    def column(self, name: str) -> Column:
        """A column. Raises KeyError when it was never set."""
        return self._columns[name]

    def holders(self, fact_number: int) -> BitMap:
        """The PCs that have a fact."""
        return self._holders.get(fact_number, BitMap()).copy()

    def held_by(self, fact_number: int) -> int:
        """How many PCs have a fact."""
        return len(self._holders[fact_number]) if fact_number in self._holders else 0

    def records(self, cls: int, start: int, end: int) -> list[tuple[Fact, BitMap]] | None:
        """The records of a class from place ``start`` to ``end`` of the dictionary, with their PCs; None past its end."""
        facts = self._dictionary[cls]
        return [(fact, self.holders(number)) for number, fact in facts[start:end]] if start < len(facts) else None

    def numbered(self, cls: int, place: int) -> list[tuple[int, Fact]]:
        """The records of a class from ``place`` of the dictionary on, each with its number."""
        return self._dictionary[cls][place:]

    def having_any(self, fact_numbers: Iterable[int]) -> BitMap:
        """The PCs that have any of these facts, as a set of its own."""
        return BitMap.union(BitMap(), *(self._holders[one] for one in fact_numbers if one in self._holders))

    def _holding(self, fact: int) -> BitMap:
        held = self._holders.get(fact)
        if held is None:
            held = self._holders[fact] = BitMap()
        return held

    def judge(
        self, conditions: Sequence[Condition], scope: BitMap, *, findings: bool = True,
        waived: Mapping[str, BitMap] = NO_WAIVERS,
    ) -> Judgement:  # fmt: skip
        """Judges the PCs of ``scope`` (also those that the index has no facts of: they have no agent).

        ``waived``: id of a condition -> the PCs for which it does not count. What fails there, or is unknown, is on
        the sheet as waived and is not applicable for the levels.
        """
        sheet = Sheet() if findings else None
        nothing_known = BitMap()
        for condition in conditions:
            if condition.id == AGENT_ID:
                nothing_known = self._condition(condition, scope, sheet)[Outcome.UNKNOWN]
        inside = scope - nothing_known
        marks: dict[tuple[str, Level], BitMap] = {}
        for condition, alike in self._planner.plan(conditions).judged(waived):
            if condition.id == AGENT_ID:
                continue
            free = waived.get(condition.id)
            of = self._condition(condition, scope if condition.item == INVENTORY else inside, sheet, free)
            if sheet is not None:
                for one in alike:
                    self._same(sheet, one, of)
            for outcome, level in (
                (Outcome.FAIL, condition.level),
                (Outcome.UNKNOWN, Level.UNKNOWN),
                (Outcome.PASS, Level.SAFE),
            ):
                marks.setdefault((condition.item, level), BitMap()).update(of[outcome])
            if condition.item != INVENTORY:
                marks[condition.item, Level.UNKNOWN] |= nothing_known
        return _judgement(scope, marks, sheet)

    def outcomes(self, condition: Condition, scope: BitMap) -> dict[Outcome, BitMap]:
        """The PCs of ``scope`` by what comes out of one condition for them; what-if keeps such answers."""
        return self._condition(condition, scope, None)

    def differing(self, one: Part, other: Part, scope: BitMap) -> BitMap:
        """The PCs of ``scope`` with a record whose place or outcome differs between two parts of one class."""
        if one.column or other.column or one.latest or other.latest or one.vulnerable or other.vulnerable:
            return BitMap()
        was, now = (
            {(place, outcome, fact) for place, (outcome, facts) in self._places(part).items() for fact in facts}
            for part in (one, other)
        )
        return self._any(sorted({fact for _, _, fact in was ^ now if fact in self._holders}), scope)

    def _condition(
        self, condition: Condition, scope: BitMap, sheet: Sheet | None, free: BitMap | None = None
    ) -> dict[Outcome, BitMap]:
        asked, unasked = scope, BitMap()
        if condition.applies is not None:
            system = self._part(condition.applies, scope)
            asked, unasked = system.of[Outcome.PASS], system.of[Outcome.UNKNOWN]
        answers = [self._part(part, asked) for part in condition.parts]
        if len(answers) == 1:
            of = answers[0].of
        else:
            of, left = {}, asked
            for outcome in condition.combine.value[:-1]:
                of[outcome] = BitMap.union(*(answer.of[outcome] for answer in answers)) & left
                left = left - of[outcome]
            of[condition.combine.value[-1]] = left
        of = {**of, Outcome.UNKNOWN: of[Outcome.UNKNOWN] | unasked}
        if free is not None:
            of = self._waive(condition, of, free, sheet, answers)
        if sheet is not None:
            for outcome, level in ((Outcome.FAIL, condition.level), (Outcome.UNKNOWN, Level.UNKNOWN)):
                if of[outcome]:
                    self._write(sheet, sheet.line(condition.id, outcome, level), outcome, of[outcome], answers)
        return of

    def _same(self, sheet: Sheet, condition: Condition, of: dict[Outcome, BitMap]) -> None:
        """Writes down a condition that no record speaks for, with the answer of another one that is alike."""
        for outcome, level in ((Outcome.FAIL, condition.level), (Outcome.UNKNOWN, Level.UNKNOWN)):
            if of[outcome]:
                sheet.add(sheet.line(condition.id, outcome, level), NO_FACT, of[outcome])

    def _waive(
        self, condition: Condition, of: dict[Outcome, BitMap], free: BitMap, sheet: Sheet | None, answers: list[_Answer]
    ) -> dict[Outcome, BitMap]:
        """``of`` without what is waived for the PCs ``free``; that is written down as waived."""
        left = dict(of)
        for outcome, level in ((Outcome.FAIL, condition.level), (Outcome.UNKNOWN, Level.UNKNOWN)):
            if let_off := of[outcome] & free:
                left[outcome] = left[outcome] - let_off
                left[Outcome.NOT_APPLICABLE] = left[Outcome.NOT_APPLICABLE] | let_off
                if sheet is not None:
                    self._write(sheet, sheet.line(condition.id, Outcome.WAIVED, level), outcome, let_off, answers)
        return left

    def _write(self, sheet: Sheet, code: int, outcome: Outcome, pcs: BitMap, answers: list[_Answer]) -> None:
        """Puts ``pcs`` on the sheet with the facts that spoke for this outcome."""
        without = pcs.copy()
        for spoken, facts, where in (one for answer in answers for one in answer.spoke):
            if spoken is outcome and (meant := where & pcs):
                without -= meant
                for fact in facts:
                    sheet.add(code, fact, self._holders[fact] & meant)
        sheet.add(code, NO_FACT, without)

    def _part(self, part: Part, scope: BitMap) -> _Answer:
        if part.latest is not None:
            return _Answer(*self._updates.answer(part.latest, scope))
        if part.vulnerable is not None:
            return _Answer(*self._vulnerabilities.answer(part.key, part.vulnerable, scope))
        if part.column:
            column = self._columns.get(part.column)
            return _Answer(column.test(part, scope) if column else untold(part, scope))
        answer = _Answer({outcome: BitMap() for outcome in _OUTCOMES})
        left = scope
        for _, (outcome, facts) in sorted(self._places(part).items()):
            if not left:
                break
            held = [fact for fact in facts if fact in self._holders]
            if where := self._any(held, left):
                answer.of[outcome] |= where
                answer.spoke.append((outcome, held, where))
                left = left - where
        told = self._holders.get(self._told.get(part.cls, -1), BitMap()) & left
        answer.of[part.empty] |= told
        answer.of[part.untold] |= left - told
        return answer

    def _any(self, facts: Iterable[int], scope: BitMap) -> BitMap:
        return of_any([self._holders[fact] for fact in facts], scope)

    def _places(self, part: Part) -> dict[int, tuple[Outcome, list[int]]]:
        placed = self._placed.get(part.key)
        if placed is None:
            placed = self._placed[part.key] = _Placed()
            if len(self._placed) > _MAX_PARTS:
                self._placed.popitem(last=False)
        self._placed.move_to_end(part.key)
        facts = self._dictionary[part.cls]
        if placed.seen == len(facts):
            return placed.places
        fresh = self._planner.candidates(part, placed.seen) if part.names else islice(facts, placed.seen, None)
        for number, fact in fresh:
            place = part.place(fact)
            if place is not None:
                placed.places.setdefault(place[0], (place[1], []))[1].append(number)
        placed.seen = len(facts)
        return placed.places


def _take(rows: Iterable[tuple[int, bytes]], facts: int) -> list[tuple[int, bytes]]:
    batch: list[tuple[int, bytes]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row[1]) // 4 + 1
        if size >= facts:
            break
    return batch


def _judgement(scope: BitMap, marks: dict[tuple[str, Level], BitMap], sheet: Sheet | None) -> Judgement:
    """Levels from the sets: from the best level to the worst, so that the worst is written last."""
    pcs = numbers(scope)
    of = Places(pcs)
    items = np.full((len(pcs), len(ITEMS)), Level.NOT_APPLICABLE, dtype=np.int16, order="F")
    levels = np.full(len(pcs), Level.NOT_APPLICABLE, dtype=np.int16)
    for (item, level), members in sorted(marks.items(), key=lambda mark: mark[0][1]):
        if members and item != INVENTORY:
            items[of(members), ITEMS.index(item)] = level
        elif members and level != Level.SAFE:
            levels[of(members)] = level
    for column in range(len(ITEMS)):
        np.maximum(levels, items[:, column], out=levels)
    if sheet is None:
        return Judgement(pcs, levels, items, np.zeros(0, np.int32), [])
    return Judgement(pcs, levels, items, *sheet.sets(pcs))


__all__ = ["Index", "Judgement"]
