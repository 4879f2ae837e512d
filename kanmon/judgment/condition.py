"""What a condition is, before anything is known of how many PCs there are.

A *part* asks one question of the records of one fact class, one record at a time, so that fields of two
records can never mix. Each record gets an outcome; which of its records speaks for a PC is the *fold*:

* EVERY: any failed record fails the part, else any unknown one makes it unknown, else one passed is enough;
* ANY: one passed record is enough, else any unknown, else failed;
* BEST: the record with the lowest ``rank`` speaks, with all of its fields.

All three are the same thing: records are put in an order, and the first in order speaks. A PC that has
no relevant record gets ``empty`` when its source tells about the class, else ``untold``.

A *condition* is one line of a policy: usually one part, with a level and, perhaps, systems it applies to.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from kanmon.feeds.latest import Latest
from kanmon.feeds.vulnerable import Vulnerable
from kanmon.judgment.levels import Level, parse
from kanmon.policy.compare import Comparison
from kanmon.policy.rules_words import FailLevel, Missing

INVENTORY = "inventory"
"""Item word of conditions on the inventory itself: they count for the PC and belong to none of the six items."""
AGENT_ID = "inventory.agent"
STALE_ID = "inventory.stale"


class Outcome(StrEnum):
    """What came out for a record, a part or a condition."""

    PASS = "passed"  # noqa: S105
    FAIL = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"  # of a finding only: it failed or was unknown, and a waiver says that it does not count
    IRRELEVANT = "irrelevant"  # of a record only: the condition is not about it


class Fold(Enum):
    """Which record speaks, see the module."""

    EVERY = "every"
    ANY = "any"
    BEST = "best"


ORDER = {
    Fold.EVERY: {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2, Outcome.NOT_APPLICABLE: 3},
    Fold.ANY: {Outcome.PASS: 0, Outcome.UNKNOWN: 1, Outcome.FAIL: 2, Outcome.NOT_APPLICABLE: 3},
}
"""Order of speaking of the two folds that go by outcome."""


TREATMENT = {
    "as_set": Outcome.FAIL,
    "safe": Outcome.PASS,
    "not_applicable": Outcome.NOT_APPLICABLE,
    "unknown": Outcome.UNKNOWN,
}
"""``missing`` of a rule -> the outcome when the inventory has no value."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Part:
    """One question to one fact class (``cls``: code) or to one ``column``.

    ``key``: parts of equal keys give equal outcomes on every record, so results can be kept by it.
    ``number``: for a column of numbers, the same question as ``test`` for a whole array: (comparison,
    value, outcome when it holds, outcome when not). ``names``: patterns of the record's first field; where they are
    given, a record that matches none of them is irrelevant. ``latest``: instead of ``test``, that all updates are in
    which it asks of the PC's Windows (``updates_asked``). ``vulnerable``:
    instead of ``test``, that no package of the PC's Linux has a hole that it asks for (``vulnerabilities_asked``).
    """

    key: Hashable
    test: Callable[[Any], Outcome]
    cls: int = 0
    fold: Fold = Fold.EVERY
    rank: Callable[[Any], int] | None = None
    empty: Outcome = Outcome.PASS
    untold: Outcome = Outcome.UNKNOWN
    column: str = ""
    number: tuple[Comparison, float, Outcome, Outcome] | None = None
    latest: Latest | None = None
    vulnerable: Vulnerable | None = None
    names: tuple[str, ...] = ()

    def place(self, record: Any) -> tuple[int, Outcome] | None:
        """Place of a record in the order of speaking and its outcome; None for an irrelevant one."""
        outcome = self.test(record)
        if outcome is Outcome.IRRELEVANT:
            return None
        if self.rank is not None:
            return self.rank(record), outcome
        return ORDER[self.fold][outcome], outcome


class Combine(Enum):
    """How the parts of a condition make one outcome: the first of the order that any part has."""

    ANY_FAILS = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, Outcome.PASS)
    ALL_FAIL = (Outcome.PASS, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, Outcome.FAIL)
    WHERE_APPLICABLE = (Outcome.NOT_APPLICABLE, Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Condition:
    """One line of a policy. ``id`` is unique in the policy and stays when other lines come and go.

    ``applies``: a part over Os records; where it fails the condition is not applicable, where it is unknown
    (no Os record) the condition is unknown.
    """

    id: str
    item: str
    level: Level
    parts: tuple[Part, ...]
    combine: Combine = Combine.ANY_FAILS
    applies: Part | None = None


def level_of(word: FailLevel) -> Level:
    """The level that a rule names."""
    return parse(word)


def treat(missing: Missing) -> Outcome:
    """The outcome when the inventory has no value."""
    return TREATMENT[missing]


def known(value: bool | None, missing: Outcome) -> Outcome:
    """PASS for true, FAIL for false, ``missing`` when nothing was given."""
    if value is None:
        return missing
    return Outcome.PASS if value else Outcome.FAIL
