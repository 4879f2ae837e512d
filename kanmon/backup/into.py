"""The database that a restore goes into: what it has to be like before, and how it becomes the restored one.

PostgreSQL: one transaction, from the removal of the old tables to the hold of the actions. It waits for nobody,
because nobody of Kanmon is connected, and nobody who connects meanwhile sees anything before its end.

SQLite: a new file beside the old one; ``interrupted.exchange`` puts it in place.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InternalError, OperationalError, ProgrammingError, connection

from kanmon.backup import era, load
from kanmon.backup.interrupted import READY
from kanmon.backup.manifest import Progress, said
from kanmon.backup.package import Reader
from kanmon.backup.snapshot import sqlite_file, where
from kanmon.common import fault
from kanmon.common.errors import Refused
from kanmon.home import MIGRATION_LOCK
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry
from kanmon.journal.writing import transaction
from kanmon.sealing.models import Secret

BROUGHT = ("pc", "person", "receipt", "api_token")  # tables of what PCs and people have brought
GROWTH = 2  # a database needs at most this many times the bytes of its rows as JSON
CONNECTED_SECONDS = 3.0


def _first_line(problem: Exception) -> str:
    return str(problem).strip().split("\n")[0]


def is_there() -> bool:
    """Whether there is a database with something in it that nobody can make again. What can't be read counts."""
    if connection.vendor == "sqlite" and not sqlite_file().exists():
        return False
    try:
        names = connection.introspection.table_names()
        with connection.cursor() as cursor:
            return any(_has_rows(cursor, name) for name in BROUGHT if name in names)
    except DatabaseError:
        return True
    finally:
        connection.close()


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
    return cursor.fetchone() is not None


def replaced() -> era.Replaced:
    """What the present database knows of terms and numbers; nothing, when there is none or it can't be read."""
    if connection.vendor == "sqlite" and not sqlite_file().exists():
        return era.NOTHING
    try:
        return era.replaced()
    except (DatabaseError, TypeError):
        return era.NOTHING
    finally:
        connection.close()


def require_nobody() -> None:
    """PostgreSQL: raises Refused KNM4228-E while a Manager or command of any node is connected."""
    if connection.vendor != "postgresql":
        return
    end = time.monotonic() + CONNECTED_SECONDS
    while sessions := _sessions():
        if time.monotonic() > end:
            raise Refused("KNM4228-E", status=409, sessions=", ".join(sessions))
        time.sleep(0.1)


def _sessions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # in a transaction it would show the same again and again
        cursor.execute(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'kanmon%%' AND pid <> pg_backend_pid() ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def require_space(reader: Reader) -> None:
    """Raises Refused KNM4223-E when the new file of SQLite has no room. PostgreSQL's disk can't be seen from here."""
    if connection.vendor != "sqlite":
        return
    folder = sqlite_file().parent
    wanted = GROWTH * sum(table.bytes for table in reader.manifest.tables)
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise Refused("KNM4223-E", folder=str(folder), free=said(free), wanted=said(wanted))


class Restoring:
    """What is loaded, and what the restored database is told; see ``era.begin``."""

    def __init__(self, reader: Reader, kinds: era.Kinds, actor: str, id: str, *, forget_secrets: bool) -> None:
        self.reader, self.kinds, self.actor, self.id, self.forget_secrets = reader, kinds, actor, id, forget_secrets

    def fill(self, before: era.Replaced, progress: Progress) -> int:
        """All of it, into a database without tables. Returns the new term."""
        path = str(self.reader.path)
        try:
            load.make_tables(self.reader.manifest)
            load.load(self.reader, progress)
        except (OperationalError, InternalError) as problem:
            raise Refused("KNM4239-E", status=503, path=where(), problem=_first_line(problem)) from None
        except DatabaseError as problem:  # rows that do not fit the tables of their own version
            raise Refused("KNM4225-E", path=path, member="tables", problem=_first_line(problem)) from None
        fault.point("restore_loaded")
        load.bring_forward()
        if self.forget_secrets:
            with transaction():
                Secret.objects.all().delete()
        return era.begin(self.reader.manifest, before, self.kinds, self.actor, self.id, self.reader.fingerprint)


def into_postgresql(restoring: Restoring, progress: Progress) -> int:
    """Replace Kanmon's tables. Returns the new term."""
    before = replaced()
    with transaction():
        with connection.cursor() as cursor:
            for lock in (MIGRATION_LOCK, 0):  # nodes that start now wait; 0 is the shard of a take-over
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
            require_nobody()
            names = {*connection.introspection.django_table_names(), "django_migrations"}
            for name in sorted(names & set(connection.introspection.table_names())):
                cursor.execute(f'DROP TABLE "{name}" CASCADE')
        term = restoring.fill(before, progress)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        fault.point("restore_before_commit")
    fault.point("restore_committed")
    return term


def into_sqlite(restoring: Restoring, progress: Progress) -> int:
    """Make the new file. Returns the new term."""
    before = replaced()
    path = sqlite_file()
    ready = path.with_name(path.name + READY)
    os.close(os.open(ready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _at(ready):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # it is synced as a whole below, or thrown away
        term = restoring.fill(before, progress)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    descriptor = os.open(ready, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return term


@contextlib.contextmanager
def _at(path: Path) -> Iterator[None]:
    """Django's database is the file ``path`` meanwhile."""
    before, here = connection.settings_dict["NAME"], HERE.term
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        HERE.term = here


def is_restored(id: str) -> bool:
    """Whether the present database came out of the restore ``id``: its transaction was committed.

    Raises Refused KNM4239-E when it does not answer, so that nobody can tell.
    """
    try:
        newest = Entry.objects.filter(operation=None, event=era.RESTORED).order_by("-seq").first()
        return newest is not None and newest.detail.get("restore") == id
    except ProgrammingError:  # it has no tables yet
        return False
    except DatabaseError as problem:
        raise Refused("KNM4239-E", status=503, path=where(), problem=_first_line(problem)) from None
    finally:
        connection.close()
