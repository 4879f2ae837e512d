"""The history of one PC: its verdicts, the actions about it and those that were held back, newest first.

What it costs: verdicts are read by the index of PCs. Of orders and of what was withheld, the rows of the PC's 1,024
neighbours are read by their time (``touched``), ``LOOKED`` of all at most; where none of them is about this PC the page
ends early and says where to go on. What other stages have to tell of a PC comes by ``Source``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet

from kanmon.action.history import touched
from kanmon.action.history.line import JUDGED, Line, Wanted, bad_place
from kanmon.action.history.line import as_json as line_as_json
from kanmon.action.history.lines import HEAVY, of_orders, of_withheld, runs_of
from kanmon.action.history.results import chunks, policies
from kanmon.action.models import Order, Touched, Withheld
from kanmon.journal.models import Run
from kanmon.judgment.levels import Level
from kanmon.judgment.models import Verdict

LOOKED = 5000
BATCH = 200
MOST = 2**62


class Place(NamedTuple):
    """Of a line, and where a page begins: behind it. ``rank`` of its source, ``id`` of its row."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).strftime('%Y%m%dT%H%M%S.%f')}.{self.rank}.{self.id}"


class Source(Protocol):
    """What another stage tells of PCs."""

    def rows(self, pc: int) -> "tuple[QuerySet[Any], str]":
        """What happened to ``pc`` that no action of a policy has ordered, and the name of its time."""

    def lines(self, rows: Sequence[Any], language: str) -> Mapping[int, Line]:
        """Rows as lines, by their id."""

    def told(self, pc: int, lines: Sequence[Line], language: str) -> Mapping[int, Line]:
        """Lines of actions of policies of which more is known, by their operation."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines newest first. ``next``: where to go on, "" at the end."""

    lines: Sequence[Line]
    next: str


Found = tuple[Place, Any]  # a row, or None: looked at and not about this PC


def page(
    pc: int, wanted: Wanted, cursor: str = "", limit: int = 50, language: str = "en", sources: Sequence[Source] = ()
) -> Page:
    """A page of the history of ``pc``. Raises Refused KNM3293-E for a cursor that is not one of ours."""
    place = _read(cursor) if cursor else None
    streams = [
        _by_key(Verdict.objects.filter(pc=pc), "from_at", 0, place, wanted),
        _touching(pc, place, wanted),
        *(_by_key(*one.rows(pc), 2 + number, place, wanted) for number, one in enumerate(sources)),
    ]
    found: list[Line] = []
    rows = islice(merge(*streams, key=_place, reverse=True), LOOKED)
    looked = 0
    for some in chunks(rows, max(limit, BATCH) + 1):
        shown = _shown(pc, [one for one in some if one[1] is not None], language, sources)
        for at, _ in some:
            if len(found) == limit:
                return Page(found, str(place))
            place, looked = at, looked + 1
            line = shown.get(at)
            if line is not None and _is_wanted(wanted, line):
                found.append(line)
    return Page(found, str(place) if looked == LOOKED else "")


def _is_wanted(wanted: Wanted, line: Line) -> bool:
    return (not wanted.cause or line.cause == wanted.cause) and wanted.takes(line)


def _place(one: Found) -> Place:
    return one[0]


