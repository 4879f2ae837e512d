"""What the active node does, apart from serving: workers, one a lane, and periodic duties.

A duty is a function of the term that does a bounded piece of work and returns; it writes through
``journal.transaction(term)``, so that one of a deposed node writes nothing. A duty that fails is logged and tried
again at its next turn. To add one: a line in ``PERIODIC``.
"""

import logging
import threading
from collections.abc import Callable
from datetime import date

from django.db import DatabaseError, connection

from kanmon import audit
from kanmon.action import retention as action_retention
from kanmon.action.acting import Ask
from kanmon.action.command.places import tidy_commands
from kanmon.backup import schedule
from kanmon.cluster import report_mail
from kanmon.common import clock, config, zone
from kanmon.flow import KINDS, Within, begin_acting, begin_judgment
from kanmon.intake.commit import drop_old_receipts
from kanmon.inventory import model_pc
from kanmon.journal.takeover import Leadership
from kanmon.journal.window import OPEN, Window
from kanmon.journal.worker import Worker
from kanmon.journal.writing import TermLost, call_session, transaction
from kanmon.judgment import days, retention
from kanmon.message import retention as message_retention
from kanmon.network import retention as network_retention
from kanmon.network import seen
from kanmon.policy.waivers import Place
from kanmon.schedule import ticking
from kanmon.schedule.models import Schedule
from kanmon.setup import kept
from kanmon.statistics import daily

log = logging.getLogger("kanmon.duties")
Duty = Callable[[int], None]


def tidy(term: int) -> None:
    """Receipts that were recorded long ago go, a bounded number at a time."""
    drop_old_receipts(float(config.get("inventory.keep_receipts_hours")))


_settled: tuple[int, date] | None = None  # term and day on which nothing more is to be begun


def new_day(term: int) -> None:
    """At the first moment of a day: judge whom it concerns (see ``judgment.days``), then decide on what has come due by
    time alone. A missed day is made up once.
    """
    global _settled
    today = zone.today()
    if _settled == (term, today):
        return
    if days.next_step(today) is None:
        if days.is_settled(today):
            with transaction(term):
                begin_acting(Ask(whole=True), "day", "kanmon", key=f"act-day:{today.isoformat()}")
            _settled = term, today
        return
    with transaction(term):
        step = days.next_step(today)
        if step is not None:
            operation = begin_judgment(None, "day", "kanmon", step=step)
            days.begin(step, operation.id)


def tick(term: int) -> None:
    """Begin the judgments that schedules have come due for."""

    def begin(schedule: Schedule, groups: list[int], key: str) -> None:
        within = Within([Place("group", one) for one in groups]) if groups else None
        actor = f"schedule {schedule.name}"
        begin_judgment(None, "schedule", actor, key=key, skip_unchanged=schedule.skip_unchanged, within=within)

    ticking.tick(term, begin)


PERIODIC: tuple[tuple[float, Duty], ...] = (
    (20.0, tidy),
    (1.0, new_day),
    (1.0, tick),
    (3600.0, tidy_commands),
    (3600.0, retention.duty),
    (3600.0, action_retention.duty),
    (1.0, audit.duty),
    (5.0, report_mail.duty),
    (60.0, schedule.duty),
    (60.0, model_pc.duty),
    (5.0, seen.warn),
    (3600.0, network_retention.duty),
    (60.0, message_retention.duty),
    (30.0, daily.duty),
)


class ActiveDuties:
    """Begun when this node becomes active, ended when it is not any more. ``on_death``: a worker ended by itself."""

    def __init__(self, on_death: Callable[[], None]) -> None:
        self.on_death = on_death
        self._stopping = threading.Event()
        self._term, self._window = 0, OPEN
        self._workers: list[Worker] = []
        self._threads: list[threading.Thread] = []

    def begin(self, leadership: Leadership, window: Window) -> None:
        """Start everything; returns at once."""
        self._stopping = threading.Event()
        self._term, self._window = leadership.term, window
        try:
            kept.load()
        except DatabaseError as problem:  # every node reads them again within a second (``membership``)
            log.warning("settings: %s", problem)
            connection.close()
        lanes = sorted({kind.lane for kind in KINDS.values()})
        self._workers = [
            Worker(lane, KINDS, leadership.term, self.on_death, window, leadership.effects_from) for lane in lanes
        ]
        self._threads = [
            threading.Thread(
                target=_periodic, args=(seconds, duty, leadership.term, self._stopping),
                name=f"duty-{duty.__module__}", daemon=True,
            )
            for seconds, duty in PERIODIC
        ]  # fmt: skip
        for thread in [*self._workers, *self._threads]:
            thread.start()

    def end(self) -> None:
        """Stop everything; what is being done may end, for ``cluster.drain_seconds`` at most."""
        self._stopping.set()
        until = clock.monotonic() + float(config.get("cluster.drain_seconds"))
        for worker in self._workers:
            worker.stop()
        for thread in [*self._workers, *self._threads]:
            thread.join(max(0.1, until - clock.monotonic()))
            if thread.is_alive():
                log.warning("%s has not ended in time; it can write nothing any more", thread.name)
        if self._threads and self._window.remaining() > 0:  # else deposed, or the database is away
            _seal(self._term)
        self._workers, self._threads = [], []


def _seal(term: int) -> None:
    """The audit's last turn in order: what was done until now is sealed, and the log has the seal."""
    try:
        audit.duty(term, stopping=True)
    except TermLost:
        pass
    except Exception:
        log.exception("the audit could not be sealed; the next start does it")
    finally:
        connection.close()


def _periodic(seconds: float, duty: Duty, term: int, stopping: threading.Event) -> None:
    call_session(f"kanmon-worker:{term}:duty")
    while True:
        try:
            duty(term)
        except TermLost:
            break
        except Exception:
            log.exception("%s failed; it is tried again", duty.__name__)
            connection.close()
        if stopping.wait(seconds):
            break
    connection.close()
