"""Ranges of versions as people write them, and whether the version of a program is one that a rule means.

``">=1.0, <1.0.7 || >=2.0, <2.0.3"``: a comma joins bounds, ``||`` parts alternatives. A bound is one of ``==`` ``!=``
``<`` ``<=`` ``>`` ``>=`` and a version; with ``==`` and ``!=`` it may have ``*`` and ``?``.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, cast

from kanmon.policy.compare import Comparison, version_holds
from kanmon.policy.rules_words import VersionRule

_BOUND = r"\s*(==|!=|<=|>=|<|>)\s*([^\s,|<>=!/][^,|<>=!/]*)"
RANGES = rf"^({_BOUND}(,{_BOUND})*(\|\|{_BOUND}(,{_BOUND})*)*)?$"
"""What such a text looks like, as a regular expression."""

Bounds = tuple[tuple[Comparison, str], ...]


class Versioned(Protocol):
    """A rule about versions: ``version`` must hold, and one of ``versions``, in ``version_order``."""

    @property
    def version(self) -> VersionRule | None: ...
    @property
    def versions(self) -> str: ...
    @property
    def version_order(self) -> str: ...


@lru_cache(maxsize=20_000)
def ranges(text: str) -> tuple[Bounds, ...]:
    """The alternatives of ``text``, each a tuple of bounds that must all hold. Raises ValueError for another form."""
    return tuple(tuple(_bound(bound) for bound in part.split(",")) for part in text.split("||"))


def _bound(text: str) -> tuple[Comparison, str]:
    match = re.fullmatch(_BOUND, text)
    if match is None:
        raise ValueError(f"{text!r} is no bound such as >=1.0")
    return cast(Comparison, match[1]), match[2].rstrip()


def version_fits(rule: Versioned, version: str, scheme: str) -> bool | None:
    """True, False, or None when ``version`` was not given or can't be put in the order that is asked for.

    ``scheme`` is the order of the program's own kind, for ``version_order: auto``.
    """
    order = scheme if rule.version_order == "auto" else rule.version_order
    answers: list[bool | None] = []
    if rule.version:
        answers.append(version_holds(version, rule.version.comparison, rule.version.value, order))
    if rule.versions:
        inside = [
            _all(version_holds(version, comparison, value, order) for comparison, value in bounds)
            for bounds in ranges(rule.versions)
        ]
        answers.append(True if True in inside else None if None in inside else False)
    return _all(answers)


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found else True
