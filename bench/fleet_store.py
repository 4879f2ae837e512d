"""The fleet of ``fleet_facts`` as rows of this process's database, as if recorded long ago."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec
from django.db import connection

from bench import fleet_facts
from kanmon.common.facts import CODE_OF
from kanmon.intake import tokens
from kanmon.inventory import dictionary
from kanmon.inventory.models import Group
from kanmon.inventory.packing import pack_columns
from kanmon.journal import changes
from kanmon.journal.writing import sql_time, transaction

_PC = (
    'INSERT INTO pc (id, asset_number, host, "user", group_id, source, serial, uuid, managed, first_seen_at,'
    " last_seen_at, reported_at, format) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def fill(count: int) -> None:
    """The dictionary, ``count`` PCs with facts and columns, and one change, so that there is a position."""
    now = datetime.now(UTC)
    with transaction():
        _facts()
        group = Group.objects.get_or_create(path="/", defaults={"name": "", "parent": None})[0].id
        changes.add([("pc", 1, b"")])
    source = tokens.builtin("simulation").id
    rows = fleet_facts.packed(count)
    while batch := list(islice(rows, 20_000)):
        with transaction(), connection.cursor() as cursor:
            cursor.executemany(_PC, [_pc(pc, group, source, sql_time(now)) for pc, _ in batch])
            cursor.executemany(
                "INSERT INTO pc_facts (pc, packed, content_digest) VALUES (%s, %s, %s)",
                [(pc, data, hashlib.blake2b(data, digest_size=16).digest()) for pc, data in batch],
            )
            cursor.executemany("INSERT INTO pc_columns (pc, packed) VALUES (%s, %s)", list(_columns(batch, now)))


def _facts() -> None:
    rows = []
    for number, fact in enumerate(fleet_facts.dictionary(), start=1):
        body = msgspec.msgpack.encode(tuple(fact))
        code = CODE_OF[type(fact)]
        rows.append((number, code, dictionary.digest(code, body), body))
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO fact (id, cls, digest, body) VALUES (%s, %s, %s, %s)", rows)


def _pc(pc: int, group: int, source: int, now: Any) -> tuple[Any, ...]:
    return (pc, f"B{pc:07}", f"pc-{pc:07}", "", group, source, f"S{pc:07}", "", True, now, now, now, "kanmon")


def _columns(batch: list[tuple[int, bytes]], now: datetime) -> Iterator[tuple[int, bytes]]:
    at = int(now.timestamp())
    for pc, _ in batch:
        values: dict[str, int | str] = {
            "host": f"pc-{pc:07}", "ip": f"10.{pc >> 16}.{pc >> 8 & 255}.{pc & 255}", "serial": f"S{pc:07}",
            "memory_mb": 16384, "disk_free_mb": 1000 + pc % 90_000, "reported_at": at - pc % 80_000,
        }  # fmt: skip
        yield pc, pack_columns(values)
