"""Stored days as series: for each month, week or day and each group its numbers.

Levels, shares and points of a period are those of its last stored day; PCs that were mended are those of all its days.
Groups and their paths are those of now.
"""

from collections.abc import Collection, Iterable
from datetime import date

from kanmon.common import config, zone
from kanmon.common.errors import Refused
from kanmon.inventory.models import Group
from kanmon.statistics import own
from kanmon.statistics.counting import WHOLE
from kanmon.statistics.models import GroupNumbers, StatisticsDay
from kanmon.statistics.numbers import Numbers, Place, Row, decode, together
from kanmon.statistics.periods import BY, SHOWN, By, earlier, first_of, grouped

ROOT = "/"
MOST_GROUPS = 2000
_ROWS = 500
Ids = Collection[int] | None  # groups that somebody is limited to; None: the whole system


def by_of(word: str) -> By:
    """Month, week or day. Raises Refused KNM9007-E."""
    for one in BY:
        if word == one:
            return one
    raise Refused("KNM9007-E", status=422, text=word[:20], what="period", known=", ".join(BY))


def day_of(text: str) -> date:
    """A day as a person writes it. Raises Refused KNM2140-E."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("KNM2140-E", status=422, text=text[:60]) from None


def since_of(by: By, text: str = "") -> date:
    """The first day of the first period, from a day that is given, or the default."""
    begins = str(config.get("statistics.week_begins"))
    if text:
        return first_of(day_of(text), by, begins)
    return earlier(first_of(zone.today(), by, begins), by, SHOWN[by] - 1)


def own_names() -> list[str]:
    """The names of the items of one's own."""
    return [item.name for item in own.read(config.get("statistics.items"))]


def places(path: str, deep: int, only: Ids = None) -> list[Place]:
    """The group at ``path`` and those up to ``deep`` levels below it, by path; of the groups ``only``.

    Without a path: the whole, or the uppermost groups of ``only``. Raises Refused KNM6010-E when it is not there.
    """
    rows = [Place(id, of) for id, of in Group.objects.values_list("id", "path").order_by("path") if of != ROOT]
    seen = [one for one in rows if only is None or one.group in only]
    if only is None:
        seen = [Place(WHOLE, ROOT), *seen]
    tops = [one for one in seen if not any(_below(one.path, other.path) for other in seen)]
    if path:
        tops = [one for one in seen if one.path == path]
        if not tops:
            raise Refused("KNM6010-E", status=404, what="Group", name=path[:200])
    return [one for one in seen if any(_within(one.path, top.path, deep) for top in tops)][:MOST_GROUPS]


def _depth(path: str) -> int:
    return 0 if path == ROOT else path.count("/")


def _below(path: str, top: str) -> bool:
    return path != top and path.startswith(top.rstrip("/") + "/")


def _within(path: str, top: str, deep: int) -> bool:
    return path == top or (_below(path, top) and _depth(path) - _depth(top) <= deep)


def rows(where: Iterable[Place], by: By, since: date, until: date | None = None) -> list[Row]:
    """The numbers of these groups by period, and in it by path."""
    stored = StatisticsDay.objects.filter(day__gte=since, day__lte=until or zone.today())
    periods = grouped(stored.values_list("day", flat=True), by, str(config.get("statistics.week_begins")))
    of = {one.group: one for one in where}
    found: list[Row] = []
    for first, days in periods.items():
        numbers, mended = _read(days, of)
        for group, place in of.items():
            if group in numbers:
                one = numbers[group]
                one.mended = together(mended[group])
                found.append(Row(first, days[-1], place, one))
    return found


def _read(days: list[date], groups: Collection[int]) -> tuple[dict[int, Numbers], dict[int, list[dict[int, int]]]]:
    """The numbers of the last of ``days``, and who was mended on each of them, by group."""
    numbers: dict[int, Numbers] = {}
    mended: dict[int, list[dict[int, int]]] = {}
    wanted = list(groups)
    for start in range(0, len(wanted), _ROWS):
        some = GroupNumbers.objects.filter(group__in=wanted[start : start + _ROWS], day__in=days)
        for group, day, body in some.values_list("group", "day", "body"):
            one = decode(body)
            mended.setdefault(group, []).append(one.mended)
            if day == days[-1]:
                numbers[group] = one
    return numbers, mended
