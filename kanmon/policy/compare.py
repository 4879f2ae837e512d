"""Does what was found satisfy what a rule asks? Names, versions, dates, numbers and texts.

A *name pattern* is one of three: plain text (the whole name, upper and lower case alike), text with
``*`` and ``?`` (the whole name again), or ``/regex/`` (found anywhere). All patterns run under RE2, whose
time grows with the text only; what people type never reaches a backtracking engine.

A value that was not given gives None, never true or false.
"""

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal, get_args

import re2

from kanmon.policy.version_order import is_day, order

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
COMPARISONS: tuple[str, ...] = get_args(Comparison)

# Properties whose texts are versions: they are ordered by scheme, not by the alphabet.
VERSION_PROPERTIES = frozenset({"version", "engine", "definitions", "build"})


class BadPattern(ValueError):
    """A name pattern that RE2 does not accept; the text says why."""


@cache
def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


@lru_cache(maxsize=20_000)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a name matches ``pattern``. Raises BadPattern."""
    if is_expression(pattern):
        search = _compiled(expression(pattern)).search
        return lambda text: search(text) is not None
    folded = pattern.casefold()
    if not is_pattern(pattern):
        return lambda text: text.casefold() == folded
    if folded == "*":
        return lambda text: True
    if "?" not in folded and folded.count("*") == 1:
        head, tail = folded.split("*")
        least = len(head) + len(tail)
        return lambda text: len(low := text.casefold()) >= least and low.startswith(head) and low.endswith(tail)
    whole = _compiled(expression(pattern)).search
    return lambda text: whole(text.casefold()) is not None


def expression(pattern: str) -> str:
    """The RE2 expression of a pattern: searched in the name for ``/regex/``, else in the name in one case."""
    if is_expression(pattern):
        return f"(?i){pattern[1:-1]}"
    chars = (".*" if char == "*" else "." if char == "?" else re2.escape(char) for char in pattern.casefold())
    return rf"(?s)\A{''.join(chars)}\z"


def _compiled(text: str) -> Any:
    try:
        return re2.compile(text, _options())
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise BadPattern(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from None


def is_pattern(text: str) -> bool:
    """Whether ``text`` is more than a plain name."""
    return "*" in text or "?" in text or is_expression(text)


def is_expression(text: str) -> bool:
    """Whether ``text`` is a regular expression between slashes."""
    return len(text) > 2 and text[0] == text[-1] == "/"


def holds(sign: int, comparison: Comparison) -> bool:
    """Whether an order (-1, 0, 1 of found against wanted) satisfies ``comparison``."""
    match comparison:
        case "==":
            return sign == 0
        case "!=":
            return sign != 0
        case "<":
            return sign < 0
        case "<=":
            return sign <= 0
        case ">":
            return sign > 0
        case ">=":
            return sign >= 0


def version_holds(found: str, comparison: Comparison, wanted: str, scheme: str = "other") -> bool | None:
    """Whether version ``found`` stands in ``comparison`` to ``wanted``; None when it was not given.

    With == and != ``wanted`` may be a pattern ("4.18.*"). By ``scheme`` date it is None for what is no day, too.
    """
    if not found:
        return None
    if comparison in ("==", "!=") and is_pattern(wanted):
        return matcher(wanted)(found) is (comparison == "==")
    if scheme == "date" and not (is_day(found) and is_day(wanted)):
        return None
    return holds(order(found, wanted, scheme), comparison)


def value_holds(
    found: object, comparison: Comparison, wanted: str, prop: str = "", scheme: str = "other"
) -> bool | None:
    """Whether any value of an inventory satisfies a comparison that a person wrote as text.

    The type of ``found`` decides: yes/no by ==, numbers by value, versions (by the property's name) in
    version order, other texts as pattern for == and !=, else as numbers if both are, else by alphabet,
    which is right for dates too. None when ``found`` is None or "", or when ``wanted`` is no such value.
    """
    if found is None or found == "":
        return None
    if isinstance(found, bool):
        truth = {"true": True, "false": False}.get(wanted.strip().lower())
        return None if truth is None else holds((found > truth) - (found < truth), comparison)
    if isinstance(found, int | float):
        number = as_number(wanted)
        return None if number is None else holds((found > number) - (found < number), comparison)
    text = str(found)
    if prop in VERSION_PROPERTIES:
        return version_holds(text, comparison, wanted, scheme)
    if comparison in ("==", "!="):
        return matcher(wanted)(text) is (comparison == "==")
    left, right = as_number(text), as_number(wanted)
    if left is not None and right is not None:
        return holds((left > right) - (left < right), comparison)
    low, high = text.casefold(), wanted.casefold()
    return holds((low > high) - (low < high), comparison)


def as_number(text: str) -> float | None:
    """The number that ``text`` is written as, None when it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number - number == 0 else None


def age_days(day: str, today: date) -> int | None:
    """Whole days from ``day`` ("YYYY-MM-DD", longer texts are cut) to ``today``; None when it is no date."""
    try:
        return (today - date.fromisoformat(day[:10])).days
    except ValueError:
        return None
