"""Begin, claim and end operations: the only writer of the tables ``operation`` and ``entry``.

Every function here runs inside ``writing.transaction`` of its caller, so that an operation and the rows
that belong to it are committed together; outside of one it raises.
"""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.expressions import RawSQL

from kanmon.common import clock
from kanmon.journal.here import HERE, REQUEST_ADDRESS
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import TERMINAL, Event, IllegalStep, State, step

REPLAY = "replay"  # who asked for an operation that tells once more what was told
KEYS_OF_PEOPLE = ("form:", "api:")  # one-time keys of forms, Idempotency-Key of calls: sent again by their senders
_awake = threading.Condition()
_begun = 0


def _wake() -> None:
    global _begun
    with _awake:
        _begun += 1
        _awake.notify_all()


def seen() -> int:
    """How many times something was begun in this process; give it to ``wait``."""
    return _begun


def wait(since: int, seconds: float) -> None:
    """Sleep until something is begun in this process after ``since``, at most ``seconds``."""
    with _awake:
        _awake.wait_for(lambda: _begun != since, seconds)


def note(operation: Operation | None, event: str, detail: Mapping[str, Any] | None = None) -> Entry:
    """Add an entry to the story of ``operation``, or of the service when it is None.

    ``detail`` may hold ``id``, a message of the catalogue: then the entry is also a line of the Manager log,
    filled with the rest of ``detail``.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the journal is written inside a transaction only")
    xid = {"xid": RawSQL("pg_current_xact_id()::text::bigint", [])} if connection.vendor == "postgresql" else {}
    address = REQUEST_ADDRESS.get()
    return Entry.objects.create(
        **xid,
        operation=operation.id if operation else None,
        at=clock.now(),
        node=HERE.node,
        term=operation.term if operation and operation.term else HERE.term,
        attempt=operation.attempt if operation else 0,
        event=event,
        detail={**(detail or {}), **({"address": address} if address else {})},
    )


def begin(
    kind: str,
    *,
    requester: str,
    subject: str = "",
    actor: str = "",
    repeat: str = "idempotent",
    key: str | None = None,
    input: bytes = b"",
    due_at: datetime | None = None,
    run: int | None = None,
    parent: int | None = None,
    redo_of: int | None = None,
    max_attempts: int = 5,
    held: bool = False,
) -> Operation:
    """Begin an operation, or return the one that was begun with the same ``key``."""
    if key is not None:
        earlier = Operation.objects.filter(key=key).first()
        if earlier is not None:
            return asked_again(earlier, actor)
    now = clock.now()
    operation = Operation(
        kind=kind, subject=subject, requester=requester, actor=actor, repeat=repeat, key=key, input=input,
        state=State.HELD if held else State.WAITING, due_at=due_at or now, run=run, parent=parent,
        redo_of=redo_of, max_attempts=max_attempts, begun_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            operation.save(force_insert=True)
    except IntegrityError:
        earlier = Operation.objects.filter(key=key).first() if key is not None else None
        if earlier is None:
            raise
        return asked_again(earlier, actor)
    note(operation, "begun", {"held": True} if held else None)
    transaction.on_commit(_wake)
    return operation


def asked_again(operation: Operation, actor: str) -> Operation:
    """Somebody who had got no answer has sent the same again: say so in its story, once a term, and give it back."""
    by_hand = operation.key is not None and operation.key.startswith(KEYS_OF_PEOPLE)
    if by_hand and not Entry.objects.filter(operation=operation.id, event="asked_again", term=HERE.term).exists():
        told = {"id": "KNM4279-I", "operation": operation.id, "subject": operation.subject, "actor": actor}
        note(operation, "asked_again", told | {"state": operation.state})
    return operation


def next_due(kinds: Collection[str], shard: int = 0) -> tuple[int | None, datetime | None]:
    """Id and due time of the first waiting operation of ``kinds``, in order of due time.

    One that was begun in the future is due now: the clock was set back since, or another node's is ahead (see due.py).
    """
    waiting = Operation.objects.filter(shard=shard, state=State.WAITING, kind__in=list(kinds))
    row = waiting.order_by("due_at", "id").values_list("id", "due_at").first()
    now = clock.now()
    if row is not None and row[1] > now:
        ahead = waiting.filter(begun_at__gt=now + timedelta(seconds=1)).order_by("id").values_list("id", flat=True)
        if (id := ahead.first()) is not None:
            return id, now
    return row if row else (None, None)


def claim(id: int, term: int, detail: Mapping[str, Any]) -> Operation | None:
    """Make operation ``id`` ours, or None when somebody else was first."""
    won = Operation.objects.filter(id=id, state=State.WAITING).update(
        state=step(State.WAITING, Event.CLAIM), node=HERE.node, term=term, attempt=F("attempt") + 1
    )
    if not won:
        return None
    operation = Operation.objects.get(id=id)
    resumed = operation.attempt > 1
    note(operation, "started", {**detail, "operation": id, "attempt": operation.attempt, "subject": operation.subject})
    if resumed and operation.progress:
        note(
            operation,
            "resumed",
            {"id": "KNM4002-I", "operation": id, "attempt": operation.attempt, **operation.progress},
        )
    return operation


def _move(operation: Operation, event: Event, **values: Any) -> None:
    """Make the step ``event``; the conditional UPDATE makes sure that nobody else made another one."""
    before = State(operation.state)
    after = step(before, event)
    fields: dict[str, Any] = {"state": after, **values}
    if before is State.RUNNING:
        fields |= {"node": None, "term": None}
    if after in TERMINAL:
        fields["ended_at"] = clock.now()
    rows = Operation.objects.filter(id=operation.id, state=before)
    if before is State.RUNNING:
        rows = rows.filter(attempt=operation.attempt)  # an attempt that was given up ends nobody else's
    if rows.update(**fields) != 1:
        raise IllegalStep(State(Operation.objects.values_list("state", flat=True).get(id=operation.id)), event)
    term = operation.term
    for name, value in fields.items():
        setattr(operation, name, value)
    operation.term = term if before is State.RUNNING else operation.term  # entries of this step carry it


def finish(operation: Operation, outcome: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """running -> finished. ``outcome`` is kept with the operation, ``detail`` is the end message."""
    _move(operation, Event.FINISH, outcome=dict(outcome))
    note(operation, "finished", {**detail, "operation": operation.id, "subject": operation.subject, **outcome})


def fail(operation: Operation, outcome: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """running -> failed, for good: the sentence is in ``outcome``."""
    _move(operation, Event.FAIL, outcome=dict(outcome))
    note(operation, "failed", {**detail, "operation": operation.id, "subject": operation.subject, **outcome})


def retry(operation: Operation, seconds: float, sentence: str, unknown: bool = False) -> None:
    """running -> waiting, to be tried again in ``seconds``. ``unknown``: the effect may have happened."""
    _move(operation, Event.RETRY, due_at=clock.now() + timedelta(seconds=seconds))
    note(
        operation, "retry",
        {"id": "KNM4005-W", "operation": operation.id, "sentence": sentence, "seconds": round(seconds, 1),
         "unknown": unknown},
    )  # fmt: skip


def failures(operation: Operation) -> int:
    """How many attempts have failed and were to be tried again. Interruptions are no failures."""
    return Entry.objects.filter(operation=operation.id, event="retry").count()


def still_ours(operation: Operation) -> Operation | None:
    """``operation`` as it stands in the database, if this claim of it is running. None when it has ended."""
    return Operation.objects.filter(
        id=operation.id, state=State.RUNNING, node=HERE.node, term=operation.term, attempt=operation.attempt
    ).first()


def hold(operation: Operation, actor: str, sentence: str = "") -> None:
    """waiting -> held: it is not begun until somebody releases it."""
    _move(operation, Event.HOLD)
    note(operation, "held", _by(operation, "KNM4012-I", actor, sentence))


def release(operation: Operation, actor: str, sentence: str = "") -> None:
    """held -> waiting, due at once or when it was due anyway."""
    _move(operation, Event.RELEASE)
    note(operation, "released", _by(operation, "KNM4013-I", actor, sentence))
    transaction.on_commit(_wake)


def it_ran(operation: Operation, actor: str, sentence: str = "") -> None:
    """in doubt -> finished: a person has looked, it was done. What follows such a kind is not begun."""
    _move(operation, Event.IT_RAN, outcome={"result": "success", "sentence": sentence, "said_by": actor})
    note(operation, "it_ran", _by(operation, "KNM4014-I", actor, sentence))


def close(operation: Operation, actor: str, sentence: str = "") -> None:
    """in doubt -> cancelled: whether it was done stays unknown, and it is not done again."""
    _move(operation, Event.CLOSE, outcome={"result": "unknown", "sentence": sentence, "said_by": actor})
    note(operation, "closed", _by(operation, "KNM4015-I", actor, sentence))


def redo(operation: Operation, actor: str, sentence: str = "") -> Operation:
    """A new operation that does again what is in doubt (cancelled by this), or what has failed or was not executed (it
    stays so).

    Asked a second time, it returns the first redo. Raises IllegalStep for any other state.
    """
    key = f"redo:{operation.id}"
    earlier = Operation.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    if not was_not_done(operation):
        _move(operation, Event.REDO, outcome={"result": "unknown", "sentence": sentence, "said_by": actor})
    again = begin(
        operation.kind, requester="redo", subject=operation.subject, actor=actor, repeat=operation.repeat, key=key,
        input=bytes(operation.input), run=operation.run, parent=operation.parent, redo_of=operation.id,
        max_attempts=operation.max_attempts,
    )  # fmt: skip
    note(operation, "redone", {**_by(operation, "KNM4016-I", actor, sentence), "again": again.id})
    return again


def was_not_done(operation: Operation) -> bool:
    """Whether it has failed for good, or ended without having done anything."""
    not_executed = (operation.outcome or {}).get("result") == "not_executed"
    return operation.state == State.FAILED or (operation.state == State.FINISHED and not_executed)


def replay(operation: Operation, actor: str, sentence: str = "") -> Operation:
    """A new operation that tells once more what was told, under the same mark; for kinds whose receivers know a repeat.

    Asked a second time, it returns the first. Raises IllegalStep unless it has finished, and did something.
    """
    key = f"replay:{operation.id}"
    earlier = Operation.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    if operation.state != State.FINISHED or operation.repeat != "keyed" or was_not_done(operation):
        raise IllegalStep(State(operation.state), Event.REPLAY)
    again = begin(
        operation.kind, requester=REPLAY, subject=operation.subject, actor=actor, repeat=operation.repeat, key=key,
        input=bytes(operation.input), run=operation.run, parent=operation.parent, redo_of=operation.id,
        max_attempts=operation.max_attempts,
    )  # fmt: skip
    note(operation, "replayed", {**_by(operation, "KNM3262-I", actor, sentence), "again": again.id})
    return again


def redone(operation: Operation) -> list[int]:
    """Ids of ``operation`` and of those before it of which it is a redo, newest first."""
    chain = [operation.id]
    before = operation.redo_of
    while before is not None:
        chain.append(before)
        before = Operation.objects.values_list("redo_of", flat=True).get(id=before)
    return chain


def _by(operation: Operation, message_id: str, actor: str, sentence: str) -> dict[str, Any]:
    return {
        "id": message_id, "operation": operation.id, "subject": operation.subject, "actor": actor, "sentence": sentence
    }  # fmt: skip


def cancel(operation: Operation, actor: str, sentence: str) -> None:
    """waiting or held -> cancelled."""
    _move(operation, Event.CANCEL, outcome={"sentence": sentence})
    note(operation, "cancelled", {"id": "KNM4009-I", "operation": operation.id, "actor": actor, "sentence": sentence})


def save_progress(operation: Operation, progress: Mapping[str, Any]) -> None:
    """Commit how far a running operation has got, together with the chunk's results."""
    operation.progress = dict(progress)
    rows = Operation.objects.filter(id=operation.id, state=State.RUNNING, attempt=operation.attempt)
    if rows.update(progress=operation.progress) != 1:
        raise RuntimeError(f"operation {operation.id} does not run in attempt {operation.attempt} any more")


def put_back(operation: Operation) -> None:
    """running -> waiting: a planned stop between two chunks, or an attempt that was lost and may be repeated."""
    _move(operation, Event.PUT_BACK, due_at=clock.now())
    note(operation, "interrupted", _lost(operation, "KNM4001-W"))


def suspend(operation: Operation) -> None:
    """running -> waiting: the effect was not begun, because the lease could not be trusted just then."""
    _move(operation, Event.RETRY, due_at=clock.now())
    note(operation, "suspended", _lost(operation, "KNM4022-W"))


def doubt(operation: Operation, sentence: str = "") -> None:
    """running -> in doubt: the attempt was lost, or failed, where its effect may have happened."""
    _move(operation, Event.DOUBT, outcome={"result": "unknown", "sentence": sentence} if sentence else None)
    note(operation, "in_doubt", {**_lost(operation, "KNM4004-W"), "sentence": sentence})


def _lost(operation: Operation, message_id: str) -> dict[str, Any]:
    return {"id": message_id, "operation": operation.id, "subject": operation.subject, "attempt": operation.attempt}
