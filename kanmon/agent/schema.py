"""The agent's database: how it is opened, and how its tables are brought forward.

SQLite, one file in the agent's home. What is committed has been written to the disk (``synchronous=FULL``); on a disk
that cluster software mounts on one machine at a time the write-ahead log is not used, as for the Manager (ADR 39).
Each part of the agent has its tables and their version; they only go forward.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kanmon.common.errors import Refused

FILE = "agent.sqlite3"
WAIT_SECONDS = 20.0

TABLES: tuple[str, ...] = (
    # 1: bodies are messages of kanmon.wire as JSON; entry.changed counts the changes of the list
    """
    CREATE TABLE word (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE entry (
        mac TEXT PRIMARY KEY, body BLOB NOT NULL, changed INTEGER NOT NULL CHECK (changed > 0), touched_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX entry_changed ON entry (changed);
    CREATE TABLE answer (
        order_id TEXT PRIMARY KEY, mac TEXT NOT NULL, term INTEGER NOT NULL, result TEXT, sentence TEXT NOT NULL,
        told INTEGER NOT NULL, at TEXT NOT NULL, confirmed_at TEXT,
        CHECK (result IN ('done', 'stale', 'failed', 'fixed')), CHECK (confirmed_at IS NULL OR result IS NOT NULL)
    ) WITHOUT ROWID;
    CREATE INDEX answer_to_tell ON answer (told, at) WHERE confirmed_at IS NULL AND result IS NOT NULL;
    CREATE INDEX answer_open ON answer (mac) WHERE result IS NULL;
    CREATE INDEX answer_failed ON answer (mac) WHERE result = 'failed';
    CREATE TABLE seen (mac TEXT PRIMARY KEY, body BLOB NOT NULL, number INTEGER NOT NULL, told INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE INDEX seen_to_tell ON seen (number) WHERE told = 0;
    CREATE TABLE staged (mac TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    """,
    # 2: word ``listed``: a whole list was known once; before this version every list was taken for one
    """
    CREATE INDEX answer_of_mac ON answer (mac, at);
    INSERT OR IGNORE INTO word SELECT 'listed', 'before' FROM word WHERE name = 'changed' AND value != '0';
    """,
)


def connect(home: Path, *, shared_disk: bool = False) -> sqlite3.Connection:
    """A connection in autocommit, for one thread. Raises Refused KNM8003-E when the file is no database of an agent."""
    path = home / FILE
    try:
        # O_EXCL: a file that is there is not even opened. Closing any descriptor of it would drop the locks of this
        # process's other connections (fcntl locks), and another process would throw the write-ahead log away.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute(f"PRAGMA journal_mode = {'DELETE' if shared_disk else 'WAL'}")
        connection.execute(f"PRAGMA synchronous = {'EXTRA' if shared_disk else 'FULL'}")
        connection.execute("PRAGMA foreign_keys = ON")
    except (OSError, sqlite3.Error) as problem:
        raise Refused("KNM8003-E", path=str(path), problem=str(problem)) from None
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A transaction that holds the right to write from its first statement on."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def migrate(connection: sqlite3.Connection, part: str, steps: Sequence[str]) -> None:
    """Bring the tables of ``part`` forward to the last of ``steps``; each step and its number are one transaction.

    Raises Refused KNM8004-E when a newer version of Kanmon has been here.
    """
    with writing(connection):
        connection.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
    while True:
        with writing(connection):
            row = connection.execute("SELECT version FROM part WHERE name = ?", [part]).fetchone()
            version = row[0] if row else 0
            if version > len(steps):
                raise Refused("KNM8004-E", part=part, version=version, known=len(steps))
            if version == len(steps):
                return
            for statement in _statements(steps[version]):
                connection.execute(statement)
            connection.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", [part, version + 1])


def _statements(text: str) -> Iterator[str]:
    """The statements of a step one by one: ``executescript`` would commit the transaction."""
    statement = ""
    for piece in text.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""
