"""Keyset paging: a page begins after a row, not after a number of rows, so that page 5,000 is as fast as 1."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from kanmon.console.shown.lists import Page

MOST = 2**62  # columns hold no more


class Cursor(NamedTuple):
    """Where a page begins: after the row with ``value`` and ``id``, at position ``first``."""

    value: Any
    id: int
    first: int
    back: bool


def write(cursor: Cursor) -> str:
    """The cursor for an address."""
    value = cursor.value.isoformat() if isinstance(cursor.value, date) else cursor.value
    raw = json.dumps([value, cursor.id, cursor.first, int(cursor.back)], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read(text: str, kind: type = int) -> Cursor | None:
    """The cursor of an address, its value of ``kind`` (int, str, date or datetime).

    None when it is empty or not one of ours: then the list begins at its start.
    """
    try:
        value, id_, first, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        value = kind.fromisoformat(value) if issubclass(kind, date) else value
        cursor = Cursor(value, int(id_), max(1, int(first)), bool(back))
    except (ValueError, TypeError, binascii.Error):
        return None
    return cursor if abs(cursor.id) < MOST and _fits(value, kind) else None


def _fits(value: Any, kind: type) -> bool:
    """A database column of ``kind`` takes the value."""
    if type(value) is not kind:
        return False
    if isinstance(value, int):
        return abs(value) < MOST
    return value.tzinfo is not None if isinstance(value, datetime) else "\x00" not in str(value)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted, and the cursor at which a page of it begins. Rows have ``column`` and unique ``key``."""

    column: str
    key: str
    descending: bool
    cursor: Cursor | None = None
    size: int = 50

    @property
    def back(self) -> bool:
        """The page before the cursor is wanted: rows are fetched the other way round."""
        return self.cursor is not None and self.cursor.back

    @property
    def falling(self) -> bool:
        """The order in which rows are fetched."""
        return self.descending != self.back

    def fetch(self, rows: QuerySet[Any]) -> list[Any]:
        """The rows of the page and one more where there is one, in the order of fetching."""
        if self.cursor is not None:
            end, than = ("lte", "lt") if self.falling else ("gte", "gt")
            after = Q(**{f"{self.column}__{than}": self.cursor.value}) | Q(**{f"{self.key}__{than}": self.cursor.id})
            rows = rows.filter(**{f"{self.column}__{end}": self.cursor.value}).filter(after)
        sign = "-" if self.falling else ""
        names = dict.fromkeys((self.column, self.key))
        return list(rows.order_by(*(sign + name for name in names))[: self.size + 1])

    def pick(self, rows: Iterable[Any]) -> list[Any]:
        """What ``fetch`` gives, from rows in memory."""
        if self.cursor is not None:
            edge = (self.cursor.value, self.cursor.id)
            rows = (row for row in rows if (self._place(row) < edge if self.falling else self._place(row) > edge))
        return self.merge(list(rows))

    def merge(self, *parts: Sequence[Any]) -> list[Any]:
        """Rows fetched from several tables in one order, cut like ``fetch``."""
        merged = sorted((row for part in parts for row in part), key=self._place, reverse=self.falling)
        return merged[: self.size + 1]

    def _place(self, row: Any) -> Any:
        return getattr(row, self.column), getattr(row, self.key)

    def page(self, fetched: Sequence[Any], total: int, show: Callable[[Sequence[Any]], Sequence[Any]]) -> Page[Any]:
        """The page of what ``fetch`` or ``merge`` gave; ``show`` makes the values for the template."""
        more, rows = len(fetched) > self.size, list(fetched[: self.size])
        if self.back:
            rows.reverse()
        if not rows:
            return Page([], total, 0, self.size)
        first = 1
        if self.cursor is not None and (more or not self.back):
            first = max(1, self.cursor.first - len(rows)) if self.back else self.cursor.first
        has_next, has_previous = (True, more) if self.back else (more, self.cursor is not None)
        return Page(
            show(rows),
            total,
            first,
            self.size,
            previous=self._cursor(rows[0], first, True) if has_previous else "",
            next=self._cursor(rows[-1], first + len(rows), False) if has_next else "",
        )

    def _cursor(self, row: Any, position: int, back: bool) -> str:
        return write(Cursor(getattr(row, self.column), getattr(row, self.key), position, back))
