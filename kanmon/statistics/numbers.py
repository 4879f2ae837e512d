"""What is stored of a group and a day, and the shares and means that follow from it. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from kanmon.judgment.levels import ITEMS, Level

LEVELS = tuple(Level)
JUDGED = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.UNKNOWN, Level.SAFE)
OVERALL = "all"
Share = tuple[int, int]  # of so many, so many


class Numbers(msgspec.Struct, kw_only=True):
    """Counts of PCs. ``levels``: by ``LEVELS``; ``items``: the same for each of ``ITEMS``; ``points`` is their sum over the
    ``pointed`` PCs that have some; ``mended``: whole hours from Danger till Safe -> PCs; ``own`` and ``patched``: in
    order, of how many.
    """

    levels: list[int]
    items: list[list[int]]
    points: int = 0
    pointed: int = 0
    mended: dict[int, int] = {}
    own: dict[str, Share] = {}
    patched: Share | None = None

    @property
    def pcs(self) -> int:
        """All PCs under management."""
        return sum(self.levels)

    def at(self, level: Level, item: str = OVERALL) -> int:
        """How many PCs are at a level, over all or by one item."""
        return (self.levels if item == OVERALL else self.items[ITEMS.index(item)])[LEVELS.index(level)]

    def usage(self, item: str = OVERALL) -> Share:
        """Countermeasure usage: PCs in order (Safe), of those that were judged and to which it applies."""
        return self.at(Level.SAFE, item), sum(self.at(level, item) for level in JUDGED)

    def mean_points(self) -> float | None:
        """Evaluation points of the group: the mean of its PCs."""
        return self.points / self.pointed if self.pointed else None


def none() -> Numbers:
    """Of nobody."""
    return Numbers(levels=[0] * len(LEVELS), items=[[0] * len(LEVELS) for _ in ITEMS])


def percent(share: Share | None) -> float | None:
    """A share in per cent; None of nobody."""
    return 100 * share[0] / share[1] if share is not None and share[1] else None


def hours_within(mended: Mapping[int, int], part: float) -> int | None:
    """Within how many hours that ``part`` (0 to 1) of the PCs was mended: the hour in which the last of them was."""
    all_pcs, sofar = sum(mended.values()), 0
    for hours in sorted(mended):
        sofar += mended[hours]
        if sofar >= part * all_pcs:
            return hours + 1
    return None


def together(mended: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The PCs that were mended on several days."""
    found: dict[int, int] = {}
    for one in mended:
        for hours, count in one.items():
            found[hours] = found.get(hours, 0) + count
    return dict(sorted(found.items()))


def encode(numbers: Numbers) -> dict[str, object]:
    """As JSON keeps it."""
    plain: dict[str, object] = msgspec.to_builtins(numbers, str_keys=True)
    return plain


def decode(body: object) -> Numbers:
    """Numbers that were stored."""
    return msgspec.convert(body, Numbers, strict=False)


class Place(NamedTuple):
    """A group; the whole has number 0 and the path "/"."""

    group: int
    path: str


class Row(NamedTuple):
    """A group in a period, that begins with ``first``. ``day``: the stored one that it stands for."""

    first: date
    day: date
    place: Place
    numbers: Numbers
