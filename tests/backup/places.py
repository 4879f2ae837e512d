"""Homes on a database of either kind, with real processes, and a look into both databases from the outside."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.conftest import KANMON, ManagerProcess, pc_json, until


@dataclass
class Place(ManagerProcess):
    """A Manager and its database. ``url`` empty: SQLite in its home."""

    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """That of its processes, with the database, which stands in no file."""
        return super().environment | ({"KANMON_DATABASE_URL": self.database} if self.database else {})

    def kanmon(self, *words: str, fault: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
        """A command, with a fault; its outcome, whatever it is."""
        environment = self.environment | ({"KANMON_FAULT": fault} if fault else {})
        return subprocess.run(
            [KANMON, *words], env=environment, capture_output=True, text=True, timeout=240, check=False, **more
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of its database, without Kanmon's code."""
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as connection:
                return connection.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(f"file:{self.home}/kanmon.sqlite3?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(sql).fetchall()

    def tables(self) -> list[str]:
        """Names of its tables."""
        if self.database:
            found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        else:
            found = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return sorted(row[0] for row in found)

    def content(self) -> dict[str, list[str]]:
        """Every row of every table, without the place in PostgreSQL's order of transactions."""
        found = {}
        for table in self.tables():
            names = ", ".join(f'"{name}"' for name in self._columns(table) if name != "xid")
            rows = self.rows(f'SELECT {names} FROM "{table}"')
            found[table] = sorted(repr(tuple(map(_plain, row))) for row in rows)
        return found

    def _columns(self, table: str) -> list[str]:
        if self.database:
            told = self.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'")
            return sorted(row[0] for row in told)
        return sorted(row[1] for row in self.rows(f'PRAGMA table_info("{table}")'))

    def filled(self, pcs: int = 6) -> "Place":
        """Set up, with PCs of which every second is dangerous, judged; and stopped."""
        self.setup()
        self.start()
        token = self.token()
        for number in range(pcs):
            report = pc_json(number, **({"antivirus": []} if number % 2 else {}))
            assert self.post(json.dumps(report).encode(), token)[0] == 200
        until(self.idle, 60)
        self.stop()
        return self


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def peak_bytes(words: list[str], environment: dict[str, str]) -> int:
    """Most memory that the command ``words`` has had at once. It has to succeed."""
    process = subprocess.Popen([KANMON, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said.decode()
    return usage.ru_maxrss * 1024
