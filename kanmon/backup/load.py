"""Rows of a backup into a database that has no tables yet.

The tables are first made as the backup's version had them, by its own list of migrations; its rows fit those. Then
the database is brought forward to this version, like any older one at a start.

``xid`` is the place of a row in PostgreSQL's order of transactions (journal/changes.py), and another server counts
anew: old numbers would stand after all new ones, and whoever follows would wait for years. They become 0 for what
had been followed when the backup was made and 1 for what had not; both are below every number that PostgreSQL
gives. The places of the followers move along.
"""

import base64
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kanmon import __version__
from kanmon.backup.manifest import Column, Manifest, Progress, Table
from kanmon.backup.package import Reader
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction

BATCH_ROWS, BATCH_BYTES = 1000, 4 * 2**20
FOLLOWED, NOT_FOLLOWED = 0, 1
PAST_ALL_FOLLOWED = 2**62  # as seq beside FOLLOWED
PLACES = {"audit_follower": "entry", "seal": "audit"}  # table with places -> table that they are places of

Row = list[Any]


def require_readable(reader: Reader) -> None:
    """Raises Refused KNM4226-E (made by a newer version), KNM4244-E (of PostgreSQL, and this is SQLite)."""
    known = MigrationLoader(None).disk_migrations
    manifest = reader.manifest
    if set(manifest.migrations) - set(known):
        raise Refused("KNM4226-E", status=409, path=str(reader.path), version=manifest.version, own=__version__)
    if manifest.database == "postgresql" and connection.vendor != "postgresql":
        raise Refused("KNM4244-E", status=409)


def make_tables(manifest: Manifest) -> None:
    """The tables as they were, empty."""
    executor = MigrationExecutor(connection)
    executor.migrate(_newest_of_each_app(executor, set(manifest.migrations)))
    with transaction(), connection.cursor() as cursor:
        for table in manifest.tables:  # what migrations put in
            cursor.execute(f'DELETE FROM "{table.name}"')


def _newest_of_each_app(executor: MigrationExecutor, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    graph = executor.loader.graph

    def is_newest(one: tuple[str, str]) -> bool:
        return not any(child.key in wanted and child.key[0] == one[0] for child in graph.node_map[one].children)

    return sorted(one for one in wanted if one in graph.nodes and is_newest(one))


def load(reader: Reader, progress: Progress) -> None:
    """All rows, counted. Raises Refused KNM4225-E when a table is not what the manifest says."""
    manifest = reader.manifest
    done = 0
    with _references_later():
        for table in manifest.tables:
            for count in _load_table(reader, table):
                progress(table.name, done + count, manifest.rows)
            done += table.rows
            _require_count(reader, table)
    _continue_numbers(manifest)


@contextlib.contextmanager
def _references_later() -> Iterator[None]:
    """A row may come before the one that it refers to; when all are there, none may refer to nothing."""
    connection.disable_constraint_checking()
    try:
        yield
        connection.check_constraints()
    finally:
        connection.enable_constraint_checking()


def _load_table(reader: Reader, table: Table) -> Iterator[int]:
    """Load it; yields how many rows are in, now and then."""
    placed = _placed(reader.manifest, table)
    rows = _rows(reader, table)
    count = 0
    if connection.vendor == "postgresql":
        with transaction(), connection.cursor() as cursor, cursor.copy(_copy(table)) as copy:
            for row in rows:
                copy.write_row(placed(row))
                count += 1
                if count % BATCH_ROWS == 0:
                    yield count
    else:
        for batch in _batches(rows):
            with transaction(), connection.cursor() as cursor:
                cursor.executemany(_insert(table), batch)
            count += len(batch)
            yield count
    yield count


def _rows(reader: Reader, table: Table) -> Iterator[Row]:
    decode = msgspec.json.Decoder(list[Any]).decode
    binary = [place for place, column in enumerate(table.columns) if column.kind == "bytes"]
    width = len(table.columns)
    for number, line in enumerate(reader.lines(table), 1):
        try:
            row = decode(line)
            if len(row) != width:
                raise ValueError(f"{len(row)} values for {width} columns")
            for place in binary:
                if row[place] is not None:
                    row[place] = base64.b64decode(row[place], validate=True)
        except (ValueError, TypeError, msgspec.MsgspecError) as problem:
            raise Refused(
                "KNM4225-E", path=str(reader.path), member=table.member, problem=f"line {number}: {problem}"
            ) from None
        yield row


def values(reader: Reader, table: str, column: str) -> list[Any]:
    """One column of a small table of the backup; nothing, when it has no such table."""
    found = reader.manifest.table(table)
    if found is None:
        return []
    number = [one.name for one in found.columns].index(column)
    return [row[number] for row in _rows(reader, found)]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    held = 0
    for row in rows:
        batch.append(row)
        held += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) >= BATCH_ROWS or held > BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _names(columns: list[Column]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


def _copy(table: Table) -> str:
    return f'COPY "{table.name}" ({_names(table.columns)}) FROM STDIN'


def _insert(table: Table) -> str:
    return (
        f'INSERT INTO "{table.name}" ({_names(table.columns)}) VALUES ({", ".join(["%s"] * len(table.columns))})'
    )  # fmt: skip


def _placed(manifest: Manifest, table: Table) -> Callable[[Row], Row]:
    """Puts a row where it belongs in the order of change; see the module."""
    names = [column.name for column in table.columns]
    if connection.vendor != "postgresql" or "xid" not in names:
        return lambda row: row
    xid, seq = names.index("xid"), names.index("seq")
    if table.name in PLACES:

        def move(row: Row) -> Row:
            row[xid], row[seq] = FOLLOWED, PAST_ALL_FOLLOWED
            return row

        return move
    followed = manifest.followed.get(table.name, (0, 0))

    def place(row: Row) -> Row:
        row[xid] = FOLLOWED if ((row[xid] or 0), row[seq]) <= followed else NOT_FOLLOWED
        return row

    return place


def _require_count(reader: Reader, table: Table) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table.name}"')
        count = cursor.fetchone()[0]
    if count != table.rows:
        raise Refused(
            "KNM4225-E", path=str(reader.path), member=table.member,
            problem=f"{count} rows instead of {table.rows}",
        )  # fmt: skip


def _continue_numbers(manifest: Manifest) -> None:
    """Numbers go on after the highest that was given out, not after the highest that is left."""
    with transaction(), connection.cursor() as cursor:
        for table in manifest.tables:
            if table.numbered_to:
                give_after(cursor, table.name, table.numbered_to)


def give_after(cursor: Any, table: str, number: int) -> None:
    """The next row of ``table`` gets a number above ``number``, and above all that are there."""
    if connection.vendor == "postgresql":
        column = _numbered(cursor, table)
        cursor.execute(
            f'SELECT setval(pg_get_serial_sequence(%s, %s), greatest(%s, (SELECT max("{column}") FROM "{table}")))',
            [f'"{table}"', column, number],
        )
        return
    cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [number, table])
    if not cursor.rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


def given(cursor: Any, table: str) -> int:
    """A number that is not below any that a row of ``table`` has."""
    if connection.vendor == "postgresql":
        cursor.execute(f'SELECT coalesce(max("{_numbered(cursor, table)}"), 0) FROM "{table}"')
    else:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
    return int(cursor.fetchone()[0])


def _numbered(cursor: Any, table: str) -> str:
    """The column whose numbers PostgreSQL gives out."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attidentity <> ''", [f'"{table}"']
    )
    return str(cursor.fetchone()[0])


def bring_forward() -> None:
    """To this version."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
