"""Operations of the journal and their stories."""

from collections.abc import Collection
from typing import Any

from kanmon.console.read import paging
from kanmon.console.shown import EntryShown, OperationRow, OperationShown, Page
from kanmon.console.wording import sentence
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import State

ENTRIES_SHOWN = 500
TELLING = ("finished", "failed", "cancelled", "in_doubt", "interrupted", "retry")


def operations(state: str, cursor: str, size: int = 50) -> Page[OperationRow]:
    """A page of operations, newest first, of one state or ("") of all."""
    rows = Operation.objects.defer("input")
    if state in set(State):
        rows = rows.filter(state=state)
    order = paging.Order("id", "id", True, paging.read(cursor), size)
    return order.page(order.fetch(rows), rows.count(), _rows)


def operation(number: int) -> OperationShown | None:
    """One operation with its newest entries in order, and the operations that followed from it."""
    found = Operation.objects.defer("input").filter(pk=number).first()
    if found is None:
        return None
    entries = list(Entry.objects.filter(operation=number).order_by("-seq")[:ENTRIES_SHOWN])[::-1]
    following = Operation.objects.defer("input").filter(parent=number).order_by("id")[:50]
    return OperationShown(_rows([found])[0], [_entry(entry) for entry in entries], _rows(list(following)))


def _entry(entry: Entry) -> EntryShown:
    return EntryShown(entry.at, entry.node, entry.term, entry.attempt, entry.event, sentence(entry.detail))


def _rows(found: Collection[Operation]) -> list[OperationRow]:
    told = _told([one.id for one in found])
    return [_row(one, told.get(one.id, "")) for one in found]


def _told(numbers: Collection[int]) -> dict[int, str]:
    """By operation: the sentence of the newest entry that says how it stands."""
    entries = Entry.objects.filter(operation__in=list(numbers), event__in=TELLING).order_by("seq")
    return {entry.operation: text for entry in entries if entry.operation and (text := sentence(entry.detail))}


def _row(one: Operation, told: str) -> OperationRow:
    outcome: Any = one.outcome or {}
    return OperationRow(
        number=one.id,
        kind=one.kind,
        subject=one.subject,
        state=one.state,
        requester=one.requester,
        actor=one.actor,
        attempt=one.attempt,
        max_attempts=one.max_attempts,
        begun=one.begun_at,
        ended=one.ended_at,
        outcome=sentence(outcome) or told,
        node=one.node or "",
        redo_of=one.redo_of,
        parent=one.parent,
    )
