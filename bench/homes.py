"""Homes that are thrown away: one for this process, or one with a real Manager in a process of its own."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 60


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """A new home with its database, and Django ready in this process."""
    path = Path(tempfile.mkdtemp(prefix="kanmon-bench-"))
    os.environ["KANMON_HOME"] = str(path)
    try:
        from kanmon import home

        home.make(path)
        home.start_django()
        home.migrate()
        from kanmon.policy import versions

        versions.install_builtin()
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Running:
    """A Manager in a process of its own."""

    url: str
    token: str
    pid: int

    def peak_mib(self) -> float:
        """The most memory that it has had resident."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    def cpu_seconds(self) -> float:
        """Processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def manager() -> Iterator[Running]:
    """A Manager on loopback with a home of its own and an intake token. KANMON_HOME of this process is that home."""
    path = Path(tempfile.mkdtemp(prefix="kanmon-bench-"))
    os.environ["KANMON_HOME"] = str(path)
    kanmon = str(Path(sys.executable).with_name("kanmon"))
    subprocess.run([kanmon, "setup"], check=True, stdout=subprocess.DEVNULL)
    try:
        with serving(path) as running:
            yield running
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def serving(path: Path) -> Iterator[Running]:
    """A Manager of the home ``path``, which is KANMON_HOME of this process, and a new intake token."""
    kanmon, port = str(Path(sys.executable).with_name("kanmon")), _free_port()
    log = (path / "bench.log").open("wb")
    process = subprocess.Popen([kanmon, "manager", "--listen", f"127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        from kanmon.cli.client import Client, answers

        end = time.monotonic() + READY_SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((path / "bench.log").read_text())
            time.sleep(0.1)
        token = Client().call("POST", "/sources", {"name": f"bench-{port}"})["token"]
        yield Running(f"http://127.0.0.1:{port}", token, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()
