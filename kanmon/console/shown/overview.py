"""The first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.console.shown.network import NetworkCounts
from kanmon.console.shown.pcs import PcRow
from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class LevelCount:
    """A tile of the overview. ``change`` is since yesterday, None when that is not known."""

    level: Level
    count: int
    change: int | None = None
    line: Sequence[int] = ()  # one count a day, oldest first


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person: what, how many, and where it is dealt with (a URL name)."""

    kind: str
    count: int
    url: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A condition and on how many PCs it fails."""

    item: str
    title: str
    level: Level
    count: int
    share: float  # of the largest count shown, 0 to 100


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page. ``counts`` has each level once, worst first."""

    pcs: int
    managed: int
    counts: Sequence[LevelCount]
    stale: int
    stale_days: int
    newest: datetime | None
    needs: Sequence[Need]
    newly: Sequence[PcRow]
    newly_count: int
    failed: Sequence[FailedCondition]
    network: NetworkCounts
