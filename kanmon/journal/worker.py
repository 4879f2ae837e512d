"""The worker: claims operations that are due and runs the function of their kind.

A worker serves one *lane*. Lane "rows" changes only the database and is quick; the others wait for
others (mail servers), so that a slow mail server never holds up a judgment.

Everything that a function writes goes through ``Work.transaction``, which checks the term. A function ends
its operation in the transaction of its last chunk (``Work.finish``); what follows is begun there too.
"""

import logging
import random
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection

from kanmon.common import clock, fault
from kanmon.journal import due, record, writing
from kanmon.journal.here import HERE
from kanmon.journal.models import Hold, Operation
from kanmon.journal.window import OPEN, Suspended, Window
from kanmon.journal.writing import TermLost, transaction

log = logging.getLogger("kanmon.worker")
IDLE_SECONDS = 1.0
IDLE_SHARED_SECONDS = 0.2  # where other nodes begin operations, of which nobody here is told
SUSPENDED_SECONDS = 0.2
ROWS = "rows"  # the lane that changes only the database
BACKOFF_SECONDS, BACKOFF_MOST_SECONDS = 2.0, 900.0


class Passing(Exception):
    """A failure that may pass: tried again after a while. The text is the sentence.

    ``unknown``: the effect may have happened all the same (the answer was lost, not refused). ``after_seconds``: the
    other side has asked not to be tried again before; heeded up to ``BACKOFF_MOST_SECONDS``.
    """

    def __init__(self, sentence: str, unknown: bool = False, after_seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.unknown, self.after_seconds = unknown, after_seconds


class Permanent(Exception):
    """A failure that stays: the operation has failed. The text is the sentence."""


class InDoubt(Exception):
    """Nobody can tell whether the effect happened, and it must not happen twice: a person has to say.

    The text is the sentence: what was looked at, and where to look.
    """


@dataclass(frozen=True)
class Kind:
    """A kind of operation: its function, its start and end messages, and as what its operations are begun (``repeat``).

    ``follow`` begins what comes next in the transaction that ends it; ``failed`` writes in that of its failure for good
    what keeps others from waiting for it for ever.
    ``probes``: an interrupted attempt of an "ask" kind waits again, because the function first asks what became of
    it (and raises InDoubt when nobody can tell); without it such an attempt is in doubt at once.
    ``fenced`` false: its effect asks nobody who leads (mail, command), so that a new active waits out the old TTL
    before it resumes such work.
    """

    run: Callable[["Work"], None]
    lane: str
    started: str
    ended: str
    repeat: str = "idempotent"
    follow: Callable[["Work", Any], None] | None = None
    failed: Callable[["Work"], None] | None = None
    probes: bool = False
    fenced: bool = True

    def __post_init__(self) -> None:
        if self.repeat == "ask" and self.follow is not None:
            raise ValueError("nothing can follow a kind that may be in doubt: who says that it ran can hand nothing on")


@dataclass
class Work:
    """One claimed operation, in the hands of its function."""

    operation: Operation
    kind: Kind
    term: int
    stopping: threading.Event
    window: Window = OPEN
    ended: bool = field(default=False, init=False)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction under this worker's term. Raises TermLost when it was deposed."""
        with transaction(self.term, self.operation.shard):
            yield

    def save_progress(self, **progress: Any) -> None:
        """Inside a chunk's transaction: how far the work has got."""
        record.save_progress(self.operation, progress)

    def intent(self, **detail: Any) -> None:
        """Commit that an effect is about to be tried: the first of its three steps.

        Raises Suspended when no effect may begin now.
        """
        self.window.require()
        with self.transaction():
            record.note(self.operation, "intent", detail)
        fault.point("after_intent")

    @contextmanager
    def effect(self, cancel: Callable[[], None] = lambda: None) -> Iterator[None]:
        """The second step: do it in here. ``cancel`` makes it end soon (closes its socket); it is called by another
        thread when the lease can't be trusted any more. Raises Suspended when it may not begin.
        """
        with self.window.guard(cancel):
            fault.point("before_effect")
            yield
        fault.point("after_effect")

    @contextmanager
    def unfenced(self) -> Iterator[None]:
        """Inside of ``effect``: the part that can't be taken back. The process ends rather than run it too long."""
        with self.window.unfenced():
            fault.point("in_effect")
            yield

    def finish(self, result: str = "success", handed: Any = None, **outcome: Any) -> None:
        """Inside the last transaction: end the operation and begin what follows, which gets ``handed``."""
        record.finish(self.operation, {"result": result, "sentence": "", **outcome}, {"id": self.kind.ended})
        if self.kind.follow:
            self.kind.follow(self, handed)
        self.ended = True

    def fail(self, sentence: str, unknown: bool = False, **outcome: Any) -> None:
        """Inside a transaction: end the operation as failed. ``unknown``: its effect may have happened all the same."""
        detail = {"id": self.kind.ended, "unknown": unknown}
        record.fail(self.operation, {"result": "failure", "sentence": sentence, **outcome}, detail)
        if self.kind.failed:
            self.kind.failed(self)
        self.ended = True


class Worker(threading.Thread):
    """A thread that works one lane until it is stopped or deposed. It is the only one of its lane.

    ``on_deposed`` is called when the thread ends without having been asked to, whatever the reason: a Manager
    whose worker is gone has to stop, so that another start puts things right.
    """

    def __init__(
        self, lane: str, kinds: Mapping[str, Kind], term: int, on_deposed: Callable[[], None],
        window: Window = OPEN, not_before: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name=f"worker-{lane}", daemon=True)
        self.lane, self.term, self.on_deposed = lane, term, on_deposed
        self.window, self.not_before = window, not_before
        self.kinds = {name: kind for name, kind in kinds.items() if kind.lane == lane}
        self.stopping = threading.Event()
        self._mine: int | None = None  # claimed, or about to be, and not known to be put down again
        self._clock = due.Steps() if lane == ROWS else None

    def stop(self) -> None:
        """Ask the thread to end after its present chunk; join it afterwards."""
        self.stopping.set()
        record._wake()

    def run(self) -> None:
        writing.call_session(f"kanmon-worker:{self.term}:{HERE.node}")
        try:
            while not self.stopping.is_set():
                since = record.seen()
                seconds = self._step()
                if seconds > 0:
                    record.wait(since, seconds)
        except TermLost as lost:
            log.error("deposed: %s", lost)
        except BaseException:
            log.critical("worker %s has died:\n%s", self.lane, traceback.format_exc())
        finally:
            if not self.stopping.is_set():
                self.on_deposed()
            connection.close()

    def _step(self) -> float:
        """Run one operation that is due; returns how many seconds to rest before the next look."""
        try:
            self._put_mine_back()
            self._mind_the_clock()
            early = self._may_not_yet()
            if early > 0:
                return min(early, IDLE_SECONDS)
            id, due_at = record.next_due(self.kinds)
            if id is None or due_at is None:
                return _idle_seconds()
            early = (due_at - clock.now()).total_seconds()
            if early > 0:
                return min(early, IDLE_SECONDS)
            self.run_one(id)
            return 0
        except TermLost:
            raise
        except Exception:
            log.error("the worker could not go on:\n%s", traceback.format_exc())
            close_old_connections()
            return IDLE_SECONDS

    def _mind_the_clock(self) -> None:
        """What waits would wait too long when the clock was set back. One lane looks after it for all."""
        if self._clock is not None and (back := self._clock.set_back()):
            with transaction(self.term):
                due.move_back(back)
            self._clock.accept(back)

    def _may_not_yet(self) -> float:
        """Seconds until this lane may work; 0 when it may now."""
        if not any(kind.fenced for kind in self.kinds.values()) and self.not_before > clock.monotonic():
            return self.not_before - clock.monotonic()
        if self.lane != ROWS:
            if self.window.remaining() <= 0:
                return SUSPENDED_SECONDS
            if Hold.objects.filter(lane=self.lane).exists():
                return IDLE_SECONDS
        return 0.0

    def run_one(self, id: int) -> None:
        """Claim operation ``id`` and run it to its end, or to a retry."""
        self._mine = id
        fault.point("before_claim")
        with transaction(self.term):
            kind_name = Operation.objects.values_list("kind", flat=True).get(id=id)
            kind = self.kinds[kind_name]
            operation = record.claim(id, self.term, {"id": kind.started})
        if operation is not None:
            fault.point("after_claim")
            work = Work(operation, kind, self.term, self.stopping, self.window)
            try:
                kind.run(work)
                if not work.ended:
                    raise RuntimeError(f"the function of {kind_name} returned without ending its operation")
            except TermLost:
                raise
            except Exception as problem:
                if not isinstance(problem, (Passing, Permanent, Stopped, InDoubt, Suspended)):
                    log.error("operation %s (%s) failed:\n%s", id, kind_name, traceback.format_exc())
                self._put_down(work, problem)
        self._mine = None

    def _put_down(self, work: Work, problem: Exception) -> None:
        """Write how an attempt ended whose function raised. What it had begun to write was rolled back, so the
        operation is read again: unless the end was committed after all, it is running.
        """
        sentence = _storable(str(problem) or type(problem).__name__)
        with work.transaction():
            operation = record.still_ours(work.operation)
            if operation is None:
                return
            work.operation = operation
            unknown = not isinstance(problem, Passing) or problem.unknown
            tried = record.failures(operation) + 1
            if isinstance(problem, Stopped):
                record.put_back(operation)
            elif isinstance(problem, Suspended):
                record.suspend(operation)
            elif isinstance(problem, InDoubt):
                record.doubt(operation, sentence)
            elif isinstance(problem, Permanent):
                work.fail(sentence)
            elif unknown and operation.repeat == "ask" and not work.kind.probes:
                record.doubt(operation)
            elif tried >= operation.max_attempts:
                work.fail(sentence, unknown)
            else:
                record.retry(operation, _back_off(tried, problem), sentence, unknown)

    def _put_mine_back(self) -> None:
        """An operation that this thread claimed and lost hold of, because not even its failure could be
        written (database away, disk full), is interrupted, as it would be by a crash.
        """
        if self._mine is None:
            return
        with transaction(self.term):
            operation = Operation.objects.filter(id=self._mine, state="running", node=HERE.node, term=self.term).first()
            if operation is not None and operation.repeat == "ask" and not self.kinds[operation.kind].probes:
                record.doubt(operation)
            elif operation is not None:
                record.put_back(operation)
        self._mine = None


def probing(kinds: Mapping[str, Kind]) -> set[str]:
    """The kinds whose function asks what became of an interrupted attempt."""
    return {name for name, kind in kinds.items() if kind.probes}


def _back_off(tried: int, problem: Exception) -> float:
    """Seconds until the next try, after ``tried`` failures: twice as long each time, with jitter, bounded."""
    seconds = min(BACKOFF_SECONDS * 2 ** min(tried - 1, 20), BACKOFF_MOST_SECONDS)
    asked = problem.after_seconds if isinstance(problem, Passing) else 0.0
    return max(seconds * random.uniform(0.8, 1.2), min(asked, BACKOFF_MOST_SECONDS))  # noqa: S311 (jitter)


def _idle_seconds() -> float:
    return IDLE_SHARED_SECONDS if connection.vendor == "postgresql" else IDLE_SECONDS


def _storable(sentence: str) -> str:
    """A sentence that any database keeps: others' answers may hold NUL or halves of surrogate pairs."""
    return sentence[:2000].encode("utf-8", "replace").decode().replace("\x00", "?")


class Stopped(Exception):
    """The attempt is interrupted and the operation waits again: its function was between two chunks when the worker
    was to stop, or its effect was cut off where nobody can tell whether it happened.
    """
