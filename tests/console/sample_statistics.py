"""Stored days of the invented company: each group gets better by and by, with a bad week in between."""

import random
from datetime import timedelta

from kanmon.common import clock, zone
from kanmon.inventory.models import Group
from kanmon.judgment.levels import ITEMS
from kanmon.statistics.models import GroupNumbers, StatisticsDay
from kanmon.statistics.numbers import LEVELS, Numbers, encode

SHARES = {"danger": 0.12, "warning": 0.2, "caution": 0.18, "unknown": 0.25, "not_judged": 0.01}


def fill(days: int, size: int = 200) -> None:
    """``days`` days until yesterday, for the whole and each group."""
    groups = [(0, "/"), *Group.objects.exclude(path="/").order_by("path").values_list("id", "path")]
    today, dice = zone.today(), random.Random(7)
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        times = {"moment": zone.ends(day), "since": zone.begins(day), "stored_at": clock.now()}
        StatisticsDay.objects.create(day=day, operation=0, **times)
        bad = (1.5 if 18 <= back <= 24 else 1.0) * (0.7 + 0.5 * back / days)
        GroupNumbers.objects.bulk_create(
            GroupNumbers(day=day, group=group, path=path, body=encode(_numbers(size // (1 + place), bad, place, dice)))
            for place, (group, path) in enumerate(groups)
        )


def _numbers(pcs: int, bad: float, place: int, dice: random.Random) -> Numbers:
    worse = bad * (0.8 + 0.12 * (place % 5)) * dice.uniform(0.97, 1.03)
    counts = {word: round(pcs * share * worse) for word, share in SHARES.items()}
    counts["safe"] = max(0, pcs - sum(counts.values()))
    levels = [counts.get(level.word, 0) for level in LEVELS]
    hours = {hour: dice.randint(0, 3) for hour in (0, 2, 5, 9, 20, 31)}
    judged = pcs - counts["not_judged"]
    return Numbers(
        levels=levels, items=[levels for _ in ITEMS], points=round(judged * 100 * (1 - 0.2 * worse)), pointed=judged,
        mended={hour: n for hour, n in hours.items() if n}, patched=(round(judged * (1 - 0.1 * worse)), judged),
    )  # fmt: skip
