"""Lease and term on one host: who holds the file lock of the home may work, under a term of its own.

With SQLite one host at a time has the disk, so the kernel's file lock is the lease: it ends with the
process, however that dies, and needs no clock. The term row still counts: it fences a thread of an older
leadership in the same process, and tells entries of two leaderships apart.
"""

import fcntl
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import eras, record, rescue
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Lease, Takeover, Term
from kanmon.journal.writing import TermLost, transaction


@dataclass
class Leadership:
    """A held lease: close it by ``release``."""

    term: int
    lock: int  # file descriptor
    interrupted: int
    in_doubt: int


def lock_home(home: Path) -> int:
    """Take the file lock of ``home``. Raises Refused KNM4006-E when another process has it."""
    path = home / "run" / "lease"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        os.close(descriptor)
        raise Refused("KNM4006-E", status=409, home=str(home), holder=holder or "-") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{HERE.node} pid {os.getpid()}\n".encode(), 0)
    return descriptor


def take(home: Path, shard: int = 0, probing: Collection[str] = ()) -> Leadership:
    """Take over: lock, new term, put back what was interrupted; all of it in one transaction."""
    lock = lock_home(home)
    try:
        return _take_over(lock, shard, probing)
    except BaseException:
        os.close(lock)
        raise


def _take_over(lock: int, shard: int, probing: Collection[str]) -> Leadership:
    with transaction():
        if connection.vendor == "postgresql":  # waits for the writers of the term before, see writing.py
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [shard])
        now = clock.now()
        before = Term.objects.filter(shard=shard).first()
        lease = Lease.objects.filter(shard=shard).first()
        term = eras.following(before.term) if before else 1
        cause = "first" if before is None else ("clean" if lease is None or lease.released else "crash")
        Term.objects.update_or_create(shard=shard, defaults={"term": term, "node": HERE.node})
        Lease.objects.update_or_create(
            shard=shard, defaults={"term": term, "node": HERE.node, "beat": 0, "released": False}
        )
        HERE.term = term
        newest = Entry.objects.order_by("-seq").first()
        record.note(None, "service_started", {"id": "KNM0001-I", "node": HERE.node, "term": term})
        if cause == "crash":
            record.note(
                None, "failover_started", {"id": "KNM4010-W", "term": term, "from": before.node if before else ""}
            )
        counts = rescue.put_back(term, shard, probing)
        Takeover.objects.create(
            term=term, shard=shard, from_node=before.node if before else "", from_term=before.term if before else None, to_node=HERE.node, cause=cause,
            last_seen_at=newest.at if newest else None, at=now, ready_at=max(now, clock.now()), counts=counts,
        )  # fmt: skip
        if cause == "crash":
            record.note(None, "failover_ended", {"id": "KNM4011-I", "term": term, **counts})
    return Leadership(term, lock, counts["interrupted"], counts["in_doubt"])


def release(leadership: Leadership, shard: int = 0) -> None:
    """Give the lease back after the workers have stopped: the next start is a clean one."""
    try:
        with transaction(leadership.term, shard):
            Lease.objects.filter(shard=shard, term=leadership.term).update(released=True)
            record.note(None, "service_stopped", {"id": "KNM0002-I", "node": HERE.node, "term": leadership.term})
    except TermLost:
        pass  # deposed: the lease is another's, and so is the log's next line
    finally:
        os.close(leadership.lock)
