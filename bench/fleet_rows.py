"""A fleet of any size in this process's database, quickly: some simulated PCs are recorded, then copied by SQL."""

import hashlib
from datetime import UTC, datetime

from django.db import connection

from kanmon.intake import tokens
from kanmon.intake.commit import write_group
from kanmon.intake.receive import _decode
from kanmon.intake.store import Arrival, utc
from kanmon.inventory.record import _chunk, record_chunk
from kanmon.journal.writing import transaction
from kanmon.simulate.fleet import pcs

ORIGINALS = 5_000
_PC = 'host, "user", group_id, source, serial, uuid, managed, first_seen_at, last_seen_at, reported_at, format'


def arrivals(count: int, round: int = 0, first: int = 1) -> list[Arrival]:
    """Decoded reports of simulated PCs, ready for the committer."""
    source = tokens.builtin("simulation").id
    now = datetime.now(UTC)
    return [_arrival(source, body) for body in pcs(count, 3, round=round, changed=100, at=now, first=first)]


def _arrival(source: int, body: bytes) -> Arrival:
    got, encoded = _decode(body, "bench")
    assert encoded is not None
    whole, columns_only, digest, stored = encoded
    raw = hashlib.blake2b(body, digest_size=16).digest()
    return Arrival(
        source, got.device_key, got.format, utc(got.reported_at), raw, digest, stored, whole, columns_only, lambda _: None
    )  # fmt: skip


def queue(items: list[Arrival]) -> None:
    """Commit them in groups of 200."""
    for start in range(0, len(items), 200):
        write_group(list(items[start : start + 200]))


def record_all() -> int:
    """Record the whole queue; returns how many reports."""
    recorded = 0
    while True:
        with transaction():
            receipts = _chunk()
            if not receipts:
                return recorded
            recorded += record_chunk(receipts).recorded


def make(count: int) -> None:
    """``count`` PCs in the database, of which the first ``ORIGINALS`` are simulated and the others copies."""
    originals = min(count, ORIGINALS)
    queue(arrivals(originals))
    record_all()
    with transaction(), connection.cursor() as cursor:
        for base in range(originals, count, originals):
            last = min(originals, count - base)
            cursor.execute(
                f"INSERT INTO pc (id, asset_number, {_PC}) SELECT id + %s, asset_number || '-' || %s, {_PC}"
                " FROM pc WHERE id <= %s",
                [base, str(base), last],
            )
            for table, columns in (("pc_facts", "packed, content_digest"), ("pc_columns", "packed")):
                cursor.execute(
                    f"INSERT INTO {table} (pc, {columns}) SELECT pc + %s, {columns} FROM {table} WHERE pc <= %s",
                    [base, last],
                )