def _read(cursor: str) -> Place:
    try:
        day, micros, rank, id = cursor.split(".")
        at = datetime.strptime(f"{day}.{micros}", "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        place = Place(at, int(rank), int(id))
    except ValueError:
        raise bad_place(cursor) from None
    if abs(place.id) > MOST:
        raise bad_place(cursor)
    return place


def _by_key(rows: QuerySet[Any], time: str, rank: int, after: Place | None, wanted: Wanted) -> Iterator[Found]:
    """``rows`` newest first behind ``after``, a batch at a time, within the times that are wanted."""
    if wanted.since is not None:
        rows = rows.filter(**{f"{time}__gte": wanted.since})
    if wanted.until is not None:
        rows = rows.filter(**{f"{time}__lt": wanted.until})
    while True:
        some = list(_behind(rows, time, rank, after).order_by(f"-{time}", "-id")[:BATCH])
        for row in some:
            after = Place(getattr(row, time), rank, row.id)
            yield after, row
        if len(some) < BATCH:
            return


def _behind(rows: QuerySet[Any], time: str, rank: int, after: Place | None) -> QuerySet[Any]:
    if after is None:
        return rows
    rows = rows.filter(**{f"{time}__lte": after.at})
    if rank > after.rank:
        return rows.filter(**{f"{time}__lt": after.at})
    return rows if rank < after.rank else rows.filter(Q(**{f"{time}__lt": after.at}) | Q(id__lt=after.id))


def _touching(pc: int, after: Place | None, wanted: Wanted) -> Iterator[Found]:
    rows = Touched.objects.filter(bucket=pc // touched.CHUNK)
    for place, row in _by_key(rows, "at", 1, after, wanted):
        yield place, row if touched.has(row, pc) else None


def _shown(pc: int, found: Sequence[Found], language: str, sources: Sequence[Source]) -> dict[Place, Line]:
    """The rows as lines."""
    of_rank: dict[int, list[Any]] = {}
    for place, row in found:
        of_rank.setdefault(place.rank, []).append(row)
    lines: dict[tuple[int, int], Line] = {}
    lines |= {(0, id): line for id, line in _verdicts(of_rank.get(0, [])).items()}
    lines |= {(1, id): line for id, line in _actions(pc, of_rank.get(1, []), language, sources).items()}
    for number, source in enumerate(sources, 2):
        if of_rank.get(number):
            lines |= {(number, id): line for id, line in source.lines(of_rank[number], language).items()}
    return {place: lines[place.rank, place.id] for place, _ in found if (place.rank, place.id) in lines}


def _verdicts(rows: Sequence[Verdict]) -> dict[int, Line]:
    runs, names = runs_of([row.run for row in rows]), policies(row.policy_version for row in rows)
    return {row.id: _verdict(row, runs.get(row.run), names.get(row.policy_version, "")) for row in rows}


def _verdict(row: Verdict, run: Run | None, policy: str) -> Line:
    return Line(
        at=row.from_at, kind=JUDGED, result="success", run=row.run, cause=row.cause, requester=row.cause,
        actor=run.actor if run else "", level_before=Level(row.level_before), level=Level(row.level), policy=policy,
        pcs=1, ended=row.from_at,
    )  # fmt: skip


def _actions(pc: int, rows: Sequence[Touched], language: str, sources: Sequence[Source]) -> dict[int, Line]:
    orders = _in_bulk(Order.objects.defer(*HEAVY), [row.order for row in rows])
    withheld = _in_bulk(Withheld.objects.defer("pcs"), [row.withheld for row in rows])
    runs = runs_of([row.run for row in [*orders, *withheld]])
    ordered, held_back = of_orders(orders, runs, language), of_withheld(withheld, runs, language)
    for source in sources:
        told = source.told(pc, list(ordered.values()), language)
        ordered = {id: told.get(line.operation or 0, line) for id, line in ordered.items()}
    lines = {row.id: ordered.get(row.order or 0) or held_back.get(row.withheld or 0) for row in rows}
    return {id: line for id, line in lines.items() if line is not None}


def _in_bulk(rows: QuerySet[Any], ids: Iterable[int | None]) -> list[Any]:
    found: list[Any] = []
    for some in chunks((id for id in ids if id is not None), 500):
        found += rows.filter(id__in=some)
    return found


def all_lines(
    pc: int, wanted: Wanted, cursor: str, most: int, language: str, sources: Sequence[Source]
) -> tuple[list[Line], str]:
    """``most`` lines of ``pc``, and where to go on."""
    found: list[Line] = []
    while len(found) < most:
        told = page(pc, wanted, cursor, min(500, most - len(found)), language, sources)
        found += told.lines
        cursor = told.next
        if not cursor:
            break
    return found, cursor


def as_json(page: Page) -> dict[str, Any]:
    """A page as the API says it."""
    return {"lines": [line_as_json(one) for one in page.lines], "next": page.next}
