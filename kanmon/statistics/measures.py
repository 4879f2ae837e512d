"""What can be told of the numbers of a group: one number each, with its unit. Pure.

Words: ``points``, ``usage`` and ``usage.<item>``, ``pcs``, ``level.<level>``, ``mend`` (median hours) and ``mend.slow``
(hours within which nine of ten were mended), ``patched``, ``own.<name>``.
"""

from collections.abc import Iterable
from typing import Literal

from kanmon.common.errors import Refused
from kanmon.judgment.levels import ITEMS, Level
from kanmon.statistics.numbers import Numbers, hours_within, percent

Unit = Literal["percent", "points", "pcs", "hours"]
SHOWN_LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE, Level.UNKNOWN, Level.NOT_JUDGED)
FIXED = (
    "usage",
    *(f"usage.{item}" for item in ITEMS),
    "points",
    *(f"level.{level.word}" for level in SHOWN_LEVELS),
    "pcs",
    "mend",
    "mend.slow",
    "patched",
)


def known(own: Iterable[str]) -> list[str]:
    """All words, with the items of one's own of these names."""
    return [*FIXED, *(f"own.{name}" for name in own)]


def check(word: str, own: Iterable[str]) -> str:
    """``word``, when it is known. Raises Refused KNM9007-E."""
    words = known(own)
    if word not in words:
        raise Refused("KNM9007-E", status=404, text=word[:60], what="measure", known=", ".join(words))
    return word


def unit(word: str) -> Unit:
    """The unit of a measure."""
    if word == "points":
        return "points"
    if word.startswith("mend"):
        return "hours"
    return "pcs" if word == "pcs" or word.startswith("level.") else "percent"


def value(word: str, numbers: Numbers) -> float | None:
    """The number; None when there is nobody of whom it could be told."""
    kind, _, rest = word.partition(".")
    if kind == "usage":
        return percent(numbers.usage(rest) if rest else numbers.usage())
    if kind == "own":
        return percent(numbers.own.get(rest))
    if kind == "level":
        return numbers.at(Level[rest.upper()])
    if kind == "mend":
        return hours_within(numbers.mended, 0.9 if rest else 0.5)
    if kind == "patched":
        return percent(numbers.patched)
    return numbers.mean_points() if kind == "points" else numbers.pcs
