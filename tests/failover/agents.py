"""Agents that send reports to one of several Managers, and to another when that does not answer."""

import http.client
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.conftest import ManagerProcess, pc_json


class Agents(threading.Thread):
    """Sends reports of ``pcs`` PCs until it is stopped; remembers what was acknowledged, and what each node said."""

    def __init__(
        self, managers: Sequence[ManagerProcess], token: str, seed: int, first: int = 0, pcs: int = 40
    ) -> None:
        super().__init__(daemon=True)
        self.managers, self.token, self.random = managers, token, random.Random(seed)
        self.first, self.pcs = first, pcs
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, list[tuple[float, int]]] = defaultdict(list)  # URL -> when (monotonic), status
        self.stopping = threading.Event()
        self.clock = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            number = self.first + self.random.randrange(self.pcs)
            bad = self.random.random() < 0.4
            self.clock += 1
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_760_000_000 + self.clock))
            report = pc_json(number, reported_at=at, **({"antivirus": []} if bad else {}))
            report["software"].append({"name": f"tool-{self.random.randrange(30)}", "version": "1"})
            self.send(report)

    def send(self, report: dict[str, Any]) -> None:
        """Until it is acknowledged, as an agent would. Also when it is to end, for a minute at most: what was sent and
        has got no answer may have been taken, and then nobody here would know that it is the newest.
        """
        until = float("inf")
        while time.monotonic() < until:
            if self.stopping.is_set():
                until = min(until, time.monotonic() + 60)
            manager = self.random.choice(self.managers)
            began = time.monotonic()
            try:
                status, _, _ = manager.post(json.dumps(report).encode(), self.token)
            except (OSError, http.client.HTTPException):  # it died in the middle of its answer
                time.sleep(0.02)
                continue
            self.answers[manager.url].append((began, status))
            if status == 200:
                self.acknowledged[report["device_id"]] = report
                return
            time.sleep(0.02)

    def stop(self) -> None:
        """End, and wait for it."""
        self.stopping.set()
        self.join()
