"""One operation of the report, as a person reads it: what it was, where it ran, what became of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from kanmon.cluster import outcome as outcomes
from kanmon.cluster.outcome import Group, Outcome
from kanmon.cluster.said import Said
from kanmon.common import messages
from kanmon.journal.models import Entry, Operation

AFTERWARDS = (
    "started",
    "resumed",
    "may_be_repeat",
    "in_doubt",
    "redone",
    "it_ran",
    "closed",
    "cancelled",
    *outcomes.TELLING,
)
STORY_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Running:
    """An operation that belongs to a report: the entry by which it does, and what became of it."""

    id: int
    seq: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reported:
    """``started_at``, ``node``, ``term``, ``attempt``: the attempt that was running. The rest is how it stands now."""

    id: int
    kind: str
    subject: str
    group: Group
    requester: str
    actor: str
    started_at: datetime | None
    node: str
    term: int
    attempt: int
    outcome: Outcome
    said: Said  # what happened
    state: str
    result: str  # success, partial_success, failure, not_executed, unknown; empty while it is open
    sentence: str  # what was told with the result, or why it is in doubt: what to look at
    begun_at: datetime
    ended_at: datetime | None
    again: int | None  # the operation that does it again
    can: tuple[str, ...]  # what a person may choose: redo, it_ran, close, release, cancel


def rows(found: Sequence[Running], lost_at: datetime) -> list[Reported]:
    """The rows of ``found``, in its order. ``lost_at``: the newest entry before the take-over."""
    numbers = [one.id for one in found]
    known = Operation.objects.defer("input").in_bulk(numbers)
    starts = _starts(found)
    after: dict[int, list[Entry]] = defaultdict(list)
    if found:
        story = Entry.objects.filter(
            operation__in=numbers, event__in=AFTERWARDS, seq__gte=min(one.seq for one in found)
        ).order_by("seq")
        since = {one.id: one.seq for one in found}
        for entry in story[:STORY_ENTRIES]:
            if entry.operation is not None and entry.seq >= since[entry.operation]:
                after[entry.operation].append(entry)
    return [_row(known[one.id], one, starts.get(one.id), after[one.id], lost_at) for one in found if one.id in known]


def _starts(found: Sequence[Running]) -> dict[int, Entry]:
    """By operation: the newest start before the entry by which it belongs to the report."""
    if not found:
        return {}
    numbers = [one.id for one in found]
    newest = (
        Entry.objects.filter(operation__in=numbers, event="started", seq__lt=max(one.seq for one in found))
        .values("operation")
        .annotate(newest=Max("seq"))
        .values_list("newest", flat=True)
    )
    return {
        entry.operation: entry for entry in Entry.objects.filter(seq__in=list(newest)) if entry.operation is not None
    }


def _row(row: Operation, one: Running, start: Entry | None, after: list[Entry], lost_at: datetime) -> Reported:
    told: dict[str, Any] = row.outcome or {}
    sentence = str(told.get("sentence", ""))
    if not sentence and one.outcome is Outcome.IN_DOUBT:
        sentence = str(_detail(after, "in_doubt").get("sentence", ""))
    return Reported(
        id=row.id, kind=row.kind, subject=row.subject, group=outcomes.group_of(row.kind), requester=row.requester,
        actor=row.actor, started_at=start.at if start else None, node=start.node if start else "",
        term=start.term if start else 0, attempt=start.attempt if start else 0, outcome=one.outcome,
        said=_said(row, one, start, after, lost_at), state=row.state, result=str(told.get("result", "")),
        sentence=sentence, begun_at=row.begun_at, ended_at=row.ended_at, again=_detail(after, "redone").get("again"),
        can=outcomes.can(one.outcome),
    )  # fmt: skip


def _said(row: Operation, one: Running, start: Entry | None, after: list[Entry], lost_at: datetime) -> Said:
    if one.outcome in (Outcome.RESUMED, Outcome.SUPPRESSED):
        found = next((e.detail for e in after if e.event in outcomes.TELLING and e.detail.get("id")), None)
        if found is not None and found["id"] in messages.catalogue():
            return Said(found["id"], found)
    began = next((entry for entry in after if entry.event == "started"), None)
    if one.outcome is Outcome.RESUMED and began is not None:
        went_on: dict[str, Any] = next(
            (e.detail for e in after if e.event == "resumed" and e.attempt == began.attempt), {}
        )
        return outcomes.resumed(went_on.get("done"), went_on.get("of"), began.attempt, began.node)
    told: dict[str, Any] = row.outcome or {}
    decided: dict[str, Any] = next(
        (e.detail for e in reversed(after) if e.event in ("redone", "it_ran", "closed", "cancelled")), {}
    )
    params = {
        "node": start.node if start else "-", "attempt": start.attempt if start else 0,
        "seconds": f"{max(0.0, (lost_at - row.ended_at).total_seconds()):.2f}" if row.ended_at else "-",
        "actor": decided.get("actor", "-"), "again": decided.get("again", "-"),
        "mark": _detail(after, "may_be_repeat").get("mark", "-"), "sentence": told.get("sentence", ""),
        "result": told.get("result", "-"),
    }  # fmt: skip
    return Said(outcomes.SENTENCES.get(one.outcome, "KNM4262-I"), params)


def _detail(entries: Sequence[Entry], event: str) -> dict[str, Any]:
    return next((dict(entry.detail) for entry in reversed(entries) if entry.event == event), {})
