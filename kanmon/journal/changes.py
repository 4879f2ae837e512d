"""The order of change: what a follower may read, and how far.

A sequence number is handed out before its transaction commits. A reader of "seq > the last I saw" can
therefore miss a row for ever: number 7 commits, the reader passes it, and number 6 commits afterwards.
On PostgreSQL each row carries its transaction's id, and a follower reads only rows of transactions that
were over when it looked (``xid < pg_snapshot_xmin(pg_current_snapshot())``), ordered by (xid, seq). SQLite
has one writer at a time: there the order of seq is the order of commits.

A position is (xid, seq); xid is 0 on SQLite.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kanmon.common import clock
from kanmon.journal.models import Change
from kanmon.journal.writing import sql_time

Position = tuple[int, int]
START: Position = (0, 0)


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: ``subject`` is a PC number or a policy id, by ``kind``."""

    position: Position
    at: datetime
    kind: str
    subject: int
    body: bytes


def add(rows: list[tuple[str, int, bytes]]) -> None:
    """Write changes (kind, subject, body) in the transaction of what changed."""
    now = sql_time(clock.now())
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO change (at, kind, subject, body) VALUES (%s, %s, %s, %s)",
            [(now, kind, subject, body) for kind, subject, body in rows],
        )


def follow(table: str, after: Position, limit: int) -> Iterator[tuple[Position, int]]:
    """Positions and seq of the rows of ``table`` ("change" or "entry") after ``after``, oldest first."""
    if connection.vendor == "postgresql":
        sql = (
            f"SELECT xid, seq FROM {table} WHERE (xid, seq) > (%s, %s)"
            " AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid, seq LIMIT %s"
        )
        values = [*after, limit]
    else:
        sql = f"SELECT 0, seq FROM {table} WHERE seq > %s ORDER BY seq LIMIT %s"
        values = [after[1], limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for xid, seq in cursor.fetchall():
            yield (xid, seq), seq


def read(after: Position, limit: int = 5000) -> list[Changed]:
    """The changes after ``after`` that a follower may trust to be complete."""
    places = list(follow("change", after, limit))
    rows: dict[int, tuple[datetime, str, int, bytes]] = {}
    for start in range(0, len(places), 900):
        wanted = Change.objects.filter(seq__in=[seq for _, seq in places[start : start + 900]])
        for seq, at, kind, subject, body in wanted.values_list("seq", "at", "kind", "subject", "body"):
            rows[seq] = at, kind, subject, bytes(body)
    return [Changed(place, *row) for place, seq in places if (row := rows.get(seq))]


def newest(settled: bool = True, table: str = "change") -> Position:
    """The position of the newest row of ``table`` that a follower may read; with ``settled`` false, of the newest that
    is committed: who must not judge by older facts than are recorded follows until he is there.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            trusted = "WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint" if settled else ""
            cursor.execute(f"SELECT xid, seq FROM {table} {trusted} ORDER BY xid DESC, seq DESC LIMIT 1")
        else:
            cursor.execute(f"SELECT 0, max(seq) FROM {table}")
        row = cursor.fetchone()
    return (row[0], row[1] or 0) if row else START
