"""What network control says of a PC: the worst of what is ordered for its MACs, or that it is in no list."""

from collections.abc import Callable

from pyroaring import BitMap

from kanmon.network.models import Entry, Sighting
from kanmon.search.condition import Filter, counted, one_of
from kanmon.search.kept import kept
from kanmon.search.roster import ROSTER

STATES = ("refuse", "deny", "permit", "unregistered", "wrong")


def _entries(state: str) -> BitMap:
    rows = Entry.objects.filter(state=state, pc__isnull=False).values_list("pc", flat=True)
    return kept(("network", state), lambda: BitMap(rows.iterator(chunk_size=10_000)))


def _wrong() -> BitMap:
    seen = Sighting.objects.exclude(wrong_since=None).values("mac")
    return BitMap(Entry.objects.filter(mac__in=seen, pc__isnull=False).values_list("pc", flat=True))


_OF: dict[str, Callable[[], BitMap]] = {
    "refuse": lambda: _entries("refuse"),
    "deny": lambda: _entries("deny") - _entries("refuse"),
    "permit": lambda: _entries("permit") - _entries("deny") - _entries("refuse"),
    "unregistered": lambda: ROSTER.listed() - _entries("permit") - _entries("deny") - _entries("refuse"),
    "wrong": lambda: kept(("network", "wrong"), _wrong),
}


def _pcs(value: str) -> BitMap:
    return _OF[value]()


NETWORK = Filter("network", "choices", one_of(STATES), _pcs, counted(STATES, _pcs))
