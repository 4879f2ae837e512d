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
    """A group or user with its mean points (None: nothing was judged), how many PCs, and how many of them in Danger."""

    name: str
    points: float | None
    pcs: int
    danger: int


@dataclass(frozen=True, slots=True)
class Scores:
    """A page of them, worst first. ``day``: the stored day they are of, None: now. ``too_many``: PCs, beyond what is counted."""

    rows: Sequence[Scored]
    total: int
    page: int
    pages: int
    day: date | None = None
    too_many: int = 0

    @property
    def previous(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def following(self) -> int:
        """The page after."""
        return self.page + 1
