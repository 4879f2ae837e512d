"""Stored numbers of days for the statistics page."""

from kanmon.console.shown.statistics import Column, Line, Table
from kanmon.statistics import measures, series
from kanmon.statistics.periods import By

LINES_SHOWN = 40
Ids = frozenset[int]


def table(by: By, measure: str, group: str, deep: int, only: Ids | None = None) -> Table:
    """One number of a group and those below it, by period. Raises Refused KNM6010-E (no such group)."""
    where = series.places(group, deep, only)
    rows = series.rows(where[:LINES_SHOWN], by, series.since_of(by))
    days = {row.first: row.day for row in rows}
    of = {(row.place.group, row.first): measures.value(measure, row.numbers) for row in rows}
    lines = [Line(one.path, [of.get((one.group, first)) for first in days]) for one in where[:LINES_SHOWN]]
    told = [line for line in lines if any(value is not None for value in line.values)]
    columns = [Column(first, day) for first, day in days.items()]
    return Table(measures.unit(measure), columns, told, max(0, len(where) - LINES_SHOWN))
