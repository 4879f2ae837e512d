"""The whole list for an agent whose list is another one: its digest, and its pieces.

The digest is counted anew when an order has been written since; a list in pieces is the one that stood when its first
piece was asked for. Both are kept in memory and can be made anew by whoever is active next.
"""

import secrets
import threading
from typing import NamedTuple

import msgspec
from django.db.models import Max

from kanmon import wire
from kanmon.network.models import Entry, NetworkOrder

_entry = msgspec.json.Decoder(wire.Entry)


class _Listed(NamedTuple):
    id: str
    parts: list[tuple[wire.Entry, ...]]


class Whole:
    """Of one Manager. Safe for several threads."""

    def __init__(self, piece_entries: int = wire.MOST_ENTRIES) -> None:
        self.piece_entries = piece_entries
        self._lock = threading.Lock()
        self._digest: tuple[int, str] = (-1, "")
        self._lists: dict[int, _Listed] = {}

    def digest(self) -> str:
        """``wire.digest`` of the list as it is to be."""
        with self._lock:
            newest = NetworkOrder.objects.aggregate(newest=Max("id"))["newest"] or 0
            if self._digest[0] != newest:
                lines = Entry.objects.exclude(line="").values_list("line", flat=True).iterator(chunk_size=10_000)
                self._digest = newest, wire.digest_of(lines)
            return self._digest[1]

    def piece(self, agent: int, staged: tuple[str, int] | None) -> wire.Piece:
        """The piece after the one that the agent has put aside; the first of a new list when that is not ours."""
        with self._lock:
            known = self._lists.get(agent)
            number = staged[1] + 1 if known and staged and staged[0] == known.id else 1
            if known is None or number == 1 or number > len(known.parts):
                known = self._lists[agent] = _Listed(secrets.token_hex(8), self._parts())
                number = 1
            return wire.Piece(id=known.id, number=number, of=len(known.parts), entries=known.parts[number - 1])

    def forget(self, agent: int) -> None:
        """The agent has our list: no pieces are kept for it."""
        with self._lock:
            self._lists.pop(agent, None)

    def _parts(self) -> list[tuple[wire.Entry, ...]]:
        bodies = Entry.objects.exclude(line="").order_by("mac").values_list("body", flat=True)
        full = [_entry.decode(bytes(body)) for body in bodies.iterator(chunk_size=10_000)]
        step = self.piece_entries
        return [tuple(full[at : at + step]) for at in range(0, len(full), step)] or [()]
