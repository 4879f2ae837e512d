"""Entries that many PCs report alike: read once, then found by their bytes.

A fleet has tens of thousands of distinct programs and hundreds of millions of entries. What is found here is
the *same* record each time, so its texts are hashed once.
"""

from collections.abc import Callable, Iterable

import msgspec

from kanmon.common.facts import Fact

MOST = 100_000


class Known:
    """Bytes of an entry -> its fact. ``make`` reads one entry; what it raises is passed on and nothing is kept."""

    def __init__(self, make: Callable[[bytes], Fact]) -> None:
        self._make = make
        self._facts: dict[bytes, Fact] = {}

    def facts(self, entries: Iterable[msgspec.Raw]) -> list[Fact]:
        """The facts of these entries, in their order."""
        bodies = list(map(bytes, entries))
        facts = self._facts
        try:
            return [facts[body] for body in bodies]
        except KeyError:
            return [facts[body] if body in facts else self._learn(body) for body in bodies]

    def _learn(self, body: bytes) -> Fact:
        if len(self._facts) >= MOST:
            self._facts.clear()
        fact = self._facts[body] = self._make(body)
        return fact
