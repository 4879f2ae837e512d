"""One moment of the database, read while others go on writing.

PostgreSQL: a transaction in REPEATABLE READ, rows by COPY, as they come. It takes no transaction number of its own, so
that it holds up nobody who follows changes.

SQLite with a WAL: a read transaction; the WAL grows until it ends. Without a WAL (``database.shared_disk``) a reader
keeps all writers out for as long as it reads; so the pages are copied at once, which is the shortest way to hold
them up, and the copy is read. The online copy in steps would hold up nobody, but begins again with every commit of
another connection, and came to no end with a hundred commits a second.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from kanmon.backup import tables
from kanmon.backup.tables import Found
from kanmon.journal import lease

SESSION = "kanmon-backup"


def sqlite_file() -> Path:
    """Where the SQLite database of this home is."""
    return Path(connection.settings_dict["NAME"])


def where() -> str:
    """The database of this home, as people call it."""
    if connection.vendor == "sqlite":
        return str(sqlite_file())
    return f"PostgreSQL, {connection.settings_dict['NAME']}"


class Snapshot:
    """What both kinds can tell. ``vendor``: sqlite or postgresql."""

    vendor = ""

    def fetch(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """All rows of a small query; parameters as %s."""
        raise NotImplementedError

    def tables(self) -> list[Found]:
        """What there is to be saved."""
        raise NotImplementedError

    def rows(self, table: Found) -> Iterator[tuple[Any, ...]]:
        """All rows of a table, one by one, never all of them in memory."""
        raise NotImplementedError

    def numbered_to(self, table: Found) -> int | None:
        """The highest number that was given out; None when it is not known, or none was."""
        raise NotImplementedError

    def bytes(self) -> int:
        """Size of the tables, at least."""
        raise NotImplementedError

    def count(self, table: Found) -> int:
        """How many rows it has."""
        return int(self.fetch(f'SELECT count(*) FROM "{table.name}"')[0][0])

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return any(one.name == table for one in self.tables())


class _Sqlite(Snapshot):
    vendor = "sqlite"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def fetch(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        return self._database.execute(sql.replace("%s", "?"), values).fetchall()

    def tables(self) -> list[Found]:
        return tables.of_sqlite(self.fetch)

    def rows(self, table: Found) -> Iterator[tuple[Any, ...]]:
        yield from self._database.execute(_all(table, self.vendor))

    def numbered_to(self, table: Found) -> int | None:
        if not table.numbered:
            return None
        row = self._database.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.name]).fetchone()
        return int(row[0]) if row else None

    def bytes(self) -> int:
        return int(self.fetch("PRAGMA page_count")[0][0]) * int(self.fetch("PRAGMA page_size")[0][0])


class _Postgresql(Snapshot):
    vendor = "postgresql"

    def __init__(self, database: Any) -> None:
        self._database = database

    def fetch(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        return list(self._database.execute(sql, values or None).fetchall())

    def tables(self) -> list[Found]:
        return tables.of_postgresql(self.fetch)

    def rows(self, table: Found) -> Iterator[tuple[Any, ...]]:
        with (
            self._database.cursor() as cursor,
            cursor.copy(f"COPY ({_all(table, self.vendor)}) TO STDOUT (FORMAT BINARY)") as copy,
        ):
            copy.set_types(tables.transfer_types(table.columns))
            yield from copy.rows()

    def numbered_to(self, table: Found) -> int | None:
        if not table.numbered:
            return None
        sequence = self.fetch("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.numbered])[0][0]
        last, given = self.fetch(f"SELECT last_value, is_called FROM {sequence}")[0]
        return int(last) if given else None

    def bytes(self) -> int:
        sizes = self.fetch(
            "SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return int(sizes[0][0])


def _all(table: Found, vendor: str) -> str:
    return f'SELECT {tables.select(table.columns, vendor)} FROM "{table.name}"'


@contextlib.contextmanager
def of_database(copy_to: Path) -> Iterator[Snapshot]:
    """The database of this home at one moment. ``copy_to``: a file for the copy, where one is needed."""
    if connection.vendor == "postgresql":
        with contextlib.closing(lease.connect(SESSION, 60.0)) as database:
            database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield _Postgresql(database)
        return
    with _read(sqlite_file()) as database:
        if database.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            yield _Sqlite(database)
            return
        try:
            with contextlib.closing(sqlite3.connect(copy_to, isolation_level=None)) as copy:
                copy_to.chmod(0o600)
                copy.execute("PRAGMA synchronous=OFF")  # it is thrown away, whatever happens
                database.execute("ROLLBACK")
                database.backup(copy)
            with _read(copy_to) as copied:
                yield _Sqlite(copied)
        finally:
            copy_to.unlink(missing_ok=True)


@contextlib.contextmanager
def _read(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as database:
        database.execute("PRAGMA query_only=ON")
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it is one moment
        yield database
