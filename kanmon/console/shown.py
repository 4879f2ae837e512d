"""What the pages show: plain values, made by ``read`` and laid out by the templates. No Django here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from kanmon.judgment.levels import Level

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of every page: which node answers, and the counts beside the navigation."""

    node: str = ""
    role: str = ""  # active, standby, none
    term: int | None = None
    pcs: int = 0
    suspected: int = 0
    refused: int = 0
    in_doubt: int = 0


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
    since: datetime | None
    last_seen: datetime | None
    judged: datetime | None


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


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a longer list. ``previous`` and ``next`` are cursors, "" where there is none."""

    rows: Sequence[Row]
    total: int
    first: int  # position of the first row, from 1
    size: int
    previous: str = ""
    next: str = ""

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class PcQuery:
    """A search of the PC list, as the address bar holds it."""

    levels: frozenset[Level] = frozenset()
    text: str = ""
    group: str = ""
    managed: bool | None = None
    stale: bool = False
    sort: str = "level"
    descending: bool = True
    cursor: str = ""
    size: int = 50


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One condition that was looked at. ``outcome``: failed, unknown, passed, not_applicable, waived."""

    title: str
    outcome: str
    found: str
    wanted: str
    mend: str
    level: Level


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item of a PC with its rows, worst first; ``rest`` passing rows are not listed."""

    item: str
    level: Level
    rows: Sequence[FoundRow]
    rest: int = 0


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """A policy that holds for a PC, and where it was assigned ("" is the whole system)."""

    kind: str
    name: str
    version: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a PC's history."""

    at: datetime
    icon: str
    text: str
    before: Level | None = None
    after: Level | None = None
    note: str = ""
    operation: int | None = None


@dataclass(frozen=True, slots=True)
class PcShown:
    """Everything on the page of one PC except its inventory tables."""

    row: PcRow
    os: str
    agent: str
    source: str
    format: str
    macs: Sequence[str]
    addresses: Sequence[str]
    serial: str
    first_seen: datetime
    reported: datetime
    policies: Sequence[PolicyUsed]
    judged_by: PolicyUsed | None
    items: Sequence[ItemShown]
    headline: str  # why it is at its level; "" when it has not been judged
    history: Sequence[HistoryEntry]
    history_more: bool


@dataclass(frozen=True, slots=True)
class FactTable:
    """A class of facts of a PC: its number of records, and whether the source tells about it at all."""

    name: str
    count: int
    told: bool


@dataclass(frozen=True, slots=True)
class InventoryShown:
    """The inventory of a PC: what classes there are, and a page of one of them."""

    tables: Sequence[FactTable]
    chosen: str
    columns: Sequence[str]
    page: Page[Sequence[Any]]


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


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of the journal."""

    number: int
    kind: str
    subject: str
    state: str
    requester: str
    actor: str
    attempt: int
    max_attempts: int
    begun: datetime
    ended: datetime | None
    outcome: str
    node: str = ""
    redo_of: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One line of an operation's story."""

    at: datetime
    node: str
    term: int
    attempt: int
    event: str
    detail: str


@dataclass(frozen=True, slots=True)
class OperationShown:
    """One operation with its entries."""

    row: OperationRow
    entries: Sequence[EntryShown]
    following: Sequence[OperationRow]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A body that was not taken in."""

    number: int
    at: datetime
    source: str
    address: str
    agent: str
    size: int
    sentence: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A report that may be of a known PC: both sides, field by field, and why it is doubted."""

    number: int
    at: datetime
    source: str
    format: str
    host: str
    why: Sequence[str]
    pcs: Sequence[PcRow]
    marks: Mapping[str, tuple[str, str]]  # host, user, serial...: reported, known
    operation: int | None = None  # somebody has decided, and this carries it out
