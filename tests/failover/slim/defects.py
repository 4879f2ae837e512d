"""Defects that are planted in the slim process, to see that the checker catches each of them.

Each replaces a small part of the product, or of the kinds, by what somebody might have written instead.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


def without_shared_lock() -> None:
    """The term is looked at, and nothing keeps a take-over from committing before the writer does."""
    from django.db import connection

    from kanmon.journal import writing

    def check(term: int | None, shard: int) -> None:
        if term is None:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM term WHERE shard = %s AND term = %s", [shard, term])
            if cursor.fetchone() is None:
                raise writing.TermLost(term)

    writing._check = check
    without_eviction()


def term_and_lock_in_one_statement() -> None:
    """The statement that waits for the lock sees the term of before it waited."""
    from django.db import connection

    from kanmon.journal import writing

    def check(term: int | None, shard: int) -> None:
        if term is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared(%s)) AS l, term WHERE shard = %s AND term = %s",
                [shard, shard, term],
            )
            if cursor.fetchone() is None:
                raise writing.TermLost(term)

    writing._check = check
    without_eviction()


def without_eviction() -> None:
    """No defect: sessions of the old worker are ended so that one that hangs holds nobody up. Who relies on it to keep
    an old worker from writing is wrong, and without it that shows.
    """
    from kanmon.journal import lease

    lease.evict = lambda term, connection: None


def claim_not_conditional() -> None:
    """What was waiting when it was looked for is claimed, whatever it is now, a moment later."""
    from django.db.models import F

    from kanmon.journal import record
    from kanmon.journal.here import HERE
    from kanmon.journal.models import Operation

    def claim(id: int, term: int, detail: Any) -> Operation:
        Operation.objects.filter(id=id).update(state="running", node=HERE.node, term=term, attempt=F("attempt") + 1)
        operation = Operation.objects.get(id=id)
        told = {"operation": id, "attempt": operation.attempt, "subject": operation.subject}
        record.note(operation, "started", {**detail, **told})
        return operation

    look = record.next_due

    def look_and_dawdle(*words: Any) -> Any:
        seen = look(*words)
        time.sleep(0.02)
        return seen

    record.claim, record.next_due = claim, look_and_dawdle


def effect_before_intent() -> None:
    """What was done is written down afterwards."""
    from kanmon.journal.worker import Work

    intent, effect = Work.intent, Work.effect

    def later(work: Work, **detail: Any) -> None:
        work.later = detail

    @contextlib.contextmanager
    def then(work: Work, cancel: Callable[[], None] = lambda: None) -> Iterator[None]:
        with effect(work, cancel):
            yield
        if hasattr(work, "later"):
            intent(work, **work.later)

    Work.intent, Work.effect = later, then


def result_before_effect() -> None:
    """It is called done before it is."""
    from kanmon.journal.worker import Work

    intent, finish = Work.intent, Work.finish

    def intent_and_result(work: Work, **detail: Any) -> None:
        intent(work, **detail)
        with work.transaction():
            finish(work)

    def finish_once(work: Work, *words: Any, **more: Any) -> None:
        if not work.ended:
            finish(work, *words, **more)

    Work.intent, Work.finish = intent_and_result, finish_once


def follower_by_seq_alone() -> None:
    """Numbers are handed out before commit: whoever follows them misses what commits late."""
    from django.db import connection

    from kanmon.journal import changes

    def follow(table: str, after: Any, limit: int) -> Iterator[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT xid, seq FROM {table} WHERE seq > %s ORDER BY seq LIMIT %s", [after[1], limit])
            for xid, seq in cursor.fetchall():
                yield (xid, seq), seq

    changes.follow = follow


def key_not_unique() -> None:
    """Who asks again gets another one."""
    from kanmon.journal import record

    begin = record.begin
    record.begin = lambda kind, **more: begin(kind, **(more | {"key": None}))


def put_back_forgets_one() -> None:
    """One of those that ran is taken for one of the new term."""
    from kanmon.journal import rescue
    from kanmon.journal.models import Operation

    put_back = rescue.put_back

    def forgetful(term: int, shard: int = 0, probing: Any = ()) -> dict[str, int]:
        one = Operation.objects.filter(state="running", term__lt=term).first()
        if one is not None:
            Operation.objects.filter(id=one.id).update(term=term)
        return put_back(term, shard, probing)

    rescue.put_back = forgetful


def progress_not_saved() -> None:
    """How far it got is not written with the chunk."""
    from kanmon.journal.worker import Work

    Work.save_progress = lambda work, **progress: None


def acknowledged_before_commit() -> None:
    """The sender gets its answer, and the writing is done a moment later."""
    from tests.failover.slim import intake

    written = intake._written

    def soon(inputs: Any) -> bool:
        threading.Timer(0.02, written, [inputs]).start()
        return True

    intake._written = soon


def window_never_closes() -> None:
    """Who stood still for long takes himself for the leader until the database says otherwise."""
    from kanmon.journal.window import Window

    @contextlib.contextmanager
    def always(window: Window, *_: Any) -> Iterator[None]:
        yield

    Window.require, Window.guard, Window.unfenced = lambda window: None, always, always
    Window.remaining = lambda window: 1.0


def _with_pragma(text: str) -> None:
    from django.db.backends.signals import connection_created

    def weaken(connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(text)

    connection_created.connect(weaken, weak=False)


def sync_normal() -> None:
    """What SQLite's pages recommend for a write-ahead log: a power cut may take the last commits."""
    _with_pragma("PRAGMA synchronous=NORMAL")


def sync_off() -> None:
    """Nothing is synced."""
    _with_pragma("PRAGMA synchronous=OFF")


DEFECTS = {
    function.__name__: function
    for function in (
        without_shared_lock, term_and_lock_in_one_statement, without_eviction, claim_not_conditional,
        effect_before_intent, result_before_effect, follower_by_seq_alone, key_not_unique, put_back_forgets_one,
        progress_not_saved, acknowledged_before_commit, window_never_closes, sync_normal, sync_off,
    )
}  # fmt: skip


def plant(name: str) -> None:
    """Make the product wrong by one of ``DEFECTS``; an empty name plants nothing."""
    if name:
        DEFECTS[name]()
