"""This Manager as a node of the cluster: it says that it lives, follows the changes, and leads when it is its turn.

SQLite: the file lock is the lease, so to join is to lead. PostgreSQL: to join is to take part in the election; a
standby keeps its index warm by following, so that a take-over has nothing to load.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from kanmon import __version__
from kanmon.audit import refusals
from kanmon.common import clock, config
from kanmon.duties import ActiveDuties
from kanmon.flow import KINDS
from kanmon.journal import record, term
from kanmon.journal.elect import Duties, Elector
from kanmon.journal.here import HERE
from kanmon.journal.models import Node, Term
from kanmon.journal.takeover import Leadership
from kanmon.journal.window import OPEN
from kanmon.journal.worker import probing
from kanmon.journal.writing import call_session, transaction
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.warm_start import Keeper
from kanmon.search.roster import ROSTER
from kanmon.setup import kept

log = logging.getLogger("kanmon.membership")
SAY_SECONDS = 2.0
KEEP_SECONDS = 10.0
FOLLOW_SECONDS = 1.0
SETTINGS_SECONDS = 1.0


class Membership:
    """``lock``: the file lock of this node's folder; ``stop``: ends the Manager when it can't go on."""

    def __init__(self, lock: int, node_folder: Path, address: str, stop: Callable[[], None]) -> None:
        self.lock, self.address, self.stop = lock, address, stop
        self.trace = node_folder / "run" / "watchdog"
        self.elector: Elector | None = None
        self.leadership: Leadership | None = None
        self._leaving = threading.Event()
        self._threads: list[threading.Thread] = []
        self._duties = ActiveDuties(self._worker_died)
        self._keeper = Keeper(ENGINE)

    @property
    def role(self) -> str:
        """active or standby."""
        if self.elector is not None:
            return self.elector.role
        return "active" if self.leadership is not None else "standby"

    @property
    def draining(self) -> bool:
        """Whether this node shall not lead."""
        return self.elector is not None and self.elector.draining

    def join(self) -> None:
        """Lead (SQLite), or take part in the election (PostgreSQL)."""
        self._say_watchdog()
        if connection.vendor == "postgresql":
            self._say(started=True)
            duties = Duties(self._duties.begin, self._duties.end, probing(KINDS))
            self.elector = Elector(float(config.get("cluster.lease_seconds")), duties, self.trace)
            self.elector.start()
            self._begin("follow", FOLLOW_SECONDS, self._follow)
        else:
            self.leadership = term.take_locked(os.dup(self.lock), probing=probing(KINDS))
            self._duties.begin(self.leadership, OPEN)
            self._say(started=True)
        self._begin("node", SAY_SECONDS if self.elector else 60.0, self._say)
        self._begin("list", FOLLOW_SECONDS, ROSTER.catch_up)
        self._begin("settings", SETTINGS_SECONDS, kept.load)
        self._begin("checkpoint", KEEP_SECONDS, self._keeper.turn)

    def leave(self) -> None:
        """Stop in order: duties end, the lease is released, the node says that it has stopped."""
        self._leaving.set()
        with contextlib.suppress(Exception):
            refusals.flush()
        if self.elector is not None:
            self.elector.stop(float(config.get("cluster.drain_seconds")) + 10)
        elif self.leadership is not None:
            self._duties.end()
            term.release(self.leadership)
            self.leadership = None
        self._keeper.stop()
        for thread in self._threads:
            thread.join(5)
        with contextlib.suppress(Exception), transaction():
            Node.objects.filter(name=HERE.node, pid=os.getpid()).update(state="stopped", ready=False)
        connection.close()

    def _worker_died(self) -> None:
        if self.elector is not None:
            self.elector.worker_died()
        else:
            self.stop()

    def _begin(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        def loop() -> None:
            call_session(f"kanmon-{name}")
            while not self._leaving.wait(seconds):
                try:
                    work()
                except Exception as problem:
                    log.warning("%s: %s", name, problem)
                    connection.close()
            connection.close()

        thread = threading.Thread(target=loop, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _follow(self) -> None:
        """Keep the index warm. The judge of an active node follows by itself, too; both take the engine's lock."""
        ENGINE.catch_up()

    def _say(self, started: bool = False) -> None:
        """The node's row: it lives, and what it is. ``seen_at`` is the database's time, the same for all nodes."""
        with transaction():
            defaults = {
                "version": __version__, "address": self.address, "pid": os.getpid(), "state": self.role,
                "ready": ENGINE.loaded,
            }  # fmt: skip
            if started:
                defaults["started_at"] = clock.now()
            Node.objects.update_or_create(
                name=HERE.node, defaults=defaults, create_defaults=defaults | {"started_at": clock.now()}
            )
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("UPDATE node SET seen_at = clock_timestamp() WHERE name = %s", [HERE.node])
                else:
                    Node.objects.filter(name=HERE.node).update(seen_at=clock.now())
            if started and self.elector is None and connection.vendor == "postgresql":
                active = Term.objects.filter(shard=0).values_list("node", flat=True).first()
                told = {"id": "KNM4100-I", "node": HERE.node, "active": active or "-"}
                record.note(None, "node_joined", told)

    def _say_watchdog(self) -> None:
        """A process of this node that ended itself left a trace of where it stood."""
        with contextlib.suppress(OSError):
            text = self.trace.read_text("utf-8", "replace").strip()
            if text:
                log.error("the watchdog ended the process before:\n%s", text)
                where = next((line.strip() for line in text.splitlines() if "kanmon" in line), "")
                with transaction():
                    record.note(None, "watchdog", {"id": "KNM4104-W", "node": HERE.node, "where": where[:300]})
            self.trace.unlink()
