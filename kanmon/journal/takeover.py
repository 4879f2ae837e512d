"""Take-over: a new term, and everything that ran under an older one is put back. One transaction.

On PostgreSQL it takes the advisory lock exclusively that every worker's transaction takes shared. The lock queues
fairly, so a take-over waits only for transactions that are open; and because even those may hang (a holder that was
cut off in the middle of one), the sessions of the old workers are ended meanwhile. Only then is the lease read
again: who has renewed it in the meantime keeps it.

An interrupted take-over leaves nothing: the next one begins again, under the next term.
"""

import contextlib
import math
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from kanmon.common import clock, fault
from kanmon.journal import due, eras, lease, record, rescue
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Lease, Node, Takeover, Term
from kanmon.journal.writing import transaction

EVICT_SECONDS = 0.1
LAST_ENTRIES = 200  # that are looked through for the last of a term; those of other nodes stand between
LOCK_SECONDS = 20


class Cause(StrEnum):
    """Why a node became active."""

    FIRST = "first"  # nobody was before
    CLEAN = "clean"  # this node again, after a stop in order
    CRASH = "crash"  # this node again, and it had not stopped in order
    HANDED_OVER = "handed_over"  # another node gave the lease back
    SESSION_GONE = "session_gone"  # another node's session ended: its process died, or was cut off
    NOT_RENEWED = "not_renewed"  # another node did not renew in time: frozen, or cut off
    DATABASE = "database_failed_over"  # the same node, but the database is another one, or on another timeline
    RESTORED = "restored"  # the database came out of a backup

    @property
    def is_failover(self) -> bool:
        """Whether somebody should be told."""
        return self not in (Cause.FIRST, Cause.CLEAN, Cause.HANDED_OVER)


@dataclass
class Leadership:
    """A leadership that has begun. ``effects_from``: when (``clock.monotonic``) unfenced effects may be resumed."""

    term: int
    cause: Cause
    interrupted: int
    in_doubt: int
    lock: int | None = None  # file descriptor, on SQLite
    effects_from: float = -math.inf
    identity: lease.Identity = lease.NO_IDENTITY


def take_over(
    shard: int = 0,
    *,
    probing: Collection[str] = (),
    seen: lease.Seen | None = None,
    cause: Cause | None = None,
    session: str = "",
    ttl_seconds: float = 0.0,
) -> Leadership | None:
    """Begin a new term. None when the lease is not as it was ``seen``: somebody else has it. Looked at only for an election (``session``).

    ``cause`` None: told from the rows. ``session`` and ``ttl_seconds`` go into the lease, for those who watch it.
    """
    before_here = HERE.term
    try:
        with _evicting(seen), transaction():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [shard])
            before = Term.objects.filter(shard=shard).first()
            held = Lease.objects.filter(shard=shard).first()
            if session and not _as_seen(held, seen):
                return None
            here = lease.identity()
            why = cause or _cause(before, held)
            if before is not None and before.system_identifier and here != _identity(before):
                why = Cause.DATABASE
            leadership = _begin(shard, probing, before, why, here, session, ttl_seconds)
            fault.point("takeover_before_commit")
    except BaseException:
        HERE.term = before_here
        raise
    fault.point("takeover_committed")
    return leadership


def _begin(
    shard: int, probing: Collection[str], before: Term | None, cause: Cause, here: lease.Identity,
    session: str, ttl_seconds: float,
) -> Leadership:  # fmt: skip
    now = _now()
    old = before.term if before else 0
    node = before.node if before else ""
    newest = Entry.objects.filter(node=node).order_by("-seq").values_list("at", flat=True).first()
    last_seen_at, by = _last_seen(shard, old, node)
    begins_era = cause in (Cause.DATABASE, Cause.RESTORED)
    term = eras.new_era(old, now.timestamp()) if begins_era else eras.following(old)
    Term.objects.update_or_create(
        shard=shard,
        defaults={
            "term": term, "node": HERE.node, "system_identifier": here.system_identifier, "timeline": here.timeline,
        },
    )  # fmt: skip
    Lease.objects.update_or_create(
        shard=shard,
        defaults={
            "term": term, "node": HERE.node, "beat": 0, "released": False, "session": session,
            "ttl_seconds": ttl_seconds, "asked_by": "",
            "renewed_at": now if connection.vendor == "postgresql" else None,
        },
    )  # fmt: skip
    HERE.term = term
    record.note(None, "service_started", {"id": "KNM0001-I", "node": HERE.node, "term": eras.said(term)})
    if cause.is_failover:
        told = {"id": "KNM4010-W", "term": eras.said(term), "from": node, "cause": str(cause)}
        record.note(None, "failover_started", told)
    due.begins_in_the_past(newest, shard)
    fault.point("takeover_before_put_back")
    counts = rescue.put_back(term, shard, probing)
    Takeover.objects.create(
        term=term, shard=shard, from_node=node, from_term=before.term if before else None, to_node=HERE.node,
        cause=cause, last_seen_at=last_seen_at, at=now, ready_at=max(now, _now()), counts={**counts, "clock": by},
    )  # fmt: skip
    if cause.is_failover:
        record.note(None, "failover_ended", {"id": "KNM4011-I", "term": eras.said(term), **counts})
    return Leadership(term, cause, counts["interrupted"], counts["in_doubt"], identity=here)


def _cause(before: Term | None, held: Lease | None) -> Cause:
    if before is None:
        return Cause.FIRST
    released = held is None or held.released
    if released and before.node == HERE.node:
        return Cause.CLEAN
    return Cause.HANDED_OVER if released else Cause.CRASH


def _identity(term: Term) -> lease.Identity:
    return lease.Identity(term.system_identifier, term.timeline)


def _as_seen(held: Lease | None, seen: lease.Seen | None) -> bool:
    if held is None or seen is None:
        return held is None and seen is None
    return (held.term, held.beat, held.session) == (seen.term, seen.beat, seen.session)


def _now() -> datetime:
    """The database's clock where nodes share one, so that times of two nodes compare; else this host's."""
    if connection.vendor != "postgresql":
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def _last_seen(shard: int, term: int, node: str) -> tuple[datetime | None, str]:
    """When the holder of ``term`` was last known to work, and by whose clock: "database" or "node".

    Its last renewal; without one (SQLite), what it wrote last, or said last of itself.
    """
    renewed_at = Lease.objects.filter(shard=shard).values_list("renewed_at", flat=True).first()
    if renewed_at is not None:
        return renewed_at, "database"
    told = Entry.objects.order_by("-seq").values_list("term", "at")[:LAST_ENTRIES]
    seen = [at for written, at in told if written == term][:1]
    said = Node.objects.filter(name=node).values_list("seen_at", flat=True).first()
    return max([*seen, *([said] if said else [])], default=None), "node"


@contextlib.contextmanager
def _evicting(seen: lease.Seen | None) -> Iterator[None]:
    """While the take-over waits for the lock, sessions of the old holder's workers are ended."""
    if connection.vendor != "postgresql" or seen is None:
        yield
        return
    done = threading.Event()

    def evict() -> None:
        with contextlib.suppress(Exception):
            other = lease.connect("kanmon-evict", LOCK_SECONDS)
            with contextlib.closing(other):
                while True:
                    lease.evict(seen.term, other)
                    if done.wait(EVICT_SECONDS):
                        return

    thread = threading.Thread(target=evict, name="evict", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(1)
