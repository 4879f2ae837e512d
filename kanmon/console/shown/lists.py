"""A part of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a longer list. ``previous`` and ``next`` are cursors, "" where there is none."""

    rows: Sequence[Row]
    total: int
    first: int  # position of the first row, from 1
    size: int
    previous: str = ""
    next: str = ""

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return self.first + len(self.rows) - 1
