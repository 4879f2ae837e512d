"""What a condition of a search is: a line of ``table``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pyroaring import BitMap


class Choice(NamedTuple):
    """A value that may be chosen, and how many of the PCs in question it means."""

    value: str
    pcs: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``name``: in the address. ``read``: a value as it is kept, "" for one that means nothing.

    ``pcs``: the PCs that a value means; the set may be shared. ``choices``: what of it can be chosen among some PCs;
    None where one types. ``form``: how a person gives values.
    """

    name: str
    form: Literal["choices", "text", "yes"]
    read: Callable[[str], str]
    pcs: Callable[[str], BitMap]
    choices: Callable[[BitMap], Sequence[Choice]] | None = None


def one_of(values: Sequence[str]) -> Callable[[str], str]:
    """Reads one of ``values``."""
    known = frozenset(values)
    return lambda value: value if value in known else ""


def counted(values: Sequence[str], pcs: Callable[[str], BitMap]) -> Callable[[BitMap], list[Choice]]:
    """The choices ``values``, each with how many of the PCs in question it means."""
    return lambda among: [Choice(value, among.intersection_cardinality(pcs(value))) for value in values]
