"""What a form is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """A word that can be chosen."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A control, or a part with others inside.

    ``kind``: flag, number, choice, text, long, lines, version; group (with a heading), switch (a part that may be left
    out), rows, texts. ``id`` is fit for a page, ``path`` is the name under which it is sent. ``was``: what it said in
    the version that is edited; "" when it says the same. ``problem``: what is wrong with it. ``picks``: what the fleet has
    that could stand there (``picks.PICKS``); "" when nothing is offered.
    """

    kind: str
    path: str
    id: str
    label: str
    value: str = ""
    unit: str = ""
    hint: str = ""
    was: str = ""
    problem: str = ""
    options: Sequence[Option] = ()
    comparison: str = ""
    picks: str = ""
    on: bool = False
    inside: Sequence["Node"] = ()
    rows: Sequence["RowNode"] = ()
    count: int = 0
    most: int | None = None
    page: int = 0

    @property
    def first(self) -> int:
        """The number of the first row that is shown."""
        return self.rows[0].number if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row that is shown."""
        return self.rows[-1].number if self.rows else 0

    @property
    def earlier(self) -> int:
        """Where the rows before these begin."""
        return max(0, self.first - 1 - self.page)


@dataclass(frozen=True, slots=True)
class RowNode:
    """A row of a list: in words, or open with its controls inside. ``wrong``: something in it is."""

    path: str
    id: str
    number: int
    text: str
    open: bool
    wrong: str
    new: bool
    inside: Sequence[Node] = ()
