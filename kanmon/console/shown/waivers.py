"""Waivers in pages, and what one would do to the level of a PC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kanmon.console.shown.lists import Page
from kanmon.judgment.explain import ItemExplanation
from kanmon.judgment.levels import Level, worst

STATES = ("open", "soon", "over")


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A waiver of the list. ``place``: host or path; ``pc``, ``group``: the number of one of them.

    ``days_left`` until the end of the last day; ``soon``: its notice has begun. ``ended_by``: who has ended it before.
    """

    number: int
    condition: str
    title: str
    place: str
    pc: int | None
    group: int | None
    reason: str
    approver: str
    author: str
    begins: date
    expires: date
    days_left: int
    soon: bool
    over: bool
    ended_by: str


@dataclass(frozen=True, slots=True)
class WaiversShown:
    """The page of waivers. ``counts``: how many there are of each of ``STATES``."""

    page: Page[WaiverRow]
    state: str
    text: str
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class WaiverAsked:
    """What a waiver of a condition would do: to the item and the level of a PC, and where else it fails.

    ``group``: id of the group of the PC, None when it is not to be given for a group; ``failing``: PCs there, and below.
    """

    condition: str
    title: str
    pc: int
    host: str
    level: Level
    after: Level
    group: int | None
    path: str
    failing: int


def level_without(items: Sequence[ItemExplanation], condition: str) -> Level:
    """The level of a PC whose items are these when ``condition`` does not count for it."""
    rows = [row for item in items for row in item.rows if row.condition != condition and row.outcome != "waived"]
    levels = [row.level for row in rows] or [Level.NOT_APPLICABLE]
    return worst(levels)
