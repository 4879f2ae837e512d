"""What a backup says of itself: its manifest, the last member of the file."""

from collections.abc import Callable
from datetime import datetime

import msgspec

FORMAT = 1
MANIFEST = "manifest.json"

Progress = Callable[[str, int, int], None]
"""Called now and then with a table, how many rows are done, and how many there are in all tables."""


def silent(table: str, done: int, of: int) -> None:
    """Progress that nobody looks at."""


def said(size: int) -> str:
    """A size as people read it."""
    return f"{size / 2**20:,.1f} MiB"


class Column(msgspec.Struct):
    """``kind`` int, bool (0 or 1), real, text, json, time, date, or bytes (base64)."""

    name: str
    kind: str


class Table(msgspec.Struct):
    """``numbered_to``: the highest number that was given out to a row; None when rows are not numbered by it."""

    name: str
    columns: list[Column]
    rows: int
    bytes: int
    sha256: str
    numbered_to: int | None = None

    @property
    def member(self) -> str:
        """Its name in the file."""
        return f"tables/{self.name}.jsonl"


class File(msgspec.Struct):
    """A member that is a file of the home; ``name`` is its path there."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct):
    """What a backup is. Positions are (xid, seq), see journal/changes.py; ``followed``: how far rows of the audit's
    two tables have been taken. ``settings_left_out``: names of settings that are secrets. ``keys``: marks of secrets, to tell whether another home has the same.
    """

    kanmon_backup: int
    version: str
    made_at: datetime
    node: str
    database: str  # sqlite, postgresql
    system_identifier: str
    timeline: int
    term: int
    change: tuple[int, int]
    entry: tuple[int, int]
    followed: dict[str, tuple[int, int]]
    migrations: list[tuple[str, str]]
    tables: list[Table]
    files: list[File]
    with_secrets: bool
    settings_left_out: list[str]
    keys: dict[str, str]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)

    def table(self, name: str) -> Table | None:
        """The table of that name."""
        return next((table for table in self.tables if table.name == name), None)
