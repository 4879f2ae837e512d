"""The PC list: search, filter, sort, a page at a time."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from kanmon.common import clock
from kanmon.console.read import findings, keep, paging
from kanmon.console.shown.lists import Page
from kanmon.console.shown.pcs import PcQuery, PcRow
from kanmon.inventory import managing
from kanmon.inventory.models import Group, Identity, Pc
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState

STALE_DAYS = 14
SORTS = {"level": True, "host": False, "last_seen": True}  # name -> falls at first
GROUPS_SHOWN = 2000
Ids = frozenset[int]
MOST_SORTED = 20_000


@keep.for_seconds(3)
def level_counts(only: Ids | None = None) -> dict[Level, int]:
    """How many PCs are at each level, every level once, worst first. A PC without a state is not judged yet.

    ``only``: ids of the groups that are counted; None: all.
    """
    states = PcState.objects.all() if only is None else PcState.objects.filter(pc__in=_of_groups(only).values("id"))
    counted = dict(states.values_list("level").annotate(n=Count("pc")).order_by())
    counts = {level: counted.get(int(level), 0) for level in Level}
    counts[Level.NOT_JUDGED] += max(0, how_many(only) - sum(counted.values()))
    return counts


def _of_groups(only: Ids) -> QuerySet[Pc]:
    return managing.listed().filter(group__in=only)


@keep.for_seconds(3)
def how_many(only: Ids | None = None) -> int:
    """How many PCs lists show, of the groups ``only`` or of all."""
    return managing.how_many() if only is None else _of_groups(only).count()


def groups(only: Ids | None = None) -> list[str]:
    """Paths of the groups, for the filter."""
    found = Group.objects.all() if only is None else Group.objects.filter(id__in=only)
    return list(found.exclude(path="/").order_by("path").values_list("path", flat=True)[:GROUPS_SHOWN])


def stale_before() -> Q:
    """PCs that have not been seen for ``STALE_DAYS`` days."""
    return Q(last_seen_at__lt=clock.now() - timedelta(days=STALE_DAYS))


def mac_prefix(text: str) -> str:
    """The beginning of a MAC address as it is stored, or "" when ``text`` is none."""
    digits = re.sub(r"[:\-. ]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{4,12}", digits):
        return ""
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))


def _text(text: str) -> Q:
    found = Q(host__icontains=text) | Q(user__icontains=text)
    found |= Q(serial__icontains=text) | Q(asset_number__icontains=text)
    if mac := mac_prefix(text):
        macs = Identity.objects.filter(kind="mac", value__gte=mac, value__lt=mac + "g")  # "g" comes after all digits
        found |= Q(id__in=macs.values("pc"))
    return found


def _conditions(query: PcQuery) -> Q:
    """What the query asks of a PC itself (not of its level)."""
    wanted = Q() if query.only is None else Q(group__in=query.only)
    if query.text:
        wanted &= _text(query.text)
    if query.group:
        wanted &= Q(group__path=query.group) | Q(group__path__startswith=query.group.rstrip("/") + "/")
    if query.managed is not None:
        wanted &= Q(managed=query.managed)
    if query.stale:
        wanted &= stale_before()
    if query.removed:
        wanted &= Q(retired_at__isnull=False)
    return wanted


def _pcs(query: PcQuery) -> QuerySet[Pc]:
    """The PCs that the query describes; removed ones only where it asks for them."""
    return (Pc.objects.all() if query.removed else managing.listed()).filter(_conditions(query))


class _Found(NamedTuple):
    """A PC that a search found, with all that it can be sorted by."""

    pc: int
    level: int
    host: str
    last_seen: datetime


COLUMNS = {"host": "host", "last_seen": "last_seen_at"}
KINDS = {"level": int, "host": str, "last_seen": datetime}


def pcs(query: PcQuery) -> Page[PcRow]:
    """One page of the PCs that the query describes.

    What a text search finds is sorted in memory as long as it is under ``MOST_SORTED`` PCs; everything else
    walks the index of the column that it is sorted by, from the cursor on.
    """
    if query.text and (found := _search(query)) is not None:
        cursor = paging.read(query.cursor, KINDS[query.sort])
        order = paging.Order(query.sort, "pc", query.descending, cursor, query.size)
        return order.page(order.pick(found), len(found), lambda some: rows([one.pc for one in some]))
    return _by_level(query) if query.sort == "level" else _by_column(query)


def _search(query: PcQuery) -> list[_Found] | None:
    """All PCs that the query describes; None when they are too many to sort in memory."""
    matching = _pcs(query).order_by().values_list("id", "host", "last_seen_at")
    some = list(matching[: MOST_SORTED + 1])
    if len(some) > MOST_SORTED:
        return None
    levels: dict[int, int] = {}
    for start in range(0, len(some), 500):
        part = [number for number, _, _ in some[start : start + 500]]
        levels |= dict(PcState.objects.filter(pc__in=part).values_list("pc", "level"))
    found = (_Found(number, levels.get(number, 0), host, at) for number, host, at in some)
    return [one for one in found if not query.levels or Level(one.level) in query.levels]


def _stateless() -> int:
    """How many PCs have no state: they are not judged yet."""
    return max(0, managing.how_many() - PcState.objects.count())


def _by_column(query: PcQuery) -> Page[PcRow]:
    """Sorted by a column of the PC itself."""
    conditions = _conditions(query)
    found = _pcs(query)
    levels = [int(level) for level in query.levels]
    if levels:
        state = PcState.objects.filter(pc=OuterRef("id"))
        at = Q(Exists(state.filter(level__in=levels)))
        found = found.filter(at | ~Q(Exists(state)) if Level.NOT_JUDGED in query.levels else at)
    if levels and not conditions:
        total = PcState.objects.filter(level__in=levels).count() + _stateless() * (Level.NOT_JUDGED in query.levels)
    else:
        total = found.count() if levels or conditions else managing.how_many()
    cursor = paging.read(query.cursor, KINDS[query.sort])
    order = paging.Order(COLUMNS[query.sort], "id", query.descending, cursor, query.size)
    return order.page(order.fetch(found), total, lambda some: rows([pc.id for pc in some]))


def _by_level(query: PcQuery) -> Page[PcRow]:
    """Sorted by level: the index of the states is walked; PCs without a state come as "not judged yet"."""
    conditions = _conditions(query)
    order = paging.Order("level", "pc", query.descending, paging.read(query.cursor), query.size)
    judged = PcState.objects.all()
    if query.levels:
        judged = judged.filter(level__in=[int(level) for level in query.levels])
    if conditions:
        judged = judged.filter(Exists(Pc.objects.filter(conditions, id=OuterRef("pc"))))
    total, found = judged.count(), order.fetch(judged)
    if not query.levels or Level.NOT_JUDGED in query.levels:
        stateless = _pcs(query).filter(~Q(Exists(PcState.objects.filter(pc=OuterRef("id")))))
        total += stateless.count() if conditions else _stateless()
        if not (order.falling and len(found) > order.size):  # they come last: not needed for a full page
            found = order.merge(found, order.fetch(stateless.annotate(level=Value(0), pc=F("id"))))
    return order.page(found, total, lambda some: rows([one.pc for one in some]))


def rows(numbers: Collection[int]) -> list[PcRow]:
    """The rows of these PCs, in this order."""
    pcs_by_number = Pc.objects.select_related("group").in_bulk(list(numbers))
    states = PcState.objects.in_bulk(list(numbers))
    worst = findings.worst(states.values())
    return [_row(pcs_by_number[n], states.get(n), worst) for n in numbers if n in pcs_by_number]


def _row(pc: Pc, state: PcState | None, worst: dict[int, str]) -> PcRow:
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
