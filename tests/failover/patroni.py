"""A real Patroni cluster on loopback: etcd, and three PostgreSQL servers with synchronous replication."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import free_port, until
from tests.postgresql import binaries, server_user

NEEDED = "a Patroni cluster needs the packages etcd-server, patroni and postgresql, and to be root"


@dataclass
class PatroniNode:
    """One server with its Patroni."""

    name: str
    port: int
    rest: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        log = open(self.folder / "log", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(
            ["patroni", str(self.folder / "patroni.yml")], cwd=self.folder, stdout=log, stderr=log,
            user=server_user(), start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9 of Patroni and of PostgreSQL at once."""
        assert self.process is not None
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError, ValueError, IndexError):
            postmaster = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
            os.kill(postmaster, signal.SIGKILL)
        self.process.wait(60)

    def is_leader(self) -> bool:
        """Whether its REST API says that it is the primary."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/primary", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@dataclass
class Patroni:
    """The cluster. ``url`` names all servers, and asks for the one that can be written."""

    folder: Path
    nodes: list[PatroniNode] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Address of the database "kanmon"."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.nodes)
        return f"postgresql://postgres:secret@{hosts}/kanmon?target_session_attrs=read-write"

    def leader(self) -> PatroniNode | None:
        """The primary, if there is one."""
        return next((one for one in self.nodes if one.process and one.is_leader()), None)

    def synchronous(self) -> bool:
        """Whether a standby is synchronous: only then nothing that was committed can be lost."""
        leader = self.leader()
        if leader is None:
            return False
        with urllib.request.urlopen(f"http://127.0.0.1:{leader.rest}/cluster", timeout=2) as answer:
            return any(member["role"] == "sync_standby" for member in json.load(answer)["members"])


def _configuration(made: Patroni, one: PatroniNode, etcd: int) -> dict[str, Any]:
    return {
        "scope": "kanmon",
        "name": one.name,
        "etcd3": {"hosts": [f"127.0.0.1:{etcd}"]},
        "restapi": {"listen": f"127.0.0.1:{one.rest}", "connect_address": f"127.0.0.1:{one.rest}"},
        "bootstrap": {
            "dcs": {
                "ttl": 20, "loop_wait": 3, "retry_timeout": 5, "maximum_lag_on_failover": 1048576,
                "synchronous_mode": True,
                "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 150, "fsync": "on"}},
            },
            "initdb": [{"encoding": "UTF8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{one.port}", "connect_address": f"127.0.0.1:{one.port}",
            "data_dir": str(one.folder / "data"), "bin_dir": str((binaries() / "initdb").resolve().parent),
            "pgpass": str(one.folder / "pgpass"),
            "authentication": {
                "superuser": {"username": "postgres", "password": "secret"},
                "replication": {"username": "replicator", "password": "secret"},
            },
            "parameters": {"unix_socket_directories": str(one.folder)},
            "pg_hba": ["host all all 127.0.0.1/32 md5", "host replication replicator 127.0.0.1/32 md5",
                       "local all all trust"],
        },
    }  # fmt: skip


@contextlib.contextmanager
def patroni() -> Iterator[Patroni]:
    """A running cluster with the empty database "kanmon". Fails with the packages that are missing."""
    user = server_user()
    assert user, NEEDED
    assert shutil.which("etcd"), NEEDED
    assert shutil.which("patroni"), NEEDED
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="kanmon-patroni-"))
    shutil.chown(folder, user)
    client, peer = free_port(), free_port()
    etcd = subprocess.Popen(
        ["etcd", "--name", "e1", "--data-dir", str(folder / "etcd"),
         "--listen-client-urls", f"http://127.0.0.1:{client}", "--advertise-client-urls", f"http://127.0.0.1:{client}",
         "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
         "--initial-cluster", f"e1=http://127.0.0.1:{peer}"],
        stdout=subprocess.DEVNULL, stderr=open(folder / "etcd.log", "wb"), user=user,  # noqa: SIM115
    )  # fmt: skip
    made = Patroni(folder)
    try:
        for number in range(3):
            one = PatroniNode(f"n{number}", free_port(), free_port(), folder / f"n{number}")
            one.folder.mkdir(mode=0o700)
            text = json.dumps(_configuration(made, one, client))  # JSON is YAML
            (one.folder / "patroni.yml").write_text(text)
            for path in (one.folder, one.folder / "patroni.yml"):
                shutil.chown(path, user)
            made.nodes.append(one)
        for one in made.nodes:
            one.start()
        until(lambda: made.leader() is not None, 120)
        until(made.synchronous, 120)
        with psycopg.connect(made.url.replace("/kanmon?", "/postgres?"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kanmon")
        yield made
    finally:
        for one in made.nodes:
            if one.process is not None and one.process.poll() is None:
                one.kill()
        etcd.kill()
        etcd.wait()
        if not os.environ.get("KANMON_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
