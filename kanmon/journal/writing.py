"""``transaction``: the one way in which anything is written.

SQLite has one writer. Threads that wait for it in ``BEGIN IMMEDIATE`` poll and starve each other, so all
writers of a process first pass a lock that serves them in order of arrival.

A worker gives its *term*. The transaction then begins with a look at the term row: who was deposed writes
nothing any more. On PostgreSQL a shared advisory lock is taken first and the term is read in a *second*
statement: in READ COMMITTED each statement sees what was committed before it began, so a take-over (which
takes the lock exclusively) is either seen or still has to wait for us. In one statement it could be missed.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, connections
from django.db import transaction as django_transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from kanmon.common import fault, messages

log = logging.getLogger("kanmon.journal")


class TermLost(Exception):
    """Another node has taken over: this term may write nothing any more."""

    def __init__(self, term: int) -> None:
        self.term = term
        super().__init__(f"term {term} has ended")


class FairLock:
    """A lock that serves its waiters in order of arrival. Not reentrant."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiters: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiters.append(mine)
        mine.acquire()  # released by the one before, which hands the lock over without letting go of it

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiters:
                self._waiters.popleft().release()
            else:
                self._held = False


_sqlite_writer = FairLock()


_session = threading.local()


def call_session(name: str) -> None:
    """Give this thread, which lives long, a database connection of its own, under a name by which it can be ended.

    It is no connection of the pool: one that a take-over has ended would go back there, and to a page.
    """
    _session.name = name[:63]
    connection.close()
    if connection.vendor == "postgresql":
        own = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
        connection.settings_dict = {**connection.settings_dict, "OPTIONS": own, "CONN_MAX_AGE": None}


def forget_dead_connections() -> None:
    """After the database was away: those of the pool that are dead go at once, before a page waits for each of them."""
    fresh = connections.create_connection("default")
    pool = getattr(fresh, "pool", None)
    if pool is not None:
        pool.check()


_idle_seconds = 0.0


def bound_sessions(seconds: float) -> None:
    """PostgreSQL: from now on the database ends each transaction of this process that stands still for ``seconds``.

    A host that freezes or is cut off in the middle of one keeps its row locks, and the database may need hours to
    notice. Whoever takes over would wait for them: a take-over ends the sessions of workers only, and those of intake
    lock the operation that records its reports.
    """
    global _idle_seconds
    _idle_seconds = seconds


@receiver(connection_created)
def _say_name(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('application_name', %s, false)", [getattr(_session, "name", "kanmon")])
            if _idle_seconds:
                limit = f"{round(_idle_seconds * 1000)}ms"
                cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [limit])


@contextmanager
def transaction(term: int | None = None, shard: int = 0) -> Iterator[None]:
    """A write transaction; with ``term`` only while that term holds. Inside another one it joins it.

    Raises TermLost when the term has ended; nothing is written then.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        with _sqlite_writer, _ending_when_the_disk_fails(), django_transaction.atomic():
            _check(term, shard)
            yield
            fault.point("before_commit")
    else:
        with django_transaction.atomic():
            _check(term, shard)
            yield
            fault.point("before_commit")
    fault.point("after_commit")


@contextmanager
def _ending_when_the_disk_fails() -> Iterator[None]:
    """After a failed fsync nobody knows what is on the disk, and asking again says "fine": end, and recover anew."""
    try:
        yield
    except OperationalError as problem:
        if "disk I/O error" in str(problem):
            log.critical(messages.text("KNM0003-E", {"problem": problem}))
            os._exit(74)  # EX_IOERR
        raise


def _check(term: int | None, shard: int) -> None:
    if term is None:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [shard])
        cursor.execute("SELECT 1 FROM term WHERE shard = %s AND term = %s", [shard, term])
        if cursor.fetchone() is None:
            raise TermLost(term)


def sql_time(moment: datetime) -> Any:
    """``moment`` as plain SQL wants it: the ORM's own form, so that both kinds of rows compare."""
    return connection.ops.adapt_datetimefield_value(moment)
