"""Arrivals of one group -> rows of devices and receipts, and an operation that records them. In a transaction.

An older report than the newest of the same device is kept and not queued; the same content (``content_digest``)
is a receipt that carries columns only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.intake.models import Device, Receipt
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.writing import sql_time

GATHER = timedelta(seconds=0.25)
_NEVER = datetime.min.replace(tzinfo=UTC)
_busy_until = _NEVER  # this process has taken reports in, and may do so again at once


@dataclass(slots=True)
class Arrival:
    """A decoded report on its way to the disk. ``answer`` gets "changed", "unchanged", "older" or an exception."""

    source: int
    device_key: str
    format: str
    reported_at: datetime | None
    raw_digest: bytes
    content_digest: bytes
    body: bytes
    report: bytes  # whole
    columns_only: bytes  # the same report without its facts
    answer: Callable[[Any], None]
    partial: bool = False


@dataclass(slots=True)
class _Sender:
    """What is known of a device. ``id`` is None for one that this group brought."""

    id: int | None
    content_digest: bytes = b""
    reported_at: datetime = _NEVER
    raw_digest: bytes = b""
    format: str = ""


def store(arrivals: list[Arrival]) -> list[str | Refused]:
    """Write receipts and devices; begin recording. Returns what each arrival was."""
    now = clock.now()
    senders = _senders({(item.source, item.device_key) for item in arrivals})
    told: dict[tuple[int, str], _Sender] = {}
    receipts: list[tuple[Any, ...]] = []
    results: list[str | Refused] = []
    for item in arrivals:
        key = item.source, item.device_key
        sender = senders.get(key)
        if sender is None and item.partial:
            results.append(Refused("KNM1031-E", status=409, device=item.device_key))
            continue
        reported_at = min(item.reported_at or now, now)
        if sender is None:
            sender, result = senders.setdefault(key, _Sender(None, format=item.format)), "changed"
        elif reported_at < sender.reported_at:
            result = "older"
        else:
            result = "unchanged" if sender.content_digest == item.content_digest else "changed"
        results.append(result)
        receipts.append(_receipt(item, result, sql_time(now)))
        if result != "older":
            sender.raw_digest, sender.content_digest = item.raw_digest, item.content_digest
            sender.reported_at = reported_at
            told[key] = sender
    _write(told, receipts, sql_time(now))
    if not {"changed", "unchanged"}.isdisjoint(one for one in results if isinstance(one, str)):
        begin_recording()
    global _busy_until
    _busy_until = now + GATHER
    return results


def _senders(keys: set[tuple[int, str]]) -> dict[tuple[int, str], _Sender]:
    """The known devices of these sources and keys."""
    rows = Device.objects.filter(source__in={source for source, _ in keys}, key__in={key for _, key in keys})
    return {
        (source, key): _Sender(id, bytes(content_digest), reported_at)
        for id, source, key, content_digest, reported_at in rows.values_list(
            "id", "source_id", "key", "content_digest", "reported_at"
        )
    }


def _receipt(item: Arrival, result: str, now: Any) -> tuple[Any, ...]:
    """The row of a receipt."""
    whole, older = result != "unchanged", result == "older"
    return (
        item.source, item.device_key, now, item.format, "changed" if whole else "same", item.raw_digest,
        item.content_digest, item.body if whole else b"", item.report if whole else item.columns_only,
        Receipt.OLDER if older else Receipt.QUEUED, now if older else None,
    )  # fmt: skip


def _write(told: dict[tuple[int, str], _Sender], receipts: list[tuple[Any, ...]], now: Any) -> None:
    """The rows of one group, in plain SQL: models would take as long as the database."""
    known = sorted((one.id, one) for one in told.values() if one.id is not None)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE device SET raw_digest = %s, content_digest = %s, reported_at = %s, seen_at = %s WHERE id = %s",
            [(d.raw_digest, d.content_digest, sql_time(d.reported_at), now, id) for id, d in known],
        )
        cursor.executemany(
            "INSERT INTO device (source_id, key, format, raw_digest, content_digest, reported_at, seen_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (*key, d.format, d.raw_digest, d.content_digest, sql_time(d.reported_at), now)
                for key, d in told.items()
                if d.id is None
            ],
        )
        cursor.executemany(
            "INSERT INTO receipt (source_id, device_key, received_at, format, content, raw_digest, content_digest, body,"
            " report, state, ended_at, reasons) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '[]')",
            receipts,
        )


def begin_recording() -> None:
    """Begin an operation that records the queue, unless one waits already. Inside a transaction.

    The one that waits is locked, so that it can't be claimed, and look at the queue, before our receipts are
    committed. (SQLite has one writer.)

    While reports keep coming in they gather for a moment: their senders wait for an answer and the recorder does
    not, and without that the two would take turns at the database for a few reports each, and both be slow.
    """
    if Operation.objects.select_for_update().filter(kind="record", state="waiting").first() is None:
        now = clock.now()
        due_at = now + GATHER if now < _busy_until else now
        record.begin("record", requester="inventory", subject="reports", due_at=due_at)


def utc(seconds: int | None) -> datetime | None:
    """A report's time as the database wants it; None when it has none or an impossible one."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
