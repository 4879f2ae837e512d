"""The history of judgments and actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.console.shown.pc import HistoryEntry
from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class ActionShown:
    """One action of a run, or one that was held back. ``attempts``: 0 where there were none yet."""

    icon: str
    text: str
    level: Level | None
    place: str  # policy version and step
    pcs: int | None
    result: str
    attempts: int
    sentence: str
    operation: int | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run, or (``number`` None) an order by hand, with what was done. ``result``: of judging and deciding."""

    number: int | None
    at: datetime
    text: str
    who: str
    asked: str
    judged: int | None
    changed: int | None
    result: str
    sentence: str
    operation: int | None
    actions: Sequence[ActionShown]
    more: int


@dataclass(frozen=True, slots=True)
class HistoryShown:
    """A page over all. ``next``: the cursor of the page behind it; ``looked_until``: it ended before it was full."""

    runs: Sequence[RunShown]
    next: str
    looked_until: datetime | None


@dataclass(frozen=True, slots=True)
class PcHistory:
    """A page of one PC."""

    lines: Sequence[HistoryEntry]
    next: str
