"""Databases for tests: SQLite files, and a PostgreSQL server of our own that lives as long as the tests.

Tables are made once by the migrations; each test gets a copy, or the same emptied. The settings of Django are made by the product
from its database URL, and put in the place of the present ones while a test runs.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connection, connections

from kanmon import duties, settings
from kanmon.accounts import scope
from kanmon.action import texts
from kanmon.common import config
from kanmon.feeds import patches_store, vulnerabilities_store
from kanmon.intake import tokens
from kanmon.inventory import record as recorder
from kanmon.journal.here import HERE
from kanmon.judgment import verdicts
from kanmon.judgment.engine import ENGINE
from kanmon.policy import versions
from kanmon.search import kept
from kanmon.search.roster import ROSTER
from tests.postgresql import postgresql_server as postgresql_server


@contextmanager
def using(url: str, file: Path | None = None) -> Iterator[None]:
    """Django's only database is the one at ``url``, or the SQLite ``file``, while this lasts."""
    with mock.patch.dict(os.environ, {"KANMON_DATABASE_URL": url}):
        config.forget()
        made = settings._database() | ({"NAME": str(file)} if file else {})
    config.forget()
    before, before_settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = connections.configure_settings({"default": made})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = before_settings, before


def _forget_all() -> None:
    """What a process remembers of its database: nothing, as after a start."""
    scope.forget()
    ENGINE.__init__()  # type: ignore[misc]
    ROSTER.forget()
    kept.forget()
    recorder._dictionary.forget()
    versions.rules.cache_clear()
    patches_store.load.cache_clear()
    patches_store.together.cache_clear()
    vulnerabilities_store.load.cache_clear()
    verdicts._silent.clear()
    duties._settled = None
    texts.installation.cache_clear()
    tokens._known.clear()
    HERE.term, HERE.node = 0, config.node()
    config.forget()


class Sqlite:
    """SQLite files, copied from one that the migrations have made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.template = folder / "template.sqlite3"
        with using("", self.template):
            call_command("migrate", verbosity=0, interactive=False)

    @contextmanager
    def fresh(self) -> Iterator[None]:
        self.count += 1
        file = self.folder / f"{self.count}.sqlite3"
        shutil.copy(self.template, file)
        with using("", file):
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=OFF")  # of this thread; nobody pulls the plug here
            yield
        for one in self.folder.glob(f"{file.name}*"):
            one.unlink()


class Postgresql:
    """A database of a server, made by the migrations and emptied after each test."""

    def __init__(self, url: str) -> None:
        with using(url.format(name="postgres")), connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE kanmon")
        self.url = url.format(name="kanmon")
        with using(self.url):
            call_command("migrate", verbosity=0, interactive=False)
            self.tables = [name for name in connection.introspection.table_names() if self._is_empty(name)]

    def _is_empty(self, table: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            return cursor.fetchone() is None

    @contextmanager
    def fresh(self) -> Iterator[None]:
        with using(self.url):
            try:
                yield
            finally:
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '10s'")
                    names = ", ".join(f'"{name}"' for name in self.tables)
                    cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")


@contextmanager
def home(folder: Path) -> Iterator[Path]:
    """A home that is set up, and no memory of another one."""
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "signing-key").write_text("a key for tests")
    with mock.patch.dict(os.environ, {"KANMON_HOME": str(folder)}):
        _forget_all()
        yield folder
    _forget_all()


def together(function: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """Run ``function(number)`` in so many threads at once; their results, or what they raised, by number."""
    results: list[Any] = [None] * threads
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(20)
            results[number] = function(number)
        except BaseException as problem:
            results[number] = problem
        finally:
            connection.close()

    started = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for one in started:
        one.start()
    for one in started:
        one.join(60)
    assert not any(one.is_alive() for one in started), "a thread hangs"
    return results
