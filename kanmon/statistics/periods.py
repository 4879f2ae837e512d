"""Days as months, weeks and days. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

By = Literal["month", "week", "day"]
BY: tuple[By, ...] = ("month", "week", "day")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHOWN = {"month": 12, "week": 12, "day": 14}  # periods, when nobody says from when on


def first_of(day: date, by: By, week_begins: str = WEEKDAYS[0]) -> date:
    """The first day of the period in which ``day`` lies."""
    if by == "month":
        return day.replace(day=1)
    if by == "week":
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_begins)) % 7)
    return day


def following(first: date, by: By) -> date:
    """The first day of the next period."""
    if by == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if by == "week" else 1)


def earlier(first: date, by: By, count: int) -> date:
    """The first day of the period ``count`` periods before."""
    if by == "month":
        months = first.year * 12 + first.month - 1 - count
        return date(months // 12, months % 12 + 1, 1)
    return first - timedelta(days=count * (7 if by == "week" else 1))


def grouped(days: Iterable[date], by: By, week_begins: str) -> dict[date, list[date]]:
    """First day of each period that has stored days -> these, in order."""
    found: dict[date, list[date]] = {}
    for day in sorted(days):
        found.setdefault(first_of(day, by, week_begins), []).append(day)
    return found
