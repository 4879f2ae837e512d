"""PostgreSQL servers of the tests and benches: where the programs are, who runs them, and one of our own."""

import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

BINARIES = "initdb and postgres of PostgreSQL 15 or later: install postgresql (Debian), postgresql-server (RHEL)"


def binaries() -> Path:
    """The folder with initdb and postgres. Fails with the package to install."""
    places = [Path(one) for one in os.environ.get("PATH", "").split(":") if one]
    versions = [one for one in Path("/usr/lib/postgresql").glob("*/bin") if one.parent.name.isdigit()]
    places += [*sorted(versions, key=lambda one: -int(one.parent.name)), Path("/usr/pgsql-15/bin")]
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise AssertionError(f"These tests need {BINARIES}. None of {', '.join(map(str, places))} has them.")


def server_user() -> str | None:
    """PostgreSQL does not run as root: who runs it then. None: whoever runs the tests."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[str]:
    """A server on a socket in a folder of its own; with fsync only if it is to be ``durable``. Gives the URL of a
    database, with {name}.
    """
    bin, user = binaries(), server_user()
    folder = Path(tempfile.mkdtemp(prefix="kanmon-pg-"))
    as_user: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    if user:
        shutil.chown(folder, user)
    data, log = folder / "data", open(folder / "log", "wb")  # noqa: SIM115
    initdb = [bin / "initdb", "-D", data, "-U", "kanmon", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, check=False, **as_user)
    assert done.returncode == 0, done.stderr
    safe = "on" if durable else "off"
    options = {
        "listen_addresses": "", "unix_socket_directories": str(folder), "fsync": safe, "synchronous_commit": safe,
        "full_page_writes": safe, "shared_buffers": "32MB", "max_connections": "100", "autovacuum": "off",
    }  # fmt: skip
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen([bin / "postgres", "-D", data, *words], cwd=folder, stdout=log, stderr=log, **as_user)
    try:
        end = time.monotonic() + 30
        while not _answers(folder):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"postgresql://kanmon@{quote(str(folder), safe='')}/{{name}}"
    finally:
        process.send_signal(2)  # SIGINT: fast shutdown
        process.wait(30)
        log.close()
        shutil.rmtree(folder)


def _answers(folder: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(host=str(folder), user="kanmon", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def free_port() -> int:
    """A port of loopback that nobody uses now: below those that Linux gives to whoever connects, so that it stays free
    while what listens there is stopped and started.
    """
    while True:
        port = random.randrange(10240, 32768)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
