"""Policies and their rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """The newest version of a policy."""

    kind: str
    name: str
    version: int
    author: str
    comment: str
    at: datetime
    builtin: bool
    read_only: bool
    assigned: Sequence[str]  # "/" for the whole system, group paths, "3 PCs"


@dataclass(frozen=True, slots=True)
class Rule:
    """One readable line of a policy."""

    text: str
    wanted: str
    level: Level | None = None
    missing: str = ""  # what is done when the inventory lacks it
    mend: str = ""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one item (or of one level of an action policy)."""

    name: str
    on: bool
    rules: Sequence[Rule]

    @property
    def tells_missing(self) -> bool:
        """Some rule says what is done when the inventory lacks it."""
        return any(rule.missing for rule in self.rules)


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """One version of a policy: readable, and as its text."""

    row: PolicyRow
    groups: Sequence[RuleGroup]
    text: str
    versions: Sequence[PolicyRow]
