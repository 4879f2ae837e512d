"""Many name patterns at once: which of 10,000 does this name match?

Asking each pattern of each name costs patterns x names. Here a name is looked up: as a whole, by its beginnings and
endings of the lengths that occur (``abc*``, ``*abc``), and by runs of three letters, which find the patterns with
text in their middle (``*torrent*``); those are then asked themselves. What has no such text (regular expressions,
``?a*``) stands together in RE2 sets, which read a name once for all of their members.

An RE2 set that needs more memory than it may have says "nothing matches" and no more. So each set has a member that
matches every name: where that one is missing in the answer, the members are asked one by one.

The answers are those of ``compare.matcher``, pattern by pattern; a property test holds them equal.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import re2

from kanmon.policy.compare import expression, is_expression, is_pattern, matcher

GRAM = 3
SET_MEMBERS = 500
SET_BYTES = 64 << 20  # that one set may take


# Three letters at that end ("" for shorter texts) -> length -> text -> places.
_Ends = dict[str, dict[int, dict[str, list[int]]]]
_NOTHING: dict[int, dict[str, list[int]]] = {}


class NameTable:
    """Patterns, each known by its place in ``patterns``. Raises BadPattern for one that RE2 does not accept.

    ``set_bytes``: memory that each RE2 set may take.
    """

    def __init__(self, patterns: Sequence[str], set_bytes: int = SET_BYTES) -> None:
        self._every: list[int] = []
        self._exact: dict[str, list[int]] = {}
        self._heads: _Ends = {}
        self._tails: _Ends = {}
        self._grams: dict[str, list[tuple[int, str, Callable[[str], bool] | None]]] = defaultdict(list)
        expressions: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        for place, pattern in enumerate(patterns):
            if is_expression(pattern):
                expressions.append((place, pattern))
            elif not self._looked_up(place, pattern):
                others.append((place, pattern))
        self._of_name = _sets(expressions, set_bytes)
        self._of_folded = _sets(others, set_bytes)

    def _looked_up(self, place: int, pattern: str) -> bool:
        """Puts a pattern where a look-up finds it; False when there is no such place."""
        folded = pattern.casefold()
        if not is_pattern(pattern):
            self._exact.setdefault(folded, []).append(place)
            return True
        if folded == "*":
            self._every.append(place)
            return True
        if "?" not in folded and folded.count("*") == 1 and "*" in (folded[0], folded[-1]):
            if folded[-1] == "*":
                _put(self._heads, folded[:GRAM] if len(folded) > GRAM else "", folded[:-1], place)
            else:
                _put(self._tails, folded[-GRAM:] if len(folded) > GRAM else "", folded[1:], place)
            return True
        pieces = folded.replace("?", "*").split("*")
        grams = [piece[at : at + GRAM] for piece in pieces for at in range(len(piece) - GRAM + 1)]
        if not grams:
            return False
        rarest = min(grams, key=lambda gram: len(self._grams.get(gram, ())))
        longest = max(pieces, key=len)
        self._grams[rarest].append((place, longest, None if folded == f"*{longest}*" else matcher(pattern)))
        return True

    def matching(self, name: str) -> list[int]:
        """The places of the patterns that ``name`` matches, ascending."""
        low = name.casefold()
        found = self._every + self._exact.get(low, [])
        for key in (low[:GRAM], ""):
            for length, heads in self._heads.get(key, _NOTHING).items():
                found += heads.get(low[:length], ())
        for key in (low[-GRAM:], ""):
            for length, tails in self._tails.get(key, _NOTHING).items():
                if length <= len(low):
                    found += tails.get(low[-length:], ())
        if self._grams:
            for gram in self._grams.keys() & {low[at : at + GRAM] for at in range(len(low) - GRAM + 1)}:
                found += [
                    place
                    for place, piece, matches in self._grams[gram]
                    if piece in low and (matches is None or matches(name))
                ]
        for one in self._of_name:
            found += one.matching(name, name)
        for one in self._of_folded:
            found += one.matching(name, low)
        found.sort()
        return found


def _put(ends: _Ends, key: str, text: str, place: int) -> None:
    ends.setdefault(key, {}).setdefault(len(text), {}).setdefault(text, []).append(place)


class _Set:
    """Patterns in one RE2 set; its member 0 matches everything."""

    def __init__(self, members: Sequence[tuple[int, str]], bytes_: int) -> None:
        self._places = [place for place, _ in members]
        self._one_by_one = [matcher(pattern) for _, pattern in members]
        options = re2.Options()
        options.log_errors = False
        options.max_mem = bytes_
        self._set: Any = re2.Set.SearchSet(options)
        try:
            self._set.Add("")
            for _, pattern in members:
                self._set.Add(expression(pattern))
            self._set.Compile()
        except re2.error:  # too large together: each is asked alone
            self._set = None

    def matching(self, name: str, text: str) -> list[int]:
        """The members that ``name`` matches; ``text`` is what their expressions are asked of."""
        answer = self._set.Match(text) if self._set is not None else None
        if not answer or 0 not in answer:
            pairs = zip(self._places, self._one_by_one, strict=True)
            return [place for place, matches in pairs if matches(name)]
        return [self._places[member - 1] for member in answer if member]


def _sets(members: Sequence[tuple[int, str]], bytes_: int) -> list[_Set]:
    return [_Set(members[start : start + SET_MEMBERS], bytes_) for start in range(0, len(members), SET_MEMBERS)]
