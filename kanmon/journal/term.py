"""Lease and term on one host: who holds the file lock of the home may work, under a term of its own.

With SQLite one host at a time has the disk, so the kernel's file lock is the lease: it ends with the
process, however that dies, and needs no clock. The term row still counts: it fences a thread of an older
leadership in the same process, and tells entries of two leaderships apart.

On PostgreSQL the lock says only that no other process of this node lives; the lease is ``elect``'s.
"""

import fcntl
import os
from collections.abc import Collection
from pathlib import Path

from kanmon.common.errors import Refused
from kanmon.journal import eras, record
from kanmon.journal.here import HERE
from kanmon.journal.models import Lease
from kanmon.journal.takeover import Leadership, take_over
from kanmon.journal.writing import TermLost, transaction


def lock_run(run: Path) -> int:
    """Take the file lock in the folder ``run``. Raises Refused KNM4006-E when another process has it."""
    path = run / "lease"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        os.close(descriptor)
        raise Refused("KNM4006-E", status=409, home=str(run.parent), holder=holder or "-") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{HERE.node} pid {os.getpid()}\n".encode(), 0)
    return descriptor


def take(home: Path, shard: int = 0, probing: Collection[str] = ()) -> Leadership:
    """Lock the home and take over. Raises Refused KNM4006-E when another process has the lock."""
    return take_locked(lock_run(home / "run"), shard, probing)


def take_locked(lock: int, shard: int = 0, probing: Collection[str] = ()) -> Leadership:
    """Take over; ``lock`` is the lock of the home, and is closed when that fails."""
    try:
        leadership = take_over(shard, probing=probing)
        assert leadership is not None
    except BaseException:
        os.close(lock)
        raise
    leadership.lock = lock
    return leadership


def release(leadership: Leadership, shard: int = 0) -> None:
    """Give the lease back after the workers have stopped: the next start is a clean one."""
    try:
        with transaction(leadership.term, shard):
            Lease.objects.filter(shard=shard, term=leadership.term).update(released=True)
            told = {"id": "KNM0002-I", "node": HERE.node, "term": eras.said(leadership.term)}
            record.note(None, "service_stopped", told)
    except TermLost:
        pass  # deposed: the lease is another's, and so is the log's next line
    finally:
        if leadership.lock is not None:
            os.close(leadership.lock)
            leadership.lock = None
