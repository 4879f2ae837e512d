"""The four sub-results of the antivirus item: product, engine, definitions, resident, each as a number.

The numbers are those of the original: 0 no problem, 1 problem, 2 unknown, 3 not judged.
"""

from collections.abc import Iterable
from typing import Protocol

from kanmon.judgment.condition import Condition, Outcome
from kanmon.judgment.judge_antivirus import SUBJECTS
from kanmon.judgment.levels import Level

NO_PROBLEM, PROBLEM, UNKNOWN, NOT_JUDGED = 0, 1, 2, 3
_NUMBERS = {Outcome.PASS: NO_PROBLEM, Outcome.FAIL: PROBLEM, Outcome.UNKNOWN: UNKNOWN}


class Judged(Protocol):
    """What is read of a row of an explanation."""

    @property
    def condition(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def level(self) -> Level: ...


def sub_results(rows: Iterable[Judged]) -> dict[str, int]:
    """Subject -> number, from the rows of the item; all not judged when there are none.

    A subject without a row is unknown: the PC names no agent, or its answer has changed since it was judged. What is waived has the number that it would have without the waiver: the waiver mends nothing on the PC.
    """
    found = {row.condition: _number(row) for row in rows}
    otherwise = UNKNOWN if found else NOT_JUDGED
    return {subject: found.get(f"antivirus.{subject}", otherwise) for subject in SUBJECTS}


def _number(row: Judged) -> int:
    outcome = Outcome(row.outcome)
    if outcome is Outcome.WAIVED:
        return UNKNOWN if row.level is Level.UNKNOWN else PROBLEM
    return _NUMBERS.get(outcome, NOT_JUDGED)


def not_asked(conditions: Iterable[Condition]) -> list[str]:
    """The subjects that a policy which judges the item does not ask for."""
    asked = {one.id for one in conditions if one.item == "antivirus"}
    return [subject for subject in SUBJECTS if asked and f"antivirus.{subject}" not in asked]
