"""Who is in the network beside the machines: PCs that report to the logical address, and a mail server."""

import asyncio
import itertools
import json
import random
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import MailServer, pc_json
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts
from tests.place.machines import ADDRESS, CLIENT, Lan, Machine, kanmon

PORT = 8080
MAIL_PORT = 2525


@contextmanager
def mail_server(lan: Lan) -> Iterator[MailServer]:
    """A real SMTP server in the network, at the client's address."""
    from aiosmtpd.smtp import SMTP

    keeper, loop, ready = MailServer(MAIL_PORT), asyncio.new_event_loop(), threading.Event()

    def serve() -> None:
        lan.enter()
        loop.run_until_complete(loop.create_server(lambda: SMTP(keeper), CLIENT, MAIL_PORT))
        loop.call_soon(ready.set)
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(30)
    yield keeper
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)


class Reporting(threading.Thread):
    """Sends reports of ``pcs`` PCs; remembers the newest acknowledged one of each."""

    def __init__(self, lan: Lan, token: str, seed: int, pcs: int = 30) -> None:
        super().__init__(daemon=True)
        self.lan, self.token, self.random, self.pcs = lan, token, random.Random(seed), pcs
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.wrong: list[str] = []
        self.count = 0
        self.times: list[float] = []  # monotonic, of each acknowledgment
        self.stopping = threading.Event()

    def run(self) -> None:
        self.lan.enter()
        moment = 0
        while not self.stopping.wait(0.02):
            moment += 1
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_760_000_000 + moment))
            bad = self.random.random() < 0.4
            report = pc_json(self.random.randrange(self.pcs), reported_at=at, **({"antivirus": []} if bad else {}))
            self._send(report)

    def _send(self, report: dict[str, Any]) -> None:
        body = json.dumps(report).encode()
        while True:
            request = urllib.request.Request(f"http://{ADDRESS}:{PORT}/intake/{self.token}", data=body, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=3) as answer:
                    if answer.status == 200:
                        self.acknowledged[report["device_id"]] = report
                        self.times.append(time.monotonic())
                        self.count += 1
                        return
            except urllib.error.HTTPError as problem:
                if problem.code != 503:
                    self.wrong.append(f"{problem.code} {problem.read()!r}")
            except OSError:  # nobody is there, or not yet
                pass
            if self.stopping.wait(0.05):
                return

    def longest_silence(self, since: float) -> float:
        """The longest time between two acknowledgments after ``since`` (monotonic), in seconds."""
        times = [since, *(one for one in self.times if one > since)]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def stop(self) -> None:
        """End, and wait for it."""
        self.stopping.set()
        self.join(60)
        assert not self.is_alive()


def copied(machine: Machine, home: Path, to: Path) -> Path:
    """The home as it is on the machine's disk; its Manager has stopped."""
    shutil.copytree(machine.path(home), to, ignore=shutil.ignore_patterns("run"))
    return to


def check_everything(home: Path, sender: Reporting, mails: MailServer) -> None:
    """Nothing that was acknowledged is lost, and nothing has been done twice without saying so."""
    assert not sender.wrong
    assert not list(home.glob("kanmon.sqlite3-*")), "the database is in more than one file"
    check_records(home, sender.acknowledged)
    check_verdicts(home)
    check_mails(home, mails.mails)
    check_log(home)


def idle(machine: Machine, home: Path) -> bool:
    said = json.loads(kanmon(machine, home, "status", "--json").stdout)
    return bool(said["operations_open"] == 0 and said["reports_queued"] == 0)
