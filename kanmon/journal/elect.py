"""Election on PostgreSQL: any number of nodes, one of them leads.

Two functions, no flags: ``_follow`` watches until this node has become the leader, ``_lead`` renews until it is not
the leader any more. Each returns a sentence-like reason, which goes to the log as it is.

A follower takes over when

* there is no lease yet, or it was released (hand-over, stop in order),
* the holder is this very node, and its process is gone: this process has the node's file lock,
* the holder's database session is gone twice in a row, after it was seen on this connection (0.2 s after a kill -9),
* the lease has not been renewed for one TTL of this node's own monotonic clock (frozen or cut off host).

No wall clocks are compared. All four are only reasons to *try*: ``take_over`` looks again under the lock.

A leader that can't reach the database goes on with the same term when it is back, if holder, term, system identifier
and timeline are what they were; meanwhile its trust window closes, and no effect begins. On another timeline the
newest rows may be missing: it steps down and takes over from itself, in a new era.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.db import connection

from kanmon.common import clock, fault
from kanmon.journal import lease, record, term
from kanmon.journal.here import HERE
from kanmon.journal.lease import LeaseSession, NotWritable, Seen
from kanmon.journal.takeover import Cause, Leadership, take_over
from kanmon.journal.window import Window
from kanmon.journal.writing import TermLost, call_session, forget_dead_connections, transaction

log = logging.getLogger("kanmon.elect")
POLL_SECONDS = 0.1
RETRY_SECONDS = 0.2
RENEW_SHARE = 0.2


class Lost(StrEnum):
    """Why a leadership ended."""

    STOPPED = "stopped"
    HANDED_OVER = "handed_over"
    DEPOSED = "deposed"
    DATABASE_CHANGED = "database_changed"
    WORKER_DIED = "worker_died"


@dataclass(frozen=True)
class Duties:
    """What is done under the lease. ``begin`` starts it and returns at once; ``end`` returns when it has stopped."""

    begin: Callable[[Leadership, Window], None]
    end: Callable[[], None]
    probing: Collection[str] = ()


class Elector(threading.Thread):
    """Takes part in the election until it is stopped."""

    def __init__(self, ttl_seconds: float, duties: Duties, trace: Path | None = None, shard: int = 0) -> None:
        super().__init__(name="elector", daemon=True)
        self.ttl_seconds, self.duties, self.shard, self.trace = ttl_seconds, duties, shard, trace
        self.session = LeaseSession(lease.session_name(HERE.node), ttl_seconds, shard)
        self.stopping = threading.Event()
        self.leadership: Leadership | None = None
        self.seen: Seen | None = None
        self.draining = False
        self._step_aside = threading.Event()
        self._aside: tuple[int, float] = (0, 0.0)  # a term given back, and until when others go first
        self._died = threading.Event()

    @property
    def role(self) -> str:
        """active or standby."""
        return "active" if self.leadership is not None else "standby"

    def worker_died(self) -> None:
        """A worker has ended without being asked to: begin anew, under a new term."""
        self._died.set()

    def stop(self, seconds: float = 30.0) -> None:
        """Stop in order: duties end, the lease is released."""
        self.stopping.set()
        self._step_aside.set()
        self.join(seconds)

    def run(self) -> None:
        call_session(f"kanmon-elect:{HERE.node}")
        while not self.stopping.is_set():
            try:
                won = self._follow()
                if won is not None:
                    why = self._lead(won)
                    log.warning("leadership %s ended: %s", won.term, why)
            except Exception:
                log.exception("the election could not go on")
                self._forget_connections()
                self.stopping.wait(RETRY_SECONDS)
        self._forget_connections()

    def _forget_connections(self) -> None:
        self.session.close()
        connection.close()

    def _follow(self) -> Leadership | None:
        """Watch the lease until it is ours. None when this node is to stop."""
        self._step_aside.clear()
        watch = Watch(self.session.name, self.ttl_seconds)
        while not self.stopping.is_set():
            try:
                if self.session.open():
                    watch.reconnected()
                    forget_dead_connections()
                self.seen = self.session.observe()
                if self.seen is not None:
                    self.draining, HERE.term = self.seen.draining, self.seen.term
                cause = watch.look(self.seen, clock.monotonic())
                if cause is None or self.draining or self._others_first():
                    self.stopping.wait(POLL_SECONDS)
                    continue
                effects_from = watch.effects_from(cause)
                won = take_over(
                    self.shard, probing=self.duties.probing, seen=self.seen, cause=cause,
                    session=self.session.name, ttl_seconds=self.ttl_seconds,
                )  # fmt: skip
                if won is not None:
                    won.effects_from = effects_from
                    return won
                self.stopping.wait(POLL_SECONDS)
            except NotWritable:
                self.session.close()
                self.stopping.wait(RETRY_SECONDS)
            except Exception as problem:  # database away, lock not had in time, the old term's node came back
                log.warning("the lease could not be looked at: %s", problem)
                self._forget_connections()
                self.stopping.wait(RETRY_SECONDS)
        return None

    def _others_first(self) -> bool:
        """After a hand-over, until another node has taken the lease, or none did for a while."""
        term, until = self._aside
        return self.seen is not None and self.seen.term == term and clock.monotonic() < until

    def _lead(self, leadership: Leadership) -> Lost:
        """Renew until the leadership ends; then stop everything that was begun under it."""
        window = Window(self.ttl_seconds, self.trace)
        self._died.clear()
        self.leadership = leadership
        try:
            first = clock.monotonic()
            why = self._renew(leadership, window, first)
            if why is None:
                self.duties.begin(leadership, window)
                fault.point("leading")
                why = self._keep(leadership, window)
            return why
        finally:
            in_order = self._step_aside.is_set()
            if in_order:
                self._end_while_renewing(leadership, window)
            window.close()
            self.leadership = None
            self.duties.end()
            if in_order:
                self._release(leadership)

    def _end_while_renewing(self, leadership: Leadership, window: Window) -> None:
        """What is being done may end in peace: the lease is kept until then."""
        ending = threading.Thread(target=self.duties.end, name="ending", daemon=True)
        ending.start()
        while ending.is_alive():
            ending.join(self.ttl_seconds * RENEW_SHARE)
            try:
                if self._renew(leadership, window, clock.monotonic()) is not None:
                    window.close()
            except Exception as problem:
                log.warning("the lease could not be renewed: %s", problem)
                self.session.close()

    def _keep(self, leadership: Leadership, window: Window) -> Lost:
        suspended_at: float | None = None
        while True:
            if self._step_aside.wait(self.ttl_seconds * RENEW_SHARE):
                return Lost.STOPPED if self.stopping.is_set() else Lost.HANDED_OVER
            if self._died.is_set():
                return Lost.WORKER_DIED
            try:
                why = self._renew(leadership, window, clock.monotonic())
            except Exception as problem:
                log.warning("the lease could not be renewed: %s", problem)
                self.session.close()
                suspended_at = suspended_at or clock.monotonic()
                time.sleep(RETRY_SECONDS)
                continue
            if why is not None:
                return why
            if suspended_at is not None:
                seconds = round(clock.monotonic() - suspended_at, 1)
                self._say(leadership, "was_suspended", {"id": "KNM4102-W", "seconds": seconds})
                suspended_at = None

    def _renew(self, leadership: Leadership, window: Window, started_at: float) -> Lost | None:
        """One renewal. None when it succeeded."""
        fault.point("renew")
        if self.session.open():
            forget_dead_connections()
        found = self.session.renew(leadership.term)
        if found is None:
            return Lost.DEPOSED
        if found.identity != leadership.identity:
            return Lost.DATABASE_CHANGED
        window.renewed(started_at)
        self.draining = found.draining
        if (found.asked_by or found.draining) and not self._step_aside.is_set():
            self._aside = leadership.term, clock.monotonic() + 2 * self.ttl_seconds
            self._step_aside.set()
            self._say(leadership, "hand_over", {"id": "KNM4103-I", "actor": found.asked_by or "drain"})
        return None

    def _say(self, leadership: Leadership, event: str, told: dict[str, object]) -> None:
        """An entry of this leadership; a database that is away again gets none."""
        try:
            with transaction(leadership.term, self.shard):
                record.note(None, event, {**told, "node": HERE.node})
        except Exception as problem:
            log.warning("%s %s: %s", event, told, problem)
            connection.close()

    def _release(self, leadership: Leadership) -> None:
        try:
            term.release(leadership, self.shard)
        except TermLost:
            pass
        except Exception as problem:
            log.warning("the lease could not be given back, it will end by itself: %s", problem)
            connection.close()


class Watch:
    """Whether what was seen of the lease is a reason to take over. Pure but for the clock that it is given.

    ``name``: of our own lease session; ``own_ttl_seconds``: for a holder that does not say its own.
    """

    def __init__(self, name: str, own_ttl_seconds: float) -> None:
        self.own_ttl_seconds = own_ttl_seconds
        self._host = name.rpartition(":")[0]
        self._last: Seen | None = None
        self._changed_at: float | None = None
        self._alive_seen = False
        self._gone = 0

    def reconnected(self) -> None:
        """The connection is new: after a restart of the database all sessions are gone, which says nothing."""
        self._alive_seen, self._gone = False, 0

    def look(self, seen: Seen | None, now: float) -> Cause | None:
        """The reason to take over, if what was ``seen`` at ``now`` (monotonic seconds) is one."""
        if seen is None:
            return Cause.FIRST
        last = self._last
        if last is None or (seen.term, seen.beat, seen.session) != (last.term, last.beat, last.session):
            self._changed_at = now
            if last is None or seen.session != last.session:
                self._alive_seen, self._gone = False, 0
        self._last = seen
        if seen.released:
            return Cause.CLEAN if seen.node == HERE.node else Cause.HANDED_OVER
        if not seen.session_alive and (not seen.session or seen.session.rpartition(":")[0] == self._host):
            return Cause.CRASH  # our own node before this process, whose file lock we have now
        if seen.session_alive:
            self._alive_seen, self._gone = True, 0
        elif self._alive_seen:
            self._gone += 1
            if self._gone >= 2:
                return Cause.SESSION_GONE
        if self._changed_at is not None and now - self._changed_at >= (seen.ttl_seconds or self.own_ttl_seconds):
            return Cause.NOT_RENEWED
        return None

    def effects_from(self, cause: Cause) -> float:
        """When (monotonic) nothing can be left of the old holder's effects that no database fences."""
        if cause not in (Cause.SESSION_GONE, Cause.NOT_RENEWED) or self._last is None or self._changed_at is None:
            return 0.0
        return self._changed_at + (self._last.ttl_seconds or self.own_ttl_seconds)
