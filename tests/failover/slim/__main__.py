"""Run a slim Manager until SIGTERM, or make its database (``--make``)."""

import faulthandler
import logging
import os
import signal
import sys
import threading
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.failover.slim.settings"

import django

from kanmon.common import config, fault
from tests.failover.slim import defects, points

AUDIT_SECONDS = 0.2


class Slim:
    """Worker, log and intake, put together as the Manager does it."""

    def __init__(self) -> None:
        from kanmon.journal.tail import Tailer
        from tests.failover.slim.intake import Intake

        self.home = config.home()
        self.stop_asked = threading.Event()
        self.tailer = Tailer(self.home / "log" / "manager.log")
        self.intake = Intake()
        self.workers: list[Any] = []
        self.ending = threading.Event()

    def begin_work(self, leadership: Any, window: Any, on_deposed: Any) -> None:
        """A worker for each lane."""
        from kanmon.journal.worker import Worker
        from tests.failover.slim.kinds import KINDS

        self.workers = [
            Worker(lane, KINDS, leadership.term, on_deposed, window, leadership.effects_from)
            for lane in sorted({kind.lane for kind in KINDS.values()})
        ]
        self.ending = threading.Event()
        self.workers.append(threading.Thread(target=self.audit, args=(leadership.term, self.ending), daemon=True))
        for one in self.workers:
            one.start()

    def audit(self, term: int, ending: threading.Event) -> None:
        """Follow and seal, as the Manager's duty does it."""
        from django.db import connection

        from kanmon import audit
        from kanmon.journal.writing import TermLost, call_session

        call_session(f"kanmon-worker:{term}:duty")
        while not ending.wait(AUDIT_SECONDS):
            try:
                audit.duty(term)
            except TermLost:
                break
            except Exception:
                logging.exception("not sealed")
                connection.close()
        connection.close()

    def end_work(self) -> None:
        """Workers end after their chunk."""
        self.ending.set()
        for one in self.workers:
            if hasattr(one, "stop"):
                one.stop()
        for one in self.workers:
            one.join(20)

    def serve(self) -> None:
        """Answer questions until SIGTERM."""
        from tests.failover.lines import Server

        self.intake.start()
        server = Server(self.home / "run" / "slim.sock", self.intake.answer).start()
        while not self.stop_asked.wait(0.2):  # for ever would not be woken by a signal that another thread got
            pass
        server.shutdown()
        self.intake.stop()

    def alone(self) -> None:
        """On SQLite: the lease is the lock of the home."""
        from kanmon.journal import term
        from kanmon.journal.window import OPEN
        from kanmon.journal.worker import probing
        from tests.failover.slim.kinds import KINDS

        leadership = term.take(self.home, probing=probing(KINDS))
        self.tailer.start()
        self.begin_work(leadership, OPEN, self.stop_asked.set)
        self.serve()
        self.end_work()
        term.release(leadership)
        self.tailer.stop()

    def among_others(self) -> None:
        """On PostgreSQL: the lease is elected."""
        from kanmon.journal import term
        from kanmon.journal.elect import Duties, Elector
        from kanmon.journal.worker import probing
        from kanmon.journal.writing import bound_sessions
        from tests.failover.slim.kinds import KINDS

        lock = term.lock_run(self.home / "run")
        bound_sessions(float(os.environ["SLIM_TTL"]))
        duties = Duties(
            lambda leadership, window: self.begin_work(leadership, window, elector.worker_died),
            self.end_work,
            probing(KINDS),
        )
        elector = Elector(float(os.environ["SLIM_TTL"]), duties, trace=self.home / "log" / "watchdog.txt")
        self.tailer.start()
        elector.start()
        self.serve()
        elector.stop()
        self.tailer.stop()
        os.close(lock)


def main() -> None:
    """See the module."""
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    django.setup()
    if "--make" in sys.argv:
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        return
    fault.point = points.traced(fault.point)
    from django.db import connection

    from kanmon.journal import worker

    worker.BACKOFF_SECONDS, worker.BACKOFF_MOST_SECONDS = 0.1, 1.0
    defects.plant(os.environ.get("SLIM_DEFECT", ""))
    slim = Slim()
    signal.signal(signal.SIGTERM, lambda *_: slim.stop_asked.set())
    if connection.vendor == "sqlite":
        slim.alone()
    else:
        slim.among_others()


main()
