"""The distinct texts of one field of a fact class, and the records that say each. Pure: the caller tells who has a record."""

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from typing import NamedTuple


class Entry(NamedTuple):
    """A text as it was first met, and the numbers of the records that say it."""

    text: str
    facts: list[int]


class Catalogue:
    """Texts that differ only in case are one. ``seen``: how many records of the class it has been told."""

    def __init__(self) -> None:
        self.seen = 0
        self._entries: dict[str, Entry] = {}

    def add(self, told: Iterable[tuple[int, str]]) -> None:
        """Further records: number and text; an empty text is nothing to offer."""
        for number, text in told:
            self.seen += 1
            if text:
                self._entries.setdefault(text.casefold(), Entry(text, [])).facts.append(number)

    def like(self, word: str, held_by: Callable[[int], int], most: int) -> Sequence[Entry]:
        """At most ``most`` entries with ``word`` in them that a PC has: those that begin with it first, then by PCs.

        PCs are those of the records together: one that has two versions counts twice, which is near enough for an order.
        """
        wanted = word.strip().casefold()
        found = []
        for small, entry in self._entries.items():
            if wanted in small and (pcs := sum(map(held_by, entry.facts))):
                found.append((not small.startswith(wanted), -pcs, small, entry))
        return [entry for *_, entry in nsmallest(most, found)]
