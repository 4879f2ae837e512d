"""kill -9 of a real Manager while inventory comes in, is judged and mails go out; then it is started again.

Seeded: what is sent and when it is killed follows from the seed. Twenty seeds in ``make test``, a hundred in
``make campaign``.
"""

import contextlib
import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import CAMPAIGN, MailServer, ManagerProcess, pc_json, until
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts

SEEDS = 100 if CAMPAIGN else 20
KILLS = 2
POINTS = (
    "after_claim",
    "record_chunk",
    "judge_chunk",
    "decided",
    "after_intent",
    "after_effect",
    "before_commit",
    "after_commit",
)


class Senders(threading.Thread):
    """Sends reports until it is stopped; remembers what was acknowledged."""

    def __init__(self, manager: ManagerProcess, token: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.manager, self.token, self.random = manager, token, random.Random(seed)
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.stopping = threading.Event()
        self.clock = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            number = self.random.randrange(40)
            bad = self.random.random() < 0.4
            self.clock += 1
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_760_000_000 + self.clock))
            report = pc_json(number, reported_at=at, **({"antivirus": []} if bad else {}))
            report["software"].append({"name": f"tool-{self.random.randrange(30)}", "version": "1"})
            self.send(report)

    def send(self, report: dict[str, Any]) -> None:
        """Until it is acknowledged, as an agent would."""
        while not self.stopping.is_set():
            try:
                status, _, _ = self.manager.post(json.dumps(report).encode(), self.token)
            except OSError:
                time.sleep(0.02)
                continue
            if status == 200:
                self.acknowledged[report["device_id"]] = report
                return
            time.sleep(0.02)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_goes_on_where_it_was(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer, seed: int
) -> None:
    chance = random.Random(seed)
    mail_server.delay_seconds = chance.choice([0.0, 0.05])
    manager = make_manager(mail=mail_server.settings | {"per_hour": 1000}, action={"collect_seconds": 0})
    manager.start()
    senders = Senders(manager, manager.token(), seed)
    senders.start()
    time.sleep(chance.uniform(0.2, 0.8))
    manager.kill()  # at any moment
    for _ in range(KILLS - 1):  # then at a named point, as soon as it is passed the nth time
        manager.start(fault=f"{chance.choice(POINTS)}:{chance.randrange(1, 12)}=kill", wait=False)
        with contextlib.suppress(AssertionError):  # on a busy machine the point may not be passed that often
            until(manager.ended, 30)
        manager.kill()
    manager.start()
    time.sleep(0.2)
    senders.stopping.set()
    senders.join()
    until(manager.idle, 60)
    manager.stop()
    assert senders.acknowledged
    check_records(manager.home, senders.acknowledged)
    check_verdicts(manager.home)
    check_mails(manager.home, mail_server.mails)
    check_log(manager.home)
