"""Small kinds of operations, and a worker that tests drive step by step."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from kanmon.common import clock, config
from kanmon.flow import KINDS
from kanmon.journal import record, term
from kanmon.journal.models import Entry, Operation
from kanmon.journal.worker import Kind, Work, Worker, probing
from kanmon.journal.writing import transaction

OPEN = ("waiting", "running")


def kind(run: Callable[[Work], None], **more: Any) -> Kind:
    """A kind of lane "rows" with the messages of "record"."""
    return Kind(run, "rows", "KNM2003-I", "KNM2004-I", **more)


def finishing(work: Work) -> None:
    """The function of a kind that only ends."""
    with work.transaction():
        work.finish()


def begin(kind: str = "one", **more: Any) -> Operation:
    """Begin an operation in a transaction of its own."""
    with transaction():
        return record.begin(kind, requester="tests", **more)


def leader() -> term.Leadership:
    """Take over, as after a crash of whoever led before in this process."""
    return term.take(config.home(), probing=probing(KINDS))


def crash(leadership: term.Leadership) -> None:
    """What a crash leaves: the kernel gives the lock back, nothing else is done."""
    import os

    os.close(leadership.lock)


def worker(kinds: Mapping[str, Kind], leadership: term.Leadership, lane: str = "rows") -> Worker:
    """A worker whose steps the test makes by ``_step``."""
    return Worker(lane, kinds, leadership.term, lambda: None)


def work_off(one: Worker, most: int = 50) -> None:
    """Let it work until nothing is due; what is due later is due now."""
    for _ in range(most):
        Operation.objects.filter(state="waiting").update(due_at=clock.now() - timedelta(seconds=1))
        if one._step() > 0 and not Operation.objects.filter(state__in=OPEN, kind__in=list(one.kinds)).exists():
            return
    raise AssertionError(f"still waiting: {list(Operation.objects.filter(state='waiting').values())}")


def events(operation: Operation) -> list[str]:
    """The story of an operation."""
    return list(Entry.objects.filter(operation=operation.id).order_by("seq").values_list("event", flat=True))


def state(operation: Operation) -> str:
    """Its state in the database."""
    return str(Operation.objects.values_list("state", flat=True).get(id=operation.id))


def log_path() -> Path:
    """Where the Manager log is written."""
    return config.home() / "log" / "manager.log"
