"""The history over all: runs, newest first, each with its lines; and between them orders that persons gave by hand.

What it costs: a page looks at up to ``LOOKED`` runs and orders by hand, by their numbers from the newest on, and reads the
actions of each ``BATCH`` of runs by the index of runs, without their PCs. Where the page begins is found by bisection
(some 20 look-ups): numbers grow with time. A clock that was set back shifts that by as much, up to ``SLACK``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Max

from kanmon.action.history.line import DECIDED, JUDGED, Line, Wanted, bad_place
from kanmon.action.history.line import as_json as line_as_json
from kanmon.action.history.lines import HEAVY, of_orders, of_withheld
from kanmon.action.history.results import Became, became, chunks
from kanmon.action.models import Order, Withheld
from kanmon.journal import runs as journal_runs
from kanmon.journal.models import Operation, Run

LOOKED = 5000
BATCH = 100
LINES_SHOWN = 200
ACTIONS_READ = 5000  # of a batch of runs
SLACK = timedelta(hours=2)
MOST = 2**62
BY_HAND = (
    "network",
    "message",
    "mail",
)  # kinds of operations that are begun without a run, too: by persons, or a report of a failover


@dataclass(frozen=True, slots=True)
class RunTold:
    """One run, or (``run`` None) one order by hand. ``asked``: about whom. ``more``: lines that are not listed."""

    run: int | None
    at: datetime
    cause: str
    actor: str
    asked: str
    judged: int
    changed: int
    lines: Sequence[Line]
    more: int = 0


class Place(NamedTuple):
    """Where a page begins: below this run and this operation."""

    run: int = MOST
    operation: int = MOST

    def __str__(self) -> str:
        return f"{self.run}.{self.operation}"


@dataclass(frozen=True, slots=True)
class Page:
    """Runs newest first. ``next``: where to go on, "" at the end. ``looked_until``: so far back nothing else was found."""

    runs: Sequence[RunTold]
    next: str
    looked_until: datetime | None


def page(wanted: Wanted, cursor: str = "", limit: int = 50, language: str = "en") -> Page:
    """A page of the history. Raises Refused KNM3293-E for a cursor that is not one of ours."""
    place = _read(cursor) if cursor else _start(wanted)
    found: list[RunTold] = []
    until: datetime | None = None
    both = merge(
        _runs(wanted, place.run, language), _by_hand(wanted, place.operation, language), key=_time, reverse=True
    )
    for looked, (at, number, is_run, told) in enumerate(both):
        if len(found) == limit or looked == LOOKED:
            return Page(found, str(place), until)
        place = place._replace(**{"run" if is_run else "operation": number})
        until = at
        if told is not None:
            found.append(told)
    return Page(found, "", None)


Looked = tuple[datetime, int, bool, RunTold | None]


def _time(one: Looked) -> datetime:
    return one[0]


def _read(cursor: str) -> Place:
    run, dot, operation = cursor.partition(".")
    if not (dot and all(part.isascii() and part.isdigit() and len(part) < 20 for part in (run, operation))):
        raise bad_place(cursor)
    return Place(min(int(run), MOST), min(int(operation), MOST))


def _start(wanted: Wanted) -> Place:
    if wanted.until is None:
        return Place()
    return Place(*(_first_from(model, wanted.until + SLACK) for model in (Run, Operation)))


def _first_from(model: Any, moment: datetime) -> int:
    """The number of the first row that was begun at ``moment`` or later, if numbers grow with time."""
    low, high = 1, int(model.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = model.objects.filter(id__gte=middle).order_by("id").values_list("id", "begun_at").first()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = row[0] + 1
    return low


def _is_in(wanted: Wanted, at: datetime, cause: str) -> bool:
    return (
        (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at < wanted.until)
        and (not wanted.cause or cause == wanted.cause)
    )


def _is_past(wanted: Wanted, at: datetime) -> bool:
    return wanted.since is not None and at < wanted.since - SLACK


def _runs(wanted: Wanted, below: int, language: str) -> Iterator[Looked]:
    while True:
        rows = list(Run.objects.defer("scope", "versions").filter(id__lt=below).order_by("-id")[:BATCH])
        meant = [run for run in rows if _is_in(wanted, run.begun_at, run.cause)]
        told = _told(meant, wanted, language) if meant else {}
        for run in rows:
            yield run.begun_at, run.id, True, told.get(run.id)
        if len(rows) < BATCH or _is_past(wanted, rows[-1].begun_at):
            return
        below = rows[-1].id


def _told(rows: Sequence[Run], wanted: Wanted, language: str) -> dict[int, RunTold]:
    """Of these runs those that have a line that is wanted."""
    by_number = {run.id: run for run in rows}
    first = _first_lines(rows, language)
    lines: dict[int, list[Line]] = {run.id: [first[run.id][0]] for run in rows}
    for line in _actions(by_number, wanted, language):
        assert line.run is not None
        lines[line.run].append(line)
    found = {}
    for run in rows:
        mine = [line for line in lines[run.id] if wanted.takes(line)]
        if mine:
            counts = run.counts
            found[run.id] = RunTold(
                run.id, run.begun_at, run.cause, run.actor, first[run.id][1], int(counts.get("judged", 0)),
                int(counts.get("changed", 0)), mine[:LINES_SHOWN], max(0, len(mine) - LINES_SHOWN),
            )  # fmt: skip
    return found


def _actions(runs: dict[int, Run], wanted: Wanted, language: str) -> Iterator[Line]:
    """What was ordered and what was withheld in these runs, those of each run in their order."""
    of_action: dict[str, Any] = {"run__in": list(runs)}
    if wanted.kind:
        of_action["kind"] = wanted.kind
    if wanted.level is not None:
        of_action["level"] = int(wanted.level)
    if wanted.result != "held_back":
        orders = Order.objects.filter(**of_action).defer(*HEAVY).order_by("-run", "id")
        for some in chunks(orders[:ACTIONS_READ], 1000):
            yield from of_orders(some, runs, language).values()
    if wanted.result in ("", "held_back"):
        rows = Withheld.objects.filter(**of_action).defer("pcs").order_by("-run", "id")
        yield from of_withheld(list(rows[:ACTIONS_READ]), runs, language).values()


def _first_lines(rows: Sequence[Run], language: str) -> dict[int, tuple[Line, str]]:
    """By run: the line that says what was judged and decided, and what was asked for."""
    numbers = [run.id for run in rows]
    decided = dict(
        Operation.objects.filter(run__in=numbers, kind="act", redo_of=None).order_by("-id").values_list("run", "id")
    )  # the first, should there be several
    asked = [run.id for run in rows if run.cause != journal_runs.COLLECTED]
    judged = dict(
        Operation.objects.filter(run__in=asked, kind="judge", redo_of=None).order_by("-id").values_list("run", "id")
    )
    ended = became([*decided.values(), *judged.values()], language)
    return {
        run.id: _first(run, ended.get(decided.get(run.id, 0)), ended.get(judged.get(run.id, 0)))
        for run in rows
    }  # fmt: skip


def _first(run: Run, decided: Became | None, judged: Became | None) -> tuple[Line, str]:
    told = decided or judged
    counts = run.counts
    is_judgment = judged is not None or "judged" in counts
    result = told.result if told else "failure" if run.ended_at else "running"
    if judged is not None and judged.result not in ("success", "partial_success"):
        result = judged.result
    line = Line(
        at=run.begun_at, kind=JUDGED if is_judgment else DECIDED, result=result, run=run.id,
        operation=told.operation if told else None, cause=run.cause, requester=run.cause, actor=run.actor,
        pcs=int(counts.get("judged", 0)) if is_judgment else None,
        changed=int(counts.get("changed", 0)) if is_judgment else None,
        attempts=told.attempts if told else 0, ended=run.ended_at, sentence=told.sentence if told else "",
    )  # fmt: skip
    about = judged or (decided if decided and not decided.subject.startswith("run ") else None)
    return line, about.subject if about else ""


def _by_hand(wanted: Wanted, below: int, language: str) -> Iterator[Looked]:
    return merge(*(_of_kind(kind, wanted, below, language) for kind in BY_HAND), key=itemgetter(1), reverse=True)


def _of_kind(kind: str, wanted: Wanted, below: int, language: str) -> Iterator[Looked]:
    while True:
        rows = list(Operation.objects.defer("input").filter(id__lt=below, kind=kind).order_by("-id")[:BATCH])
        meant = [one for one in rows if one.run is None and one.redo_of is None]
        meant = [one for one in meant if _is_in(wanted, one.begun_at, one.requester)]
        ended = became([one.id for one in meant], language)
        for one in rows:
            told = _hand(one, ended[one.id]) if one.id in ended else None
            yield one.begun_at, one.id, False, told if told and wanted.takes(told.lines[0]) else None
        if len(rows) < BATCH or _is_past(wanted, rows[-1].begun_at):
            return
        below = rows[-1].id


def _hand(one: Operation, ended: Became) -> RunTold:
    outcome: dict[str, Any] = one.outcome or {}
    line = Line(
        at=one.begun_at, kind=one.kind, result=ended.result, operation=ended.operation, cause=one.requester,
        requester=ended.requester, actor=ended.actor, subject=one.subject,
        pcs=int(outcome["ordered"]) if "ordered" in outcome else None, attempts=ended.attempts, ended=ended.ended,
        sentence=ended.sentence,
    )  # fmt: skip
    return RunTold(None, one.begun_at, one.requester, one.actor, one.subject, 0, 0, [line])


def all_lines(wanted: Wanted, cursor: str, most: int, language: str) -> tuple[list[Line], str]:
    """Lines of as many pages as hold ``most``, all of the last run, and where to go on."""
    found: list[Line] = []
    while len(found) < most:
        told = page(wanted, cursor, min(500, most - len(found)), language)
        found += [line for one in told.runs for line in one.lines]
        cursor = told.next
        if not cursor:
            break
    return found, cursor


def as_json(page: Page) -> dict[str, Any]:
    """A page as the API says it."""
    return {
        "runs": [
            {
                "run": one.run, "at": one.at.isoformat(), "cause": one.cause, "actor": one.actor, "asked": one.asked,
                "judged": one.judged, "changed": one.changed, "lines": [line_as_json(each) for each in one.lines],
                "more": one.more,
            }
            for one in page.runs
        ],
        "next": page.next,
        "looked_until": page.looked_until.isoformat() if page.looked_until and page.next else None,
    }  # fmt: skip
