"""The pages of one PC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kanmon.console.shown.lists import Page
from kanmon.console.shown.pcs import PcRow
from kanmon.judgment.condition import AGENT_ID
from kanmon.judgment.levels import Level


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One condition that was looked at. ``outcome``: failed, unknown, passed, not_applicable, waived.

    ``condition``: its id. ``waiver``: of a waived one until when and why it does not count; its level is Not applicable.
    """

    title: str
    outcome: str
    found: str
    wanted: str
    mend: str
    level: Level
    waiver: str = ""
    condition: str = ""

    @property
    def waivable(self) -> bool:
        """A waiver would change something."""
        return self.outcome in ("failed", "unknown") and self.condition != AGENT_ID


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
    removed_by: str = ""
    removed_reason: str = ""


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
