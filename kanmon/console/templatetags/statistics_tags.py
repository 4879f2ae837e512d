"""Numbers of statistics in the reader's language."""

from datetime import date

from django import template

from kanmon.console import statistics_words
from kanmon.statistics.measures import Unit
from kanmon.statistics.periods import By

register = template.Library()


@register.filter
def told(value: float | None, unit: Unit) -> str:
    """ "71.2 %"."""
    return statistics_words.value(value, unit)


@register.filter
def raw(value: float | None) -> str:
    """For the graph: a plain number, or nothing."""
    return "" if value is None else f"{value:.2f}"


@register.filter
def period(first: date, by: By) -> str:
    """ "16 Nov"."""
    return statistics_words.period(first, by)


@register.filter
def short_day(day: date) -> str:
    """ "16 Nov"."""
    return statistics_words.period(day, "day")


@register.filter
def place(path: str) -> str:
    """The name of a group."""
    return statistics_words.place(path)
