"""Databases of the campaign: a SQLite file a story, or a database a story in a PostgreSQL that may be killed.

The PostgreSQL server of a slot runs with fsync on, as it would in production, and is this slot's alone: who kills it
disturbs nobody else.
"""

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.failover.nodes import ROOT
from tests.postgresql import binaries, free_port, server_user

OPTIONS = {
    "fsync": "on", "synchronous_commit": "on", "track_commit_timestamp": "on", "shared_buffers": "32MB",
    "max_connections": "100", "autovacuum": "off", "max_wal_size": "128MB", "wal_recycle": "off",
    "restart_after_crash": "on", "log_min_messages": "warning",
}  # fmt: skip


def make_tables(home: Path, url: str = "") -> None:
    """The slim process makes its own, by the product's migrations."""
    environment = os.environ | {"KANMON_HOME": str(home), "KANMON_DATABASE_URL": url}
    command = [sys.executable, "-m", "tests.failover.slim", "--make"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Sqlite:
    """Copies of one file."""

    vendor = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.template = folder / "kanmon.sqlite3"
        folder.mkdir(parents=True, exist_ok=True)
        make_tables(folder)

    @contextmanager
    def fresh(self, home: Path, name: str) -> Iterator["SqliteStory"]:
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.template, home / "kanmon.sqlite3")
        yield SqliteStory(home / "kanmon.sqlite3")


class SqliteStory:
    """The database of one story, looked at from the outside."""

    vendor, url = "sqlite", ""

    def __init__(self, file: Path) -> None:
        self.file = file

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT; ``?`` stands for a value."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]


class Postgresql:
    """A server of its own, on its Unix socket, and where ``listen`` says."""

    vendor = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.addresses = folder, free_port(), ""
        self.user = server_user()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)
        if self.user:
            shutil.chown(folder, self.user)
        folder.chmod(0o755)
        make = [binaries() / "initdb", "-D", folder / "data", "-U", "kanmon", "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync", "--wal-segsize=4"]  # fmt: skip
        done = subprocess.run(make, cwd=folder, capture_output=True, text=True, check=False, **self._as_user())
        assert done.returncode == 0, done.stderr
        with open(folder / "data" / "pg_hba.conf", "a") as file:
            file.write("host all all 0.0.0.0/0 trust\n")
        self.start()
        self.execute("CREATE DATABASE slim")
        make_tables(folder, self.url("slim"))

    def _as_user(self) -> dict[str, Any]:
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}

    def url(self, name: str, host: str = "") -> str:
        """Of a database, by the Unix socket or by ``host``."""
        return f"postgresql://kanmon@{host or quote(str(self.folder), safe='')}:{self.port}/{name}"

    def listen(self, addresses: list[str]) -> None:
        """From now on at these IP addresses, too."""
        if self.addresses != ",".join(addresses):
            self.stop()
            self.addresses = ",".join(addresses)
            self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        options = OPTIONS | {
            "unix_socket_directories": str(self.folder), "listen_addresses": self.addresses, "port": str(self.port),
        }  # fmt: skip
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        end = time.monotonic() + 60
        while True:
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen(
                    [binaries() / "postgres", "-D", self.folder / "data", *words], cwd=self.folder, stdout=log,
                    stderr=log, start_new_session=True, **self._as_user(),
                )  # fmt: skip
            while self.process.poll() is None:
                if self.answers():
                    return
                assert time.monotonic() < end, (self.folder / "log").read_text()[-3000:]
                time.sleep(0.02)
            assert time.monotonic() < end, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)  # processes of the killed one are still there

    def answers(self) -> bool:
        """Whether it takes connections."""
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def execute(self, sql: str, *values: Any, name: str = "postgres") -> list[Any]:
        """A statement outside of the stories' own connections."""
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True, connect_timeout=20) as connection:
            cursor = connection.execute(sql, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """kill -9 of the server and of all that it has begun."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)  # so that it begins no new ones meanwhile
        own = [int(pid) for pid in _children(self.process.pid)]
        for pid in [self.process.pid, *own]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in own) and time.monotonic() < end:
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it in order: sessions are ended, everything is written."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    @contextmanager
    def fresh(self, home: Path, name: str) -> Iterator["PostgresqlStory"]:
        self.start()
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE slim')
        yield PostgresqlStory(self, name)
        self.start()
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def __enter__(self) -> "Postgresql":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)


class PostgresqlStory:
    """The database of one story, looked at from the outside."""

    vendor = "postgresql"

    def __init__(self, server: Postgresql, name: str) -> None:
        self.server, self.name = server, name

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT; ``?`` stands for a value."""
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self.url, autocommit=True, connect_timeout=20, row_factory=dict_row) as connection:
            return connection.execute(sql.replace("?", "%s"), values or None).fetchall()  # type: ignore[arg-type]


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
