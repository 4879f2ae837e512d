"""The PC list: the search is ``kanmon.search``; here its rows, a page at a time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from pyroaring import BitMap

from kanmon.common import clock
from kanmon.console.read import findings, keep, paging, told
from kanmon.console.shown.lists import Page
from kanmon.console.shown.pcs import PcQuery, PcRow
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState
from kanmon.network.models import Entry
from kanmon.search import order as ordering
from kanmon.search.asked import Asked
from kanmon.search.filters.text import as_mac
from kanmon.search.find import Found, choices, find
from kanmon.search.roster import ROSTER

STALE_DAYS = 14
SORTS = {"level": True, "host": False, "last_seen": True}  # name -> falls at first
COLUMNS = {"host": "host", "last_seen": "last_seen_at"}
KINDS = {"level": int, "host": str, "last_seen": datetime}
FEW = 4_000  # PCs up to which those of a search are sorted in memory
_AT_ONCE = 20_000  # rows of an index that are looked at in one go
Ids = frozenset[int]


@keep.for_seconds(3)
def level_counts(only: Ids | None = None) -> dict[Level, int]:
    """How many PCs are at each level, every level once, worst first. A PC without a state is not judged yet.

    ``only``: ids of the groups that are counted; None: all.
    """
    return {Level[one.value.upper()]: one.pcs for one in choices("level", Asked(), only)}


def _of_groups(only: Ids) -> QuerySet[Pc]:
    return managing.listed().filter(group__in=only)


@keep.for_seconds(3)
def how_many(only: Ids | None = None) -> int:
    """How many PCs lists show, of the groups ``only`` or of all. Counted by SQL until the roster is loaded: at a million
    PCs that walks over the table for half a second on PostgreSQL, and the frame of every page has the number.
    """
    if not ROSTER.loaded:
        return managing.how_many() if only is None else _of_groups(only).count()
    ROSTER.catch_up()
    with ROSTER.lock:
        return len(ROSTER.listed() if only is None else ROSTER.listed() & ROSTER.in_groups(only))


def stale_before() -> Q:
    """PCs that have not been seen for ``STALE_DAYS`` days."""
    return Q(last_seen_at__lt=clock.now() - timedelta(days=STALE_DAYS))


mac_prefix = as_mac


def pcs(query: PcQuery, found: Found | None = None) -> Page[PcRow]:
    """One page of the PCs that the query describes. ``found``: what its search has given, when it was asked already."""
    meant = (found or find(query.search, query.only)).pcs
    cursor = paging.read(query.cursor, KINDS[query.sort])
    order = paging.Order(COLUMNS.get(query.sort, "level"), "id", query.descending, cursor, query.size)
    if query.sort == "level":
        order = replace(order, key="pc")
        after = (int(cursor.value), cursor.id) if cursor else None
        some: list[Any] = list(ordering.by_level(meant, order.size + 1, order.falling, after))
        return order.page(some, len(meant), lambda page: rows([one.pc for one in page], query.columns))
    some = _sorted(order, meant) if len(meant) <= FEW else _walked(order, meant)
    return order.page(some, len(meant), lambda page: rows([one.id for one in page], query.columns))


def _sorted(order: paging.Order, meant: BitMap) -> list[Any]:
    """The rows of the page, and one more, from all that the search has found."""
    numbers, found = list(meant), []
    for start in range(0, len(numbers), 500):
        part = Pc.objects.filter(id__in=numbers[start : start + 500])
        found += list(part.order_by().values_list("id", order.column, named=True))
    return order.pick(found)


def _walked(order: paging.Order, meant: BitMap) -> list[Any]:
    """The same by walking the index of the column from the cursor on, past PCs that are not meant."""
    found: list[Any] = []
    step, at_once = order, min(_AT_ONCE, 2 * order.size + 10)
    while len(found) <= order.size:
        step = replace(step, size=at_once)
        rows = step.fetch(Pc.objects.values_list("id", order.column, named=True))
        found += [row for row in rows if row.id in meant]
        if len(rows) <= at_once:
            break
        last = rows[-1]
        step = replace(step, cursor=paging.Cursor(getattr(last, order.column), last.id, 1, order.back))
        at_once = min(_AT_ONCE, 4 * at_once)
    return found[: order.size + 1]


def rows(numbers: Collection[int], columns: Collection[str] = ()) -> list[PcRow]:
    """The rows of these PCs, in this order. ``columns``: what is read only when it is asked for."""
    pcs_by_number = Pc.objects.select_related("group").in_bulk(list(numbers))
    states = PcState.objects.in_bulk(list(numbers))
    worst = findings.worst(states.values())
    network = _network(numbers)
    found = [_row(pcs_by_number[n], states.get(n), worst, network) for n in numbers if n in pcs_by_number]
    systems = told.systems(numbers) if "os" in columns else {}
    addresses = told.addresses(numbers) if {"address", "mac"} & set(columns) else {}
    if not systems and not addresses:
        return found
    nothing = ("", "")
    return [
        replace(row, os=systems.get(row.number, ""), address=address, mac=mac)
        for row in found
        for address, mac in (addresses.get(row.number, nothing),)
    ]


_WORST_FIRST = ("refuse", "deny", "permit")


def _network(numbers: Collection[int]) -> dict[int, str]:
    """By PC: the worst that is ordered for one of its MACs."""
    said = set(Entry.objects.filter(pc__in=list(numbers)).exclude(state="").values_list("pc", "state"))
    return {pc: min((state for one, state in said if one == pc), key=_WORST_FIRST.index) for pc, _ in said if pc}


def _row(pc: Pc, state: PcState | None, worst: dict[int, str], network: dict[int, str]) -> PcRow:
    state = state or PcState(pc=pc.id)
    return PcRow(
        number=pc.id,
        host=pc.host,
        asset_number=pc.asset_number,
        level=Level(state.level),
        items=tuple(Level(getattr(state, item)) for item in ITEMS),
        worst=worst.get(pc.id, ""),
        user=pc.user,
        group=pc.group.path,
        managed=pc.managed,
        removed=pc.retired_at,
        since=state.since_at,
        network=network.get(pc.id, "unregistered"),
        serial=pc.serial,
        last_seen=pc.last_seen_at,
        judged=state.judged_at,
    )


def host(number: int) -> str:
    """The name of a PC; its number when it is not there."""
    return Pc.objects.filter(pk=number).values_list("host", flat=True).first() or str(number)


def newest_in(level: Level, since: timedelta, size: int, only: Ids | None = None) -> tuple[list[PcRow], int]:
    """The PCs that came to ``level`` within ``since``, newest first, and how many there are."""
    numbers, count = _newest_in(level, since, size, only)
    return rows(numbers), count


@keep.for_seconds(10)
def _newest_in(level: Level, since: timedelta, size: int, only: Ids | None) -> tuple[list[int], int]:
    found = PcState.objects.filter(level=int(level), since_at__gte=clock.now() - since)
    if only is not None:
        found = found.filter(Exists(Pc.objects.filter(group__in=only, id=OuterRef("pc"))))
    return list(found.order_by("-since_at", "pc").values_list("pc", flat=True)[:size]), found.count()
