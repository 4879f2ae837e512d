"""Processes of the campaign: slim Managers that are started, killed, frozen and cut off."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.failover.lines import Call

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


@dataclass
class Node:
    """A slim Manager in a home of its own. ``environment``: of every start. ``prefix``: what runs it, nsenter
    for one.
    """

    name: str
    home: Path
    environment: dict[str, str]
    prefix: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    statuses: list[int] = field(default_factory=list)  # of processes that have ended
    stopped: bool = False

    def __post_init__(self) -> None:
        for folder in ("run", "log"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)

    def start(self, wait: bool = True, **more: str) -> "Node":
        """Start it with ``more`` in its environment."""
        self.ended()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("KANMON_", "DJANGO_", "SLIM_"))
        }
        (self.home / "run" / "slim.sock").unlink(missing_ok=True)
        with open(self.home / "output.txt", "ab") as out:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "tests.failover.slim"], cwd=ROOT,
                env=kept | {"KANMON_HOME": str(self.home), "KANMON_NODE": self.name} | self.environment | more,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self) -> bool:
        """Until it answers; false when it has ended instead."""
        end = time.monotonic() + START_SECONDS
        while not self.ended():
            if self.is_frozen():  # by a fault that came later than it was waited for
                self.signal(signal.SIGCONT)
            if self.ask({"do": "hello"}, 1.0) is not None:
                return True
            assert time.monotonic() < end, f"{self.name} does not answer: {self.output()[-2000:]}"
            time.sleep(0.01)
        return False

    def output(self) -> str:
        """What it has printed."""
        path = self.home / "output.txt"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def ask(self, question: dict[str, Any], seconds: float = 5.0) -> dict[str, Any] | None:
        """Its answer; None when there was none, so that nobody knows whether it was done."""
        try:
            with Call(self.home / "run" / "slim.sock", seconds) as call:
                return call.ask(question)
        except OSError:
            return None

    def ended(self) -> bool:
        """Whether no process of it lives."""
        if self.process is not None and self.process.poll() is not None:
            self.statuses.append(self.process.returncode)
            self.process, self.stopped = None, False
        return self.process is None

    def signal(self, number: int) -> None:
        """Send a signal, if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.stopped = (self.stopped or number == signal.SIGSTOP) and number != signal.SIGCONT

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.ended()

    def stop(self, seconds: float = 60.0) -> None:
        """Stop it in order."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGUSR2)  # where its threads stand
                time.sleep(1)
                raise AssertionError(f"{self.name} does not stop: {self.output()[-8000:]}") from None
        self.ended()

    def is_frozen(self) -> bool:
        """Whether it was stopped by SIGSTOP, by whomever."""
        if self.ended():
            return False
        assert self.process is not None
        try:
            return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        except OSError:
            return False
