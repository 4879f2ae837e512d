"""Begin, claim and end operations: the only writer of the tables ``operation`` and ``entry``.

Every function here runs inside ``writing.transaction`` of its caller, so that an operation and the rows
that belong to it are committed together.
"""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from kanmon.common import clock
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import TERMINAL, Event, State, step

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
    return Entry.objects.create(
        operation=operation.id if operation else None,
        at=clock.now(),
        node=HERE.node,
        term=operation.term if operation and operation.term else HERE.term,
        attempt=operation.attempt if operation else 0,
        event=event,
        detail=dict(detail or {}),
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
            return earlier
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
        if key is None:
            raise
        return Operation.objects.get(key=key)
    note(operation, "begun")
    transaction.on_commit(_wake)
    return operation


def next_due(kinds: Collection[str], shard: int = 0) -> tuple[int | None, datetime | None]:
    """Id and due time of the first waiting operation of ``kinds``, in order of due time."""
    row = (
        Operation.objects.filter(shard=shard, state=State.WAITING, kind__in=list(kinds))
        .order_by("due_at", "id")
        .values_list("id", "due_at")
        .first()
    )
    return row if row else (None, None)


def claim(id: int, term: int, detail: Mapping[str, Any]) -> Operation | None:
    """Make operation ``id`` ours, or None when somebody else was first."""
    step(State.WAITING, Event.CLAIM)
    won = Operation.objects.filter(id=id, state=State.WAITING).update(
        state=State.RUNNING, node=HERE.node, term=term, attempt=_plus_one()
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


def _plus_one() -> Any:
    from django.db.models import F

    return F("attempt") + 1


def _move(operation: Operation, event: Event, **values: Any) -> None:
    """Make the step ``event``; the conditional UPDATE makes sure that nobody else made another one."""
    before = State(operation.state)
    after = step(before, event)
    fields: dict[str, Any] = {"state": after, **values}
    if before is State.RUNNING:
        fields |= {"node": None, "term": None}
    if after in TERMINAL:
        fields["ended_at"] = clock.now()
    if Operation.objects.filter(id=operation.id, state=before).update(**fields) != 1:
        raise IntegrityError(f"operation {operation.id} is no longer {before}")
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


def retry(operation: Operation, seconds: float, sentence: str) -> None:
    """running -> waiting, to be tried again in ``seconds``."""
    _move(operation, Event.RETRY, due_at=clock.now() + timedelta(seconds=seconds))
    note(
        operation, "retry",
        {"id": "KNM4005-W", "operation": operation.id, "sentence": sentence, "seconds": round(seconds, 1)},
    )  # fmt: skip


def cancel(operation: Operation, actor: str, sentence: str) -> None:
    """waiting or held -> cancelled."""
    _move(operation, Event.CANCEL, outcome={"sentence": sentence})
    note(operation, "cancelled", {"id": "KNM4009-I", "operation": operation.id, "actor": actor, "sentence": sentence})


def save_progress(operation: Operation, progress: Mapping[str, Any]) -> None:
    """Commit how far a running operation has got, together with the chunk's results."""
    operation.progress = dict(progress)
    Operation.objects.filter(id=operation.id).update(progress=operation.progress)


def put_back(operation: Operation) -> None:
    """running -> waiting, at a planned stop between two chunks."""
    _move(operation, Event.PUT_BACK, due_at=clock.now())
    note(operation, "interrupted", {"id": "KNM4001-W", "operation": operation.id, "subject": operation.subject})
