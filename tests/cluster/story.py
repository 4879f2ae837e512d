"""A cluster in one process, told step by step: nodes that lead, are lost, and take over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kanmon.cluster.outcome import Group
from kanmon.cluster.report import FailoverReport, Reported
from kanmon.journal import record, term
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation
from kanmon.journal.takeover import Leadership
from kanmon.journal.worker import Kind
from kanmon.journal.writing import transaction
from tests.conformance.work import begin, crash, finishing, kind, leader, work_off, worker


@contextmanager
def node(name: str) -> Iterator[None]:
    """What is written meanwhile is written by this node."""
    before, HERE.node = HERE.node, name
    try:
        yield
    finally:
        HERE.node = before


def lead(name: str) -> Leadership:
    """The node takes over, whoever led before."""
    HERE.node = name
    return leader()


def lost(leadership: Leadership) -> None:
    """kill -9 of its process."""
    crash(leadership)


def stopped(leadership: Leadership) -> None:
    """It stops in order."""
    term.release(leadership)


def claim(operation: Operation, leadership: Leadership) -> Operation:
    """Its worker has begun the operation."""
    with transaction(leadership.term):
        claimed = record.claim(operation.id, leadership.term, {"id": "KNM2003-I"})
    assert claimed is not None
    return claimed


def running(
    leadership: Leadership, kind: str = "judge", progress: dict[str, Any] | None = None, **more: Any
) -> Operation:
    """An operation that runs, and has got so far."""
    claimed = claim(begin(kind, **more), leadership)
    if progress:
        with transaction(leadership.term):
            record.save_progress(claimed, progress)
    return claimed


def finished(operation: Operation, leadership: Leadership, result: str = "success") -> Operation:
    """It has ended."""
    with transaction(leadership.term):
        record.finish(operation, {"result": result, "sentence": ""}, {"id": "KNM2004-I"})
    return operation


def go_on(leadership: Leadership, *names: str) -> None:
    """The workers of the node do what waits of these kinds."""
    kinds: dict[str, Kind] = {name: kind(finishing) for name in names}
    work_off(worker(kinds, leadership))


def row(report: FailoverReport, operation: Operation) -> Reported:
    """The row of an operation; it stands in exactly one group."""
    rows = [one for group in report.groups for one in group.rows if one.id == operation.id]
    assert len(rows) == 1, (operation.id, rows)
    return rows[0]


def counts(report: FailoverReport) -> dict[str, int]:
    """How many stand in each group."""
    assert [group.group for group in report.groups] == list(Group)
    return {str(group.group): group.count for group in report.groups}
