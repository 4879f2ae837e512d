"""The tables of this folder in the agent's database, and one connection that threads share."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS radius_nas (
  name TEXT PRIMARY KEY,
  network TEXT NOT NULL UNIQUE,
  secret BLOB NOT NULL,
  profile TEXT NOT NULL,
  coa INTEGER NOT NULL CHECK (coa IN (0, 1)),
  disconnect INTEGER NOT NULL CHECK (disconnect IN (0, 1)),
  coa_port INTEGER NOT NULL CHECK (coa_port BETWEEN 1 AND 65535),
  coa_address TEXT NOT NULL,
  coa_secret BLOB,
  unsigned INTEGER NOT NULL CHECK (unsigned IN (0, 1))
) STRICT;
CREATE TABLE IF NOT EXISTS radius_session (
  mac TEXT NOT NULL,
  nas TEXT NOT NULL,
  nas_address TEXT NOT NULL,
  port TEXT NOT NULL,
  calling TEXT NOT NULL,
  session TEXT NOT NULL,
  ip TEXT NOT NULL,
  network TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'ended', 'rejected')),
  began_at REAL NOT NULL,
  heard_at REAL NOT NULL,
  ends_at REAL,
  PRIMARY KEY (mac, nas, nas_address)
) STRICT;
CREATE INDEX IF NOT EXISTS radius_session_heard ON radius_session (heard_at);
CREATE INDEX IF NOT EXISTS radius_session_nas ON radius_session (nas) WHERE state = 'open';
"""


class Tables:
    """The database. Every use is one short transaction; threads take turns."""

    def __init__(self, path: Path, *, shared_disk: bool = False) -> None:
        # O_EXCL: a file that is there is not even opened. Closing any descriptor of it would drop the locks of this
        # process's other connections, and another process would throw the write-ahead log away (``agent.schema``).
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._turn = threading.Lock()
        self._connection.row_factory = sqlite3.Row
        # Sessions heal by the next accounting: an fsync for each would buy nothing. A shared disk takes no WAL (ADR 39).
        self._connection.execute(f"PRAGMA journal_mode = {'DELETE' if shared_disk else 'WAL'}")
        self._connection.execute(f"PRAGMA synchronous = {'EXTRA' if shared_disk else 'NORMAL'}")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What ``query`` finds."""
        with self._turn:
            return self._connection.execute(query, values).fetchall()

    def flush(self) -> None:
        """What was written is on the disk when this returns."""
        with self._turn:
            self._connection.execute("PRAGMA wal_checkpoint(FULL)")

    def close(self) -> None:
        """Close the database."""
        with self._turn:
            self._connection.close()
