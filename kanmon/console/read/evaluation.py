"""Evaluation points, worst first: of groups as the newest stored day has them, of users as verdicts are now."""

from collections.abc import Iterable, Sequence

import numpy as np

from kanmon.console.read import keep
from kanmon.console.shown.statistics import Scored, Scores
from kanmon.inventory import managing
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState
from kanmon.statistics import points, series
from kanmon.statistics.counting import WHOLE
from kanmon.statistics.models import StatisticsDay

PAGE = 50
MOST_PCS = 20_000  # counted by user at a time
DEEPEST = 20
Ids = frozenset[int]


def by_group(group: str, page: int, only: Ids | None = None) -> Scores:
    """The group and all below it. Raises Refused KNM6010-E."""
    newest = StatisticsDay.objects.order_by("-day").values_list("day", flat=True).first()
    where = series.places(group, DEEPEST, only)
    if newest is None:
        return _page((), page)
    rows = series.rows(where, "day", newest, newest)
    scored = [
        Scored(row.place.path, row.numbers.mean_points(), row.numbers.pcs, row.numbers.at(Level.DANGER)) for row in rows
    ]
    found = _page(scored, page)
    return Scores(found.rows, found.total, found.page, found.pages, newest)


def by_user(group: str, page: int, only: Ids | None = None) -> Scores:
    """The users of the managed PCs in the group and below it. Raises Refused KNM6010-E."""
    where = {one.group for one in series.places(group, DEEPEST, only)}
    pcs = managing.listed().filter(managed=True)
    if WHOLE not in where:
        pcs = pcs.filter(group__in=where)
    if (count := pcs.count()) > MOST_PCS:
        return Scores((), 0, 1, 1, too_many=count)
    return _page(_users(frozenset(where)), page)


@keep.for_seconds(30)
def _users(where: Ids) -> list[Scored]:
    pcs = managing.listed().filter(managed=True)
    if WHOLE not in where:
        pcs = pcs.filter(group__in=where)
    users = dict(pcs.values_list("id", "user")[:MOST_PCS])
    of: dict[str, list[tuple[int, int]]] = {user: [] for user in users.values()}
    told = _points(list(users))
    for pc, user in users.items():
        of[user].append(told.get(pc, (points.NONE, Level.NOT_JUDGED)))
    return [_scored(user, rows) for user, rows in of.items()]


def _scored(user: str, rows: Sequence[tuple[int, int]]) -> Scored:
    has = [one for one, _ in rows if one != points.NONE]
    danger = sum(level == Level.DANGER for _, level in rows)
    return Scored(user, sum(has) / len(has) if has else None, len(rows), danger)


def _points(pcs: Sequence[int]) -> dict[int, tuple[int, int]]:
    """PC -> its points and level, of those that were judged."""
    found: dict[int, tuple[int, int]] = {}
    for start in range(0, len(pcs), 900):
        states = PcState.objects.filter(pc__in=pcs[start : start + 900]).exclude(verdict=None)
        rows = list(states.values_list("pc", "level", *ITEMS))
        if rows:
            scores = points.of_many(np.array([row[2:] for row in rows], dtype=np.int16)).tolist()
            found |= {row[0]: (score, row[1]) for row, score in zip(rows, scores, strict=True)}
    return found


def _page(scored: Iterable[Scored], page: int) -> Scores:
    """Worst first; who has no points comes last."""
    ordered = sorted(scored, key=lambda one: (one.points is None, one.points or 0, -one.danger, one.name))
    pages = max(1, -(-len(ordered) // PAGE))
    page = max(1, min(page, pages))
    return Scores(ordered[(page - 1) * PAGE : page * PAGE], len(ordered), page, pages)
