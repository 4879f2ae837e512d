"""A search as an address holds it: names of conditions with their values. Pure.

``level=danger&level=warning&group=/Nagoya`` means PCs at Danger or Warning that are under /Nagoya. What is not known is
left out, so that an old or mistyped address is a search, too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

MOST_VALUES = 40  # of one condition
MOST_CHARS = 300  # of one value
MOST_QUERY_CHARS = 6_000

Read = Callable[[str], str]  # a value as it is kept; "" for one that means nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions by name, each with at least one value; equal searches are equal, however they were written."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    @property
    def names(self) -> tuple[str, ...]:
        """The conditions that are there."""
        return tuple(name for name, _ in self.conditions)

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a condition; none when it is not there."""
        return dict(self.conditions).get(name, ())

    def without(self, name: str) -> "Asked":
        """The search without one condition."""
        return Asked(tuple(one for one in self.conditions if one[0] != name))

    def pairs(self) -> list[tuple[str, str]]:
        """(name, value) of everything, for an address or hidden fields of a form."""
        return [(name, value) for name, values in self.conditions for value in values]

    def as_query(self) -> str:
        """What stands behind the question mark."""
        return urlencode(self.pairs())


EVERYTHING = Asked()


def read(given: Mapping[str, Sequence[str]], known: Mapping[str, Read]) -> Asked:
    """The search in ``given``, in the order of ``known``: condition -> how a value of it is read."""
    found = ((name, _values(given.get(name, ()), how)) for name, how in known.items())
    return Asked(tuple((name, values) for name, values in found if values))


def _values(given: Iterable[str], how: Read) -> tuple[str, ...]:
    clean = (how("".join(one for one in value if one.isprintable()).strip()[:MOST_CHARS]) for value in given)
    return tuple(sorted({value for value in clean if value})[:MOST_VALUES])


def of_query(query: str, known: Mapping[str, Read]) -> Asked:
    """The search of the part of an address behind the question mark."""
    try:
        return read(parse_qs(query[:MOST_QUERY_CHARS], max_num_fields=MOST_VALUES * 20), known)
    except ValueError:
        return Asked()
