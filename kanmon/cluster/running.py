"""Which operations were running when a node was lost, counted and page by page. Queries over entries, and no more.

The entries around a take-over, in the order of their numbers:

    ... started 7 | finished 8 | interrupted 9 |  take-over: interrupted 7, in_doubt 6 |  started 7 ... finished 7 ...
                    \\_ ended before            \\_ ``first``               ``last`` _/   \\_ what became of them

Four kinds belong to the report of a take-over:
* what the take-over itself has put back or found in doubt (entries between ``first`` and ``last`` under its term),
* what was put down in the last seconds of the term before (a stop in order, a lease that could not be renewed), and
  was not begun again under it,
* what an earlier take-over had put back or found in doubt, and nobody had begun again or decided before this one: a
  node that died while it was recovering has a report too, but whoever reads only the newest one must not miss that,
* what had ended in the last seconds before: it needs nothing, and that is what its owner wants to know.

Everything is bounded: by numbers of entries, by seconds, by rows. ``seq + 0`` keeps a planner without statistics (right
after a restore, or ten thousand new rows) from reading a long range of numbers for each operation instead of its few
entries: 14 s became 0.2 s.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kanmon.cluster import outcome as outcomes
from kanmon.cluster.outcome import DECIDING, Group, Outcome
from kanmon.cluster.rows import Reported, Running, rows
from kanmon.journal.models import Entry, Takeover
from kanmon.journal.states import State
from kanmon.journal.writing import sql_time

PAGE = 1000
BEFORE_SECONDS = 30.0  # how long before the loss an operation may have ended to be listed
REACH_ENTRIES = 200_000
EARLIER_TAKEOVERS = 10

_RESCUED = """SELECT operation, seq, 0 AS ended FROM entry WHERE seq > %s AND seq <= %s AND term = %s
 AND event IN ('interrupted', 'in_doubt')"""
_NOT_AGAIN = """ AND NOT EXISTS (SELECT 1 FROM entry a WHERE a.operation = entry.operation AND a.seq + 0 > entry.seq
 AND a.seq + 0 <= %s AND a.event IN ('started', 'cancelled', 'held', 'redone', 'it_ran', 'closed'))"""
_LEFT = _RESCUED + _NOT_AGAIN
_RECENT = "SELECT operation, seq, {} FROM entry WHERE seq > %s AND seq <= %s AND at >= %s AND event IN {}"
_WITH = """
WITH part AS ({parts}),
found AS (SELECT operation, MAX(seq) AS seq, MAX(ended) AS ended FROM part WHERE operation IS NOT NULL GROUP BY operation),
told AS (
  SELECT found.operation, found.seq, found.ended, {flags}
  FROM found LEFT JOIN entry e ON e.operation = found.operation AND e.seq + 0 > found.seq AND e.event IN {deciding}
  GROUP BY found.operation, found.seq, found.ended
)
"""
_FLAGS = ", ".join(f"MAX(CASE WHEN e.event = '{event}' THEN 1 ELSE 0 END) AS f_{event}" for event in DECIDING)
_NAMES = ", ".join(f"f_{event}" for event in DECIDING)


@dataclass(frozen=True, slots=True)
class Span:
    """The entries of a take-over: those after ``first`` up to ``last``. ``floor`` and ``cut``: how far back to look,
    by number and by time. ``earlier``: take-overs before it whose operations may not have been begun again.
    """

    takeover: Takeover
    first: int
    last: int
    floor: int
    cut: datetime
    newest_at: datetime
    earlier: tuple[Takeover, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """All operations of a report, whatever is shown of them."""

    total: int
    groups: Counter[Group]
    outcomes: Counter[Outcome]
    needs_person: int


def span(takeover: Takeover) -> Span:
    """Where the entries of ``takeover`` are."""
    first, last = _entries(takeover)
    newest = Entry.objects.filter(seq__lte=first).order_by("-seq").values_list("at", flat=True).first() or takeover.at
    cut = newest - timedelta(seconds=BEFORE_SECONDS)
    floor, reach = first, 500
    while floor > 0 and reach <= REACH_ENTRIES:
        floor = first - reach
        at = Entry.objects.filter(seq__lte=floor).order_by("-seq").values_list("at", flat=True).first()
        if at is None or at < cut:
            break
        reach *= 4
    before = Takeover.objects.filter(term__lt=takeover.term).order_by("-term")[:EARLIER_TAKEOVERS]
    earlier = tuple(one for one in before if _left_something(one, first))
    return Span(takeover, first, last, max(floor, 0), cut, newest, earlier)


def _left_something(earlier: Takeover, first: int) -> bool:
    """Whether something that ``earlier`` put back or found in doubt stood open at the entry ``first``."""
    if not (earlier.counts.get("interrupted") or earlier.counts.get("in_doubt")):
        return False
    return bool(_fetch(f"{_LEFT} LIMIT 1", [*_entries(earlier), earlier.term, first]))


def _entries(takeover: Takeover) -> tuple[int, int]:
    first, last = takeover.counts.get("entries", (0, 0))
    return int(first), int(last)


def count(span: Span) -> Counted:
    """Every operation of the report, by group and by outcome."""
    sql, values = _told(span)
    asked = f"{sql} SELECT o.kind, o.state, told.ended, {_NAMES}, COUNT(*) FROM told"
    asked += f" JOIN operation o ON o.id = told.operation GROUP BY o.kind, o.state, told.ended, {_NAMES}"
    groups: Counter[Group] = Counter()
    found: Counter[Outcome] = Counter()
    for kind, state, ended, *flags, number in _fetch(asked, values):
        groups[outcomes.group_of(kind)] += number
        found[outcomes.outcome(State(state), bool(ended), _events(flags))] += number
    needs = sum(number for what, number in found.items() if what.needs_person)
    return Counted(sum(found.values()), groups, found, needs)


def page(span: Span, group: Group, after: int, limit: int) -> list[Reported]:
    """Operations of ``group`` with an id above ``after``, by id."""
    these, named = outcomes.kinds_of(group)
    inside = f"o.kind {'IN' if these else 'NOT IN'} ({_marks(named)})"
    return _page(span, f"{inside} AND o.id > %s", [*named, after], limit)


def in_doubt(span: Span, limit: int) -> list[Reported]:
    """Those that are in doubt now, by id."""
    return _page(span, "o.state = 'in_doubt' AND told.ended = 0", [], limit)


def _page(span: Span, condition: str, more: Sequence[Any], limit: int) -> list[Reported]:
    sql, values = _told(span)
    asked = f"{sql} SELECT o.id, o.state, told.seq, told.ended, {_NAMES} FROM told"
    asked += f" JOIN operation o ON o.id = told.operation WHERE {condition} ORDER BY o.id LIMIT %s"
    found = [
        Running(id, seq, outcomes.outcome(State(state), bool(ended), _events(flags)))
        for id, state, seq, ended, *flags in _fetch(asked, [*values, *more, min(limit, PAGE + 1)])
    ]
    return rows(found, span.newest_at)


def _told(span: Span) -> tuple[str, list[Any]]:
    """The common part of all queries, and its values."""
    cut = sql_time(span.cut)
    parts = [
        _RESCUED,
        _RECENT.format(0, "('interrupted', 'suspended', 'in_doubt')") + _NOT_AGAIN,
        _RECENT.format(1, "('finished', 'failed')"),
    ]
    values: list[Any] = [span.first, span.last, span.takeover.term]
    values += [span.floor, span.first, cut, span.first]
    values += [span.floor, span.first, cut]
    for one in span.earlier:
        parts.append(_LEFT)
        values += [*_entries(one), one.term, span.first]
    deciding = "(" + ", ".join(f"'{event}'" for event in DECIDING) + ")"
    return _WITH.format(parts=" UNION ALL ".join(parts), flags=_FLAGS, deciding=deciding), values


def _fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _events(flags: Sequence[int]) -> list[str]:
    return [event for event, flag in zip(DECIDING, flags, strict=True) if flag]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
