"""Group commit: reports that come in while one commit is written are committed together by the next.

One thread owns the writing side of intake. Whoever received a body gives it an ``Item`` and waits; the
thread takes all that wait, answers "same bytes" from one look-up, writes the others in one transaction, and
only then lets their senders be answered. So an acknowledged report is on the disk, and the price of the
disk is shared.

Unchanged is told in two steps. The same bytes as the device's newest report: nothing was decoded, and only
"last seen" is written, at most once a minute. The same content (``report.content_digest``): a receipt that
carries columns only. An older report than the newest of the same device is not queued at all.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.intake.models import Device, Receipt, Refusal
from kanmon.intake.store import Arrival, store
from kanmon.intake.text import clean
from kanmon.journal.writing import call_session, sql_time, transaction

log = logging.getLogger("kanmon.intake")
GROUP_MOST = 500
SEEN_EVERY = timedelta(minutes=1)
REFUSALS_KEPT = 1000


@dataclass(slots=True)
class Probe:
    """Is this body, by its digest, the newest of a device of this source? ``answer`` gets its format or None."""

    source: int
    raw_digest: bytes
    answer: Callable[[Any], None]


@dataclass(slots=True)
class Refusing:
    """A refused body on its way to the list of refusals."""

    source: int | None
    address: str
    agent: str
    size: int
    problem: Refused
    body: bytes


@dataclass
class Committer:
    """The thread and its queue."""

    most: int
    _queue: deque[Any] = field(default_factory=deque, init=False)
    _wake: threading.Condition = field(default_factory=threading.Condition, init=False)
    _stopping: bool = field(default=False, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin to serve the queue."""
        self._thread = threading.Thread(target=self._serve, name="intake-commit", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread:
            self._thread.join(30)

    def put(self, item: Any) -> None:
        """Queue an item. Raises Refused KNM1103-E (503) when too many wait."""
        with self._wake:
            if len(self._queue) >= self.most or self._stopping:
                raise Refused("KNM1103-E", status=503, count=len(self._queue), seconds=30)
            self._queue.append(item)
            self._wake.notify()

    def _serve(self) -> None:
        call_session("kanmon-intake")
        while True:
            with self._wake:
                while not self._queue and not self._stopping:
                    self._wake.wait()
                if not self._queue:
                    break
                group = [self._queue.popleft() for _ in range(min(len(self._queue), GROUP_MOST))]
            try:
                _write_surely(group)
            except Exception as problem:
                log.exception("a group of reports could not be written")
                close_old_connections()
                for item in group:
                    if hasattr(item, "answer"):
                        item.answer(Refused("KNM1104-E", status=503, problem=str(problem) or type(problem).__name__))
        connection.close()


def _write_surely(group: list[Any]) -> None:
    """Write a group; once more where the database was failed over under our connection.

    If the commit was done and only its answer lost, the same reports are stored twice: recording takes the second
    of two equal reports for what it is, as it does when an agent repeats one.
    """
    try:
        write_group(group)
    except (OperationalError, InterfaceError):
        if connection.vendor == "sqlite":
            raise
        connection.close()
        write_group(group)


def write_group(group: list[Any]) -> None:
    """Answer the probes and commit the arrivals and refusals of one group."""
    probes = [item for item in group if isinstance(item, Probe)]
    if probes:
        _answer_probes(probes)
    arrivals = [item for item in group if isinstance(item, Arrival)]
    refusals = [item for item in group if isinstance(item, Refusing)]
    if not arrivals and not refusals:
        return
    with transaction():
        results = store(arrivals) if arrivals else []
        if refusals:
            _store_refusals(refusals)
    for item, result in zip(arrivals, results, strict=True):
        item.answer(result)


def _answer_probes(probes: list[Probe]) -> None:
    now = clock.now()
    rows = Device.objects.filter(raw_digest__in=[probe.raw_digest for probe in probes]).values_list(
        "raw_digest", "source_id", "id", "seen_at", "pc", "format"
    )
    known = {(bytes(digest), source): (id, seen_at, pc, format) for digest, source, id, seen_at, pc, format in rows}
    found = [known.get((probe.raw_digest, probe.source)) for probe in probes]
    late = {row[0]: row[2] for row in found if row and now - row[1] > SEEN_EVERY}
    if late:
        with transaction(), connection.cursor() as cursor:
            at = sql_time(now)  # in the order in which the recorder takes these rows: PCs, devices, each by number
            cursor.executemany(
                "UPDATE pc SET last_seen_at = %s WHERE id = %s",
                [(at, pc) for pc in sorted({pc for pc in late.values() if pc is not None})],
            )
            cursor.executemany("UPDATE device SET seen_at = %s WHERE id = %s", [(at, id) for id in sorted(late)])
    for probe, row in zip(probes, found, strict=True):
        probe.answer(row[3] if row else None)


def _store_refusals(refusals: list[Refusing]) -> None:
    now = clock.now()
    Refusal.objects.bulk_create(
        Refusal(
            source_id=item.source, received_at=now, address=clean(item.address)[:60], agent=clean(item.agent)[:200],
            size=item.size,
            message_id=item.problem.message_id, params={k: clean(v) for k, v in item.problem.params.items()},
            body=item.body[:65536],
        )
        for item in refusals
    )  # fmt: skip
    newest = Refusal.objects.order_by("-id").values_list("id", flat=True).first() or 0
    Refusal.objects.filter(id__lte=newest - REFUSALS_KEPT).delete()


def drop_old_receipts(keep_hours: float, most: int = 5000) -> int:
    """Delete up to ``most`` receipts that ended more than ``keep_hours`` ago. Suspected ones have not ended."""
    before = clock.now() - timedelta(hours=keep_hours)
    old = list(Receipt.objects.filter(ended_at__lt=before).order_by("ended_at").values_list("id", flat=True)[:most])
    if old:
        with transaction():
            Receipt.objects.filter(id__in=old, ended_at__lt=before).delete()
    return len(old)
