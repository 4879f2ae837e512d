"""What became of operations: of each the newest redo, all attempts together, in a word and a sentence."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from kanmon.common import messages
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import State
from kanmon.policy.models import PolicyVersion

MOST_REDONE = 50
IN = 500  # names in one query
T = TypeVar("T")
FINISHED = ("success", "partial_success", "not_executed", "unknown")
TELLING = ("retry", "interrupted", "suspended", "in_doubt", "held")


@dataclass(frozen=True, slots=True)
class Became:
    """``result``: one of ``line.RESULTS``. ``attempts``: of the operation and those before it that it does again."""

    operation: int
    result: str
    attempts: int
    requester: str
    actor: str
    sentence: str
    ended: datetime | None
    subject: str = ""


def chunks(names: Iterable[T], size: int = IN) -> Iterator[list[T]]:
    """``names``, as many at a time as a query takes, or ``size``."""
    rest = iter(names)
    while some := list(islice(rest, size)):
        yield some


def became(operations: Collection[int], language: str) -> dict[int, Became]:
    """By operation: what became of it. Those that are not there any more are not in it."""
    newest, attempts = _newest(operations)
    sentences = _sentences([one.id for one in newest.values() if not _said(one)], language)
    return {
        id: Became(
            one.id, result(one), attempts[id], one.requester, one.actor, _said(one) or sentences.get(one.id, ""),
            one.ended_at, one.subject,
        )
        for id, one in newest.items()
    }  # fmt: skip


def _newest(operations: Collection[int]) -> tuple[dict[int, Operation], dict[int, int]]:
    """By operation: the newest redo of it, or itself; and how often all of them were begun."""
    newest: dict[int, Operation] = {}
    for ids in chunks(operations):
        newest |= {one.id: one for one in Operation.objects.defer("input").filter(id__in=ids)}
    attempts = {id: one.attempt for id, one in newest.items()}
    looked = {one.id: id for id, one in newest.items() if one.state in (State.FAILED, State.CANCELLED)}
    for _ in range(MOST_REDONE):
        keys = [f"redo:{id}" for id in looked]
        again = [one for some in chunks(keys) for one in Operation.objects.defer("input").filter(key__in=some)]
        found = {one.id: looked[one.redo_of] for one in again if one.redo_of in looked}
        for one in again:
            if one.id in found:
                newest[found[one.id]] = one
                attempts[found[one.id]] += one.attempt
        looked = found
        if not looked:
            break
    return newest, attempts


def is_over(operations: Collection[int]) -> set[int]:
    """Of ``operations`` those that have ended, their redos, too; also those that are not there any more."""
    newest, _ = _newest(operations)
    return {id for id in operations if id not in newest or newest[id].ended_at is not None}


def result(operation: Operation) -> str:
    """How it ended, or the state in which it is."""
    told = str((operation.outcome or {}).get("result", ""))
    match State(operation.state):
        case State.FINISHED:
            return told if told in FINISHED else "success"
        case State.FAILED:
            return "failure"
        case State.CANCELLED:
            return "unknown" if told == "unknown" else "not_executed"
        case state:
            return str(state)


def _said(operation: Operation) -> str:
    return str((operation.outcome or {}).get("sentence", ""))


def _sentences(operations: Collection[int], language: str) -> dict[int, str]:
    """What the newest entries say of those that have no outcome yet."""
    found: dict[int, str] = {}
    for ids in chunks(operations):
        entries = Entry.objects.filter(operation__in=ids, event__in=TELLING).order_by("seq")
        for id, detail in entries.values_list("operation", "detail"):
            found[id] = str(detail.get("sentence") or "") or _text(detail, language)
    return found


def _text(detail: dict[str, Any], language: str) -> str:
    return messages.text(detail["id"], detail, language) if detail.get("id") in messages.catalogue() else ""


def policies(versions: Iterable[int]) -> dict[int, str]:
    """By version: how people call it, "Default version 3"."""
    found: dict[int, str] = {}
    for ids in chunks(set(versions)):
        rows = PolicyVersion.objects.filter(id__in=ids).values_list("id", "policy__name", "number")
        found |= {id: f"{name} version {number}" for id, name, number in rows}
    return found
