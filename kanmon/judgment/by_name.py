"""Which records of the dictionary a list of names can mean at all, and which conditions they leave without a word.

A policy may prohibit 10,000 programs; of a fleet's 50,000 titles they concern a few. A part that names records
(``Part.names``) is asked only of those whose name matches, found for all patterns together (``NameTable``). What a
pattern found is kept by the pattern, so an edited policy asks for its new names only, and a new record is looked up
once.

Conditions that no record speaks for have the same answer wherever they are alike (passed where the source tells,
else what ``untold`` says), so they are judged as one (``Plan.idle``). A long list costs what it found.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kanmon.common.facts import Fact
from kanmon.judgment.condition import Condition, Part
from kanmon.policy.compare import matcher
from kanmon.policy.name_table import NameTable

_FEW = 16  # new patterns up to which each is asked of each name
_MAX_TABLES = 8
_MAX_PATTERNS = 200_000  # kept; beyond that all are looked up anew
_MAX_PLANS = 16


class _Names:
    """The names of one class of facts, and what patterns found among them.

    ``stamp`` grows when a pattern that had found nothing finds its first record.
    """

    def __init__(self, facts: list[tuple[int, Fact]]) -> None:
        self.stamp = 0
        self._facts = facts
        self._seen = 0
        self._places: dict[str, list[int]] = {}
        self._tables: list[tuple[list[str], NameTable]] = []
        self._found: dict[str, list[int]] = {}

    def want(self, patterns: Sequence[str]) -> None:
        """Look for these patterns, unless they are looked for already, in what is here and in what will come."""
        self.learn()
        fresh = [pattern for pattern in dict.fromkeys(patterns) if pattern not in self._found]
        if not fresh:
            return
        if len(self._found) + len(fresh) > _MAX_PATTERNS:
            self._found, self._tables, self.stamp = {}, [], self.stamp + 1
            fresh = list(dict.fromkeys(patterns))
        self._found |= {pattern: [] for pattern in fresh}
        table = fresh, NameTable(fresh)
        if len(fresh) > _FEW:
            self._search(table, self._places)
        else:
            for pattern in fresh:
                matches = matcher(pattern)
                self._found[pattern] = [at for name, held in self._places.items() if matches(name) for at in held]
        self._tables.append(table)
        if len(self._tables) > _MAX_TABLES:
            known = list(self._found)
            self._tables = [(known, NameTable(known))]

    def learn(self) -> None:
        """Take over the facts that came since, and put them under the patterns that their names match."""
        if self._seen == len(self._facts):
            return
        fresh: dict[str, list[int]] = {}
        for at, (_, fact) in enumerate(islice(self._facts, self._seen, None), self._seen):
            fresh.setdefault(str(fact[0]), []).append(at)
        self._seen = len(self._facts)
        for table in self._tables:
            self._search(table, fresh)
        for name, held in fresh.items():
            self._places.setdefault(name, []).extend(held)

    def _search(self, table: tuple[list[str], NameTable], names: Mapping[str, list[int]]) -> None:
        patterns, matching = table[0], table[1].matching
        for name, held in names.items():
            for place in matching(name):
                found = self._found[patterns[place]]
                self.stamp += not found
                found += held

    def found(self, patterns: Sequence[str]) -> bool:
        """Whether any of these patterns, which are wanted, found a record."""
        return any(map(self._found.get, patterns))

    def candidates(self, patterns: Sequence[str], seen: int) -> Iterator[tuple[int, Fact]]:
        """The records from place ``seen`` on whose name one of ``patterns`` matches, in their order."""
        self.want(patterns)
        for at in sorted({at for pattern in patterns for at in self._found[pattern] if at >= seen}):
            yield self._facts[at]


@dataclass(frozen=True, slots=True)
class Plan:
    """The conditions of a policy: those to be judged one by one, and the others in groups of equal answer."""

    conditions: Sequence[Condition]
    active: list[Condition]
    idle: list[list[Condition]]
    stamps: dict[int, int]

    def judged(self, apart: Collection[str]) -> Iterator[tuple[Condition, Sequence[Condition]]]:
        """Each condition to be judged, with others that have the same answer. ``apart``: ids to be judged by themselves."""
        for condition in self.active:
            yield condition, ()
        for group in self.idle:
            alike = [one for one in group if one.id not in apart] if apart else group
            if alike:
                yield alike[0], alike[1:]
            for one in group if apart else ():
                if one.id in apart:
                    yield one, ()


class Planner:
    """Plans for one dictionary (code of class -> its records with their numbers, which only grows)."""

    def __init__(self, dictionary: Mapping[int, list[tuple[int, Fact]]]) -> None:
        self._names = {code: _Names(facts) for code, facts in dictionary.items()}
        self._plans: dict[int, Plan] = {}

    def plan(self, conditions: Sequence[Condition]) -> Plan:
        """The plan of these conditions; the same object's is kept as long as no record speaks for more of them."""
        plan = self._plans.pop(id(conditions), None)
        if plan is None or any(self._stamp(cls) != stamp for cls, stamp in plan.stamps.items()):
            plan = self._made(conditions)
        self._plans[id(conditions)] = plan
        if len(self._plans) > _MAX_PLANS:
            del self._plans[next(iter(self._plans))]
        return plan

    def _stamp(self, cls: int) -> int:
        self._names[cls].learn()
        return self._names[cls].stamp

    def _made(self, conditions: Sequence[Condition]) -> Plan:
        wanted: dict[int, list[str]] = {}
        for condition in conditions:
            for part in condition.parts:
                if part.names:
                    wanted.setdefault(part.cls, []).extend(part.names)
        for cls, patterns in wanted.items():
            self._names[cls].want(patterns)
        active: list[Condition] = []
        idle: dict[Any, list[Condition]] = {}
        for condition in conditions:
            part = condition.parts[0]
            if len(condition.parts) > 1 or not part.names or self._names[part.cls].found(part.names):
                active.append(condition)
                continue
            applies = condition.applies.key if condition.applies else None
            alike = condition.item, condition.level, part.cls, part.empty, part.untold, applies
            idle.setdefault(alike, []).append(condition)
        return Plan(conditions, active, list(idle.values()), {cls: self._names[cls].stamp for cls in wanted})

    def candidates(self, part: Part, seen: int) -> Iterator[tuple[int, Fact]]:
        """The records that ``part`` has to be asked of, from place ``seen`` of its class on."""
        return self._names[part.cls].candidates(part.names, seen)
