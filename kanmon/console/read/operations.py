"""Operations of the journal and their stories."""

from collections.abc import Collection
from typing import Any

from kanmon.action.command import output as command_output
from kanmon.common.errors import Refused
from kanmon.console import words
from kanmon.console.change import key
from kanmon.console.read import paging
from kanmon.console.shown.cluster import ChangeDone
from kanmon.console.shown.lists import Page
from kanmon.console.shown.operations import EntryShown, OperationRow, OperationShown
from kanmon.console.subject_words import subject
from kanmon.console.wording import sentence
from kanmon.journal import eras, record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.once import KIND, was_done
from kanmon.journal.states import State
from kanmon.policy.rules_action import ACTIONS

ENTRIES_SHOWN = 500
OPEN_SHOWN = 20
OUTPUT_CHARACTERS = 20_000
CAN = {State.IN_DOUBT: ("redo", "it_ran", "close"), State.FAILED: ("redo",), State.HELD: ("release", "cancel"),
       State.WAITING: ("cancel",)}  # fmt: skip
TELLING = ("finished", "failed", "cancelled", "in_doubt", "interrupted", "retry")


def operations(state: str, cursor: str, size: int = 50) -> Page[OperationRow]:
    """A page of operations, newest first, of one state or ("") of all."""
    rows = Operation.objects.defer("input")
    if state in set(State):
        rows = rows.filter(state=state)
    order = paging.Order("id", "id", True, paging.read(cursor), size)
    return order.page(order.fetch(rows), rows.count(), _rows)


def open_operations() -> list[OperationRow]:
    """What is being done, and what is in doubt: the newest of each."""
    rows = Operation.objects.defer("input").order_by("-id")
    found = [one for state in (State.RUNNING, State.IN_DOUBT) for one in rows.filter(state=state)[:OPEN_SHOWN]]
    return _rows(found)


def change(form_key: str) -> ChangeDone | None:
    """The operation of a form that was sent with this key; None when it was not done."""
    done = was_done(key(form_key))
    if done is None:
        return None
    what = subject(done.subject)
    if done.kind != KIND:
        what = f"{words.KINDS.get(done.kind, done.kind)}: {what}"
    return ChangeDone(done.id, done.actor, what)


def operation(number: int) -> OperationShown | None:
    """One operation with its newest entries in order, and the operations that followed from it."""
    found = Operation.objects.defer("input").filter(pk=number).first()
    if found is None:
        return None
    entries = list(Entry.objects.filter(operation=number).order_by("-seq")[:ENTRIES_SHOWN])[::-1]
    following = Operation.objects.defer("input").filter(parent=number).order_by("id")[:50]
    again = (
        Operation.objects.filter(key__in=[f"redo:{number}", f"replay:{number}"]).values_list("id", flat=True).first()
    )
    story = [_entry(entry) for entry in entries]
    return OperationShown(
        _rows([found])[0], story, _rows(list(following)), () if again else _can(found), again, _output(found),
        sentence(found.outcome or {}),
    )  # fmt: skip


def _can(found: Operation) -> tuple[str, ...]:
    """What a person may decide: of what has ended, too, when it did nothing, or when receivers know a repeat."""
    if found.state != State.FINISHED:
        return CAN.get(State(found.state), ())
    if record.was_not_done(found):
        return ("redo",)
    return ("replay",) if found.repeat == "keyed" and found.kind in ACTIONS else ()


def _output(found: Operation) -> str:
    if found.kind != "command":
        return ""
    try:
        return command_output.of(found.id).text[-OUTPUT_CHARACTERS:]
    except Refused:
        return ""


def _entry(entry: Entry) -> EntryShown:
    return EntryShown(
        entry.at,
        entry.node,
        eras.said(entry.term) if entry.term else "",
        entry.attempt,
        entry.event,
        sentence(entry.detail),
    )


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
        subject=subject(one.subject),
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
