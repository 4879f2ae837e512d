"""What one search over everything has found, and how a text is compared. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. ``under``: a second line that tells it from others of the same name."""

    words: str
    url: str
    under: str = ""
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Hits of one kind. ``more``: the address of all of them, ``total`` how many there are; "" when all are here."""

    words: str
    hits: Sequence[Hit]
    more: str = ""
    total: int = 0


def plain(text: str) -> str:
    """The text as it is compared: one width of letters (NFKC), no capitals."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def rank(wanted: str, names: Iterable[str]) -> int:
    """How well a thing of these names fits, 0 best; -1: not at all. ``wanted`` is plain.

    The same, then the beginning, then the beginning of a word, then anywhere.
    """
    found = []
    for name in map(plain, names):
        at = name.find(wanted)
        if at >= 0:
            word = any(part.startswith(wanted) for part in name.replace(".", " ").replace("/", " ").split())
            found.append(0 if name == wanted else 1 if at == 0 else 2 if word else 3)
    return min(found, default=-1)


def best(wanted: str, things: Iterable[tuple[Hit, Iterable[str]]], most: int) -> list[Hit]:
    """The ``most`` things that fit best, each given with its names; equals stay in their order."""
    ranked = [(rank(wanted, names), place, hit) for place, (hit, names) in enumerate(things)]
    return [hit for order, _, hit in sorted(ranked, key=lambda one: one[:2]) if order >= 0][:most]
