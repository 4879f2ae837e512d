"""Which stories the campaign tells: short in ``make test``, long in ``make campaign``; and who tells them.

Stories are told side by side by a few slots, each with databases of its own; all are queued when the first is asked
for, so that a test waits only for its own.
"""

import os
import queue
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.conftest import CAMPAIGN
from tests.failover.power_story import tell_power_cuts
from tests.failover.slot import Slot
from tests.failover.story import ANYWHERE, ROUNDS, TAKEOVER, Told, tell

SIDE_BY_SIDE = 4
SHORT: dict[tuple[str, str], int] = {  # (database, fault) -> stories
    ("sqlite", "kill"): 3,
    ("sqlite", "kill_at"): 5,
    ("sqlite", "kill_at:takeover"): 1,
    ("sqlite", "kill_at:log"): 1,
    ("sqlite", "kill_at:audit"): 1,
    ("sqlite", "error_at"): 2,
    ("sqlite", "freeze"): 1,
    ("sqlite", "jump"): 1,
    ("sqlite", "fail_fsync"): 2,
    ("sqlite", "fill_disk"): 1,
    ("sqlite", "power"): 2,
    ("sqlite", "power_shared"): 2,
    ("postgresql", "kill"): 2,
    ("postgresql", "kill_at"): 5,
    ("postgresql", "kill_at:takeover"): 1,
    ("postgresql", "error_at"): 1,
    ("postgresql", "2:jump"): 1,
    ("postgresql", "fill_disk"): 1,
    ("postgresql", "kill_database"): 1,
    ("postgresql", "2:kill_database"): 1,
    ("postgresql", "2:restart_database"): 1,
    ("postgresql", "2:end_connections"): 1,
    ("postgresql", "kill_active"): 2,
    ("postgresql", "freeze_active"): 1,
    ("postgresql", "freeze_at"): 2,
    ("postgresql", "freeze_at:intake_written"): 1,
    ("postgresql", "cut_active"): 1,
    ("postgresql", "stall_lease"): 1,
    ("postgresql", "hand_over"): 1,
    ("postgresql", "stop_and_start"): 1,
    ("postgresql", "kill_all"): 1,
}
LONG_TIMES = 4
ONLY_ROOT = {"fill_disk": "mounts a small disk", "cut_active": "makes network namespaces"}
LEFT_OUT = {} if os.geteuid() == 0 else {which: ONLY_ROOT[which[1]] for which in SHORT if which[1] in ONLY_ROOT}
PLAN = {which: count * (LONG_TIMES if CAMPAIGN else 1) for which, count in SHORT.items() if which not in LEFT_OUT}
FAULTS_LEAST = 1000 if CAMPAIGN else 280
POINTS = {*ANYWHERE, *TAKEOVER, "before_log", "after_log", "audit_rows_written", "audit_seal_written"}


class Tellers:
    """A few slots, and a queue of stories."""

    def __init__(self, folder: Path) -> None:
        self._slots: queue.SimpleQueue[Slot] = queue.SimpleQueue()
        self._all = [Slot(folder / f"slot{number}") for number in range(SIDE_BY_SIDE)]
        for slot in self._all:
            self._slots.put(slot)
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE)

    def tell(self, seed: int, database: str, fault: str, defect: str = "", rounds: int = ROUNDS) -> Future[Told]:
        """A story, told as soon as there is a slot."""

        def told() -> Told:
            slot = self._slots.get()
            try:
                if fault.startswith("power"):
                    return tell_power_cuts(slot, seed, fault == "power_shared", defect=defect)
                return tell(slot, seed, database, fault, rounds, defect)
            finally:
                self._slots.put(slot)

        return self._pool.submit(told)

    def close(self) -> None:
        """Wait for those who tell, and end their servers."""
        self._pool.shutdown(cancel_futures=True)
        for slot in self._all:
            slot.close()


class Campaign:
    """All stories of ``PLAN``."""

    def __init__(self, tellers: Tellers) -> None:
        self._tellers = tellers
        self._told = {
            (database, fault, seed): tellers.tell(seed, database, fault)
            for (database, fault), count in PLAN.items()
            for seed in range(count)
        }

    def stories(self, database: str, fault: str) -> list[Told]:
        """Those of one kind, when they have been told."""
        return [self._told[database, fault, seed].result() for seed in range(PLAN[database, fault])]

    def all(self) -> list[Told]:
        """Every story."""
        return [told.result() for told in self._told.values()]

    def more(self, database: str, fault: str, seed: int) -> Told:
        """One that was not planned."""
        self._told[database, fault, seed] = self._tellers.tell(seed, database, fault)
        return self._told[database, fault, seed].result()
