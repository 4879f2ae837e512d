"""The PC list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.judgment.levels import Level
from kanmon.search.asked import EVERYTHING, Asked


@dataclass(frozen=True, slots=True)
class PcRow:
    """One PC in a list. ``items`` are six levels in the order of ``levels.ITEMS``; ``network``: see ``network_words.STATES``."""

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
    network: str
    serial: str
    last_seen: datetime | None
    judged: datetime | None
    os: str = ""  # from here on: only when the list has such a column
    address: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True)
class PcQuery:
    """A page of a search of the PC list."""

    search: Asked = EVERYTHING
    sort: str = "level"
    descending: bool = True
    cursor: str = ""
    size: int = 50
    only: frozenset[int] | None = None  # ids of the groups that the asking person may see; None: all
    columns: Sequence[str] = ()  # what is shown of each PC, see ``kanmon.console.list_columns``

    @property
    def is_resorted(self) -> bool:
        """It is sorted otherwise than by itself."""
        return (self.sort, self.descending) != ("level", True)


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition of a search. ``value`` is in words."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A value that can be chosen for a condition: how it stands in the address, in words, how many PCs, chosen now.

    ``level``: of values that are levels. ``head``: the first of a part has its name.
    """

    value: str
    text: str
    count: int
    chosen: bool
    level: Level | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class Editor:
    """A condition that is being given values. ``form``: choices, text or yes; ``kept``: the rest of the search."""

    name: str
    label: str
    hint: str
    form: str
    offered: Sequence[Offered]
    text: str
    kept: Sequence[tuple[str, str]]
    more: bool = False


@dataclass(frozen=True, slots=True)
class SavedTab:
    """A search that is kept under a name. ``count``: None while it is not counted; ``mine``: of the asking person."""

    number: int
    name: str
    query: str
    count: int | None
    shared: bool
    mine: bool
    is_shown: bool
