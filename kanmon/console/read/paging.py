"""Keyset paging: a page begins after a row, not after a number of rows, so that page 5,000 is as fast as 1."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from kanmon.console.shown import Page


class Cursor(NamedTuple):
    """Where a page begins: after the row with ``value`` and ``id``, at position ``first``."""

    value: Any
    id: int
    first: int
    back: bool


def write(cursor: Cursor) -> str:
    """The cursor for an address."""
    value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
    raw = json.dumps([value, cursor.id, cursor.first, int(cursor.back)], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read(text: str, is_time: bool = False) -> Cursor | None:
    """The cursor of an address; None when it is empty or not one of ours: then the list begins at its start."""
    try:
        value, id_, first, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if is_time:
            value = datetime.fromisoformat(value)
        return Cursor(value, int(id_), max(1, int(first)), bool(back)) if text else None
    except (ValueError, TypeError, binascii.Error):
        return None


def page(
    rows: QuerySet[Any], column: str, key: str, descending: bool, text: str, size: int, is_time: bool = False
) -> tuple[list[Any], Callable[[Sequence[Any], int], Page[Any]]]:
    """One page of ``rows`` sorted by ``column``, then ``key``, and a function that makes the Page of shown rows."""
    cursor = read(text, is_time)
    back = cursor is not None and cursor.back
    falling = descending != back
    if cursor is not None:
        end, than = ("lte", "lt") if falling else ("gte", "gt")
        after = Q(**{f"{column}__{than}": cursor.value}) | Q(**{f"{key}__{than}": cursor.id})
        rows = rows.filter(**{f"{column}__{end}": cursor.value}).filter(after)
    sign = "-" if falling else ""
    order = [f"{sign}{column}"] if column == key else [f"{sign}{column}", f"{sign}{key}"]
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    first = 1 if cursor is None else max(1, cursor.first - len(found)) if back else cursor.first
    if back and not more:
        first = 1
    has_next, has_previous = (True, more) if back else (more, cursor is not None)

    def make(shown: Sequence[Any], total: int) -> Page[Any]:
        def edge(row: Any, position: int, backward: bool) -> str:
            return write(Cursor(getattr(row, column), getattr(row, key), position, backward))

        return Page(
            shown,
            total,
            first if found else 0,
            size,
            previous=edge(found[0], first, True) if found and has_previous else "",
            next=edge(found[-1], first + len(found), False) if found and has_next else "",
        )

    return found, make
