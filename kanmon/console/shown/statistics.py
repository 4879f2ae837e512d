"""The statistics page, and the evaluation page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kanmon.statistics.measures import Unit


@dataclass(frozen=True, slots=True)
class Column:
    """A period, and the stored day that it stands for."""

    first: date
    day: date


@dataclass(frozen=True, slots=True)
class Line:
    """A group and its number in each period; None where there is none."""

    path: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Table:
    """A measure of some groups over periods. ``left_out``: groups that are too many for the page."""

    unit: Unit
    columns: Sequence[Column]
    lines: Sequence[Line]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A group or user with its points; ``change``: since the stored day that is compared with."""

    name: str
    points: float
    pcs: int
    danger: int
    change: float | None = None
