"""What the stored days tell on the overview: one row a day and group, at most 30 days."""

from datetime import date, timedelta

from kanmon.common import config, zone
from kanmon.console.read import keep
from kanmon.console.shown.overview import Days
from kanmon.judgment.levels import Level
from kanmon.statistics import series
from kanmon.statistics.numbers import Numbers, hours_within, percent, together

SHOWN_DAYS = 30
Ids = frozenset[int]


@keep.for_seconds(30)
def _stored(only: Ids | None = None) -> dict[date, list[Numbers]]:
    """By day before today: the numbers of the whole, or of the uppermost groups that somebody is limited to."""
    today = zone.today()
    found: dict[date, list[Numbers]] = {}
    rows = series.rows(
        series.places("", 0, only), "day", today - timedelta(days=SHOWN_DAYS), today - timedelta(days=1)
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.day, []).append(row.numbers)
    return found


def levels(only: Ids | None = None) -> dict[Level, list[int]]:
    """How many PCs were at each level, day by day, the oldest first."""
    return {level: [sum(one.at(level) for one in of) for of in _stored(only).values()] for level in Level}


def days(only: Ids | None = None) -> Days:
    """Time to mend over these days; shares and points of the newest."""
    stored = _stored(only)
    wanted = int(config.get("statistics.patched_days"))
    if not stored:
        return Days(patched_days=wanted)
    newest = max(stored)
    mended = together(one.mended for of in stored.values() for one in of)
    patched = [one.patched for one in next((of for of in reversed(list(stored.values())) if of[0].patched), [])]
    in_order = [one for one in patched if one is not None]
    pointed = sum(one.pointed for one in stored[newest])
    return Days(
        newest=newest,
        mend_hours=hours_within(mended, 0.5),
        mend_slow_hours=hours_within(mended, 0.9),
        patched=percent((sum(good for good, _ in in_order), sum(of for _, of in in_order))),
        patched_days=wanted,
        points=sum(one.points for one in stored[newest]) / pointed if pointed else None,
        is_yesterday=newest == zone.today() - timedelta(days=1),
    )
