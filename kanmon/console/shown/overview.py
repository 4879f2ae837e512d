"""The first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kanmon.console.shown.network import NetworkCounts
from kanmon.console.shown.pcs import PcRow
from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class LevelCount:
    """A tile of the overview. ``change`` is since the newest stored day, None when there is none."""

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
    query: str  # of the PC list: exactly these PCs


@dataclass(frozen=True, slots=True)
class Days:
    """What the stored days of the last 30 tell; None where nothing is stored or nobody can be told of."""

    newest: date | None = None
    mend_hours: int | None = None  # median
    mend_slow_hours: int | None = None  # nine of ten
    patched: float | None = None  # per cent
    patched_days: int = 0
    points: float | None = None
    is_yesterday: bool = True  # whether that is the newest stored day


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
    days: Days
