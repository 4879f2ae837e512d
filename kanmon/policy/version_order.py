"""Which of two versions is newer, by the scheme that the version belongs to.

``deb`` follows deb-version(7) (epoch, ``~`` sorts before everything, even the end), ``rpm`` follows
rpmvercmp (epoch, ``~`` before, ``^`` after), ``windows`` reads up to four numbers and then the rest,
``other`` is like PEP 440 without its strictness: numbers by value, ``rc1`` and ``b2`` before the
release, other letters after it ("1.0.2k" is newer than "1.0.2"), an epoch ("1!0.5") before all. ``date`` is for
versions that are days ("2024-03-10", "20240310.7", "10.03.2024": with dots and slashes the day comes first, as in
inventories). Text of any kind can be compared; an empty text is the oldest of all, callers ask beforehand whether
a version was given.

Numbers are compared as texts without leading zeros, so a version of a thousand digits costs nothing
and never overflows.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cmp_to_key, lru_cache
from itertools import zip_longest
from typing import Any

Key = tuple[tuple[int, int, str], ...]

_RUNS = re.compile(r"[0-9]+|[^\W\d_]+", re.ASCII | re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:version|ver\.?|v)?\s*(?=[0-9])", re.IGNORECASE)
_EPOCH = re.compile(r"\s*([0-9]+)!")
_DAYS = (
    re.compile(r"\s*(?P<y>[0-9]{4})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})(?![0-9])", re.ASCII),
    re.compile(r"\s*(?P<d>[0-9]{1,2})([-/.])(?P<m>[0-9]{1,2})\2(?P<y>[0-9]{4})(?![0-9])", re.ASCII),
    re.compile(r"\s*(?P<y>(?:19|20)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?![0-9])", re.ASCII),
)
_FOUR = re.compile(r"[0-9]+(?:\s*[.,]\s*[0-9]+){0,3}")
_EARLY = {"dev": 0, "alpha": 1, "a": 1, "beta": 2, "b": 2, "preview": 3, "pre": 3, "rc": 3, "c": 3, "cr": 3}
_PRE, _END, _LETTERS, _NUMBER = range(4)


def order(left: str, right: str, scheme: str = "other") -> int:
    """-1 when ``left`` is older than ``right``, 0 when they are the same version, 1 when it is newer.

    ``scheme`` is deb, rpm, windows, date or other; an unknown scheme counts as other.
    """
    if left == right:
        return 0
    if scheme == "deb":
        return _deb(left, right)
    if scheme == "rpm":
        return _rpm(left, right)
    key = {"windows": _windows_key, "date": _day_key}.get(scheme, _other_key)
    first, second = key(left), key(right)
    return (first > second) - (first < second)


def key_by(scheme: str) -> Callable[[str], Any]:
    """A key by which versions sort as ``order`` says; keys of the same version are equal."""

    def compare(left: str, right: str) -> int:
        return order(left, right, scheme)

    return cmp_to_key(compare)


def _number(digits: str) -> tuple[int, str]:
    stripped = digits.lstrip("0")
    return len(stripped), stripped


def _sign(left: tuple[int, str], right: tuple[int, str]) -> int:
    return (left > right) - (left < right)


@lru_cache(maxsize=65_536)
def _other_key(text: str) -> Key:
    bare = _LEAD.sub("", text.lower())
    epoch = _EPOCH.match(bare)
    runs = _RUNS.findall(bare[epoch.end() :] if epoch else bare)
    return ((_NUMBER, *_number(epoch[1] if epoch else "")), *_parts(runs))


def _parts(runs: list[str]) -> Key:
    parts: list[tuple[int, int, str]] = []
    for here, following in zip_longest(runs, runs[1:], fillvalue=""):
        if here[0].isdigit():
            length, digits = _number(here)
            parts.append((_NUMBER, length, digits))
        elif here in _EARLY and (len(here) > 1 or following[:1].isdigit()):
            _drop_zeros(parts)
            parts.append((_PRE, _EARLY[here], ""))
        else:
            _drop_zeros(parts)
            parts.append((_LETTERS, 0, here))
    _drop_zeros(parts)
    return (*parts, (_END, 0, ""))


def _drop_zeros(parts: list[tuple[int, int, str]]) -> None:
    while parts and parts[-1] == (_NUMBER, 0, ""):
        parts.pop()


@lru_cache(maxsize=65_536)
def _windows_key(text: str) -> Key:
    bare = _LEAD.sub("", text)
    lead = _FOUR.match(bare)
    if lead is None:
        return _other_key(text)
    numbers = [(_NUMBER, *_number(part)) for part in re.split(r"[\s.,]+", lead.group())]
    _drop_zeros(numbers)
    rest = _RUNS.findall(bare[lead.end() :].lower())
    return (*numbers, *_parts(["x", *rest])[1:]) if bare[lead.end() :].strip() else (*numbers, _REST)


_REST = (_END, 0, "")


def is_day(text: str) -> bool:
    """Whether ``text`` begins with a day, as scheme ``date`` reads it."""
    return _day(text) is not None


def _day(text: str) -> tuple[int, int, int, int] | None:
    """Year, month, day, and where the rest begins."""
    for pattern in _DAYS:
        if match := pattern.match(text):
            year, month, day = (int(match[name]) for name in "ymd")
            try:
                date(year, month, day)
            except ValueError:
                return None
            return year, month, day, match.end()
    return None


@lru_cache(maxsize=65_536)
def _day_key(text: str) -> Key:
    """The day, then the rest as by ``other``; what is no day is the oldest."""
    day = _day(text)
    if day is None:
        return ((_PRE, 0, ""), *_other_key(text))
    return (*((_NUMBER, *_number(str(one))) for one in day[:3]), *_parts(_RUNS.findall(text[day[3] :].lower())))


def _epoch(text: str) -> tuple[str, str]:
    epoch, colon, rest = text.partition(":")
    return (epoch, rest) if colon and epoch.isascii() and epoch.isdigit() else ("0", text)


def _deb(left: str, right: str) -> int:
    (left_epoch, left_rest), (right_epoch, right_rest) = _epoch(left.strip()), _epoch(right.strip())
    if sign := _sign(_number(left_epoch), _number(right_epoch)):
        return sign
    left_up, _, left_rev = left_rest.rpartition("-") if "-" in left_rest else (left_rest, "", "")
    right_up, _, right_rev = right_rest.rpartition("-") if "-" in right_rest else (right_rest, "", "")
    return _deb_part(left_up, right_up) or _deb_part(left_rev, right_rev)


def _weight(char: str) -> int:
    if char == "~":
        return -1
    return ord(char) if char.isascii() and char.isalpha() else ord(char) + 256


def _deb_part(left: str, right: str) -> int:
    """verrevcmp of dpkg: by turns a run without digits, letters before other signs, and a number."""
    pairs = zip_longest(_deb_runs(left), _deb_runs(right), fillvalue=("", ""))
    for (left_text, left_digits), (right_text, right_digits) in pairs:
        for one, two in zip_longest(map(_weight, left_text), map(_weight, right_text), fillvalue=0):
            if one != two:
                return 1 if one > two else -1
        if sign := _sign(_number(left_digits), _number(right_digits)):
            return sign
    return 0


@lru_cache(maxsize=65_536)
def _deb_runs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(re.findall(r"([^0-9]*)([0-9]*)", text))


def _rpm(left: str, right: str) -> int:
    (left_epoch, left_rest), (right_epoch, right_rest) = _epoch(left.strip()), _epoch(right.strip())
    if sign := _sign(_number(left_epoch), _number(right_epoch)):
        return sign
    left_version, _, left_release = left_rest.partition("-")
    right_version, _, right_release = right_rest.partition("-")
    sign = _rpm_part(left_version, right_version)
    if sign or not left_release or not right_release:
        return sign
    return _rpm_part(left_release, right_release)


@lru_cache(maxsize=65_536)
def _rpm_runs(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[0-9]+|[A-Za-z]+|[~^]", text))


def _rpm_part(left: str, right: str) -> int:
    """rpmvercmp. A version without a release is compared without it, as ``rpm`` does for dependencies."""
    for one, two in zip_longest(_rpm_runs(left), _rpm_runs(right), fillvalue=""):
        if one == two:
            continue
        if "~" in (one, two):
            return -1 if one == "~" else 1
        if "^" in (one, two):
            other, side = (two, 1) if one == "^" else (one, -1)
            return side if other == "" else -side
        if not one or not two:
            return 1 if one else -1
        if one.isdigit() != two.isdigit():
            return 1 if one.isdigit() else -1
        if one.isdigit():
            if sign := _sign(_number(one), _number(two)):
                return sign
        else:
            return 1 if one > two else -1
    return 0
