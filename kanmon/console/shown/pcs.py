"""The PC list."""

from dataclasses import dataclass
from datetime import datetime

from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class PcRow:
    """One PC in a list. ``items`` are six levels in the order of ``levels.ITEMS``."""

    number: int
    host: str
    asset_number: str
    level: Level
    items: tuple[Level, ...]
    worst: str
    user: str
    group: str
    managed: bool
    removed: datetime | None
    since: datetime | None
    last_seen: datetime | None
    judged: datetime | None


@dataclass(frozen=True, slots=True)
class PcQuery:
    """A search of the PC list, as the address bar holds it."""

    levels: frozenset[Level] = frozenset()
    text: str = ""
    group: str = ""
    managed: bool | None = None
    stale: bool = False
    removed: bool = False
    sort: str = "level"
    descending: bool = True
    cursor: str = ""
    size: int = 50
    only: frozenset[int] | None = None  # ids of the groups that the asking person may see; None: all
