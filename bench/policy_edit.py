"""A policy edit that changes every PC, while agents go on reporting: python -m bench.policy_edit [PCS].

A real Manager on a filled database. Default is imported with one program more that every PC has; how long until the
verdict rows of all are written, and how long agents wait for their answers meanwhile and before.
"""

import importlib.resources
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import agents
from bench.homes import Running, own_home, serving
from bench.report import Report, percentile, scaled
from kanmon.cli.client import Client
from kanmon.cli.stream import Stream, Told

QUIET_SECONDS, PER_SECOND, BODIES = 10.0, 40, 2_000
MOST_SECONDS = 1800.0
EXTRA = """
    - name: Maker 0 Program 0
      level: danger
"""


class Agents(threading.Thread):
    """``PER_SECOND`` reports a second over eight connections until ``stopped``; when each was answered, and its wait."""

    def __init__(self, running: Running) -> None:
        super().__init__(daemon=True)
        self.running, self.stopped = running, threading.Event()
        self.waits: list[tuple[float, float]] = []
        self.refused = 0

    def run(self) -> None:
        """Send."""
        Stream(Client(self.running.url, self.running.token), connections=8).send(self._bodies(), self._seen)

    def _bodies(self) -> Iterator[bytes]:
        made, began = [agents.kanmon(BODIES, round_) for round_ in range(2)], time.monotonic()
        for number in range(10**9):
            if self.stopped.is_set():
                return
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            yield made[number // BODIES % 2][number % BODIES]

    def _seen(self, told: Told) -> None:
        self.waits.append((time.monotonic(), told.seconds))
        self.refused += told.result == "refused"

    def between(self, begin: float, end: float) -> list[float]:
        """Waits of what was answered in this time."""
        return [wait for at, wait in self.waits if begin <= at <= end]


def main(count: int) -> None:
    """Run and report."""
    report = Report(f"policy_edit_{count}")
    with own_home() as home:
        from django.db import connection

        from bench import fleet_store

        fleet_store.fill(count)
        connection.close()
        with serving(home) as running:
            first = judged()
            if first["outcome"]["judged"] != count:
                raise RuntimeError(f"judged: {first}")
            sender = Agents(running)
            sender.start()
            time.sleep(2 * QUIET_SECONDS)
            before = sender.between(time.monotonic() - QUIET_SECONDS, time.monotonic())
            last = newest(home)
            began = time.monotonic()
            edit(home)
            begun = judged()  # what the edit has begun by itself is done before it, or is this
            while written(home, last) < count:
                if time.monotonic() > began + MOST_SECONDS:
                    raise RuntimeError(f"{written(home, last):,} verdicts are written: {begun}")
                time.sleep(0.2)
            ended = time.monotonic()
            sender.stopped.set()
            sender.join(60)
            during = sender.between(began, ended)
            note = f"{written(home, last):,} verdicts, {count / (ended - began):,.0f} PCs/s"
            report.add(f"policy edit until all {count:,} verdicts are written", ended - began, "s", note, 60)
            for what, waits in (("before", before), ("meanwhile", during)):
                note = f"{len(waits):,} reports, p50 {percentile(waits, 50) * 1000:,.0f} ms, longest {max(waits) * 1000:,.0f} ms"
                report.add(f"wait of an agent {what}, p99", percentile(waits, 99) * 1000, "ms", note)
            report.add("reports refused", sender.refused, "reports")
            report.add("Manager's memory, most", running.peak_mib(), "MiB")
    report.end()


def edit(home: Path) -> None:
    """Default with one more prohibited program."""
    text = (importlib.resources.files("kanmon.policy") / "builtin" / "default.yaml").read_text("utf-8")
    head, word, tail = text.partition("  programs:\n")
    if not word:
        raise RuntimeError("Default has no prohibited programs")
    file = home / "edited.yaml"
    file.write_text(head + word + EXTRA.lstrip("\n") + tail, "utf-8")
    kanmon("policy", "import", str(file))


def newest(home: Path) -> int:
    """The number of the newest verdict."""
    with sqlite3.connect(home / "kanmon.sqlite3") as base:
        return int(base.execute("SELECT coalesce(max(id), 0) FROM verdict").fetchone()[0])


def written(home: Path, last: int) -> int:
    """How many verdicts there are since the one of number ``last``."""
    with sqlite3.connect(home / "kanmon.sqlite3") as base:
        return int(base.execute("SELECT count(*) FROM verdict WHERE id > ?", [last]).fetchone()[0])


def judged() -> Any:
    """Judge all; how the operation ended."""
    return json.loads(kanmon("judge", "--all", "--json"))


def kanmon(*words: str) -> str:
    """What a command says on stdout."""
    program = str(Path(sys.executable).with_name("kanmon"))
    return subprocess.run([program, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else scaled(100_000, 1000))
