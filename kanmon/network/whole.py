"""The whole list for an agent whose list is another one: its digest, and its pieces.

The digest is counted anew when an order has been written since; a list in pieces is the one that stood when its first
piece was asked for. Both are kept in memory and can be made anew by whoever is active next.

An agent that has had a list and still has another one would ask for it again at once, and for ever. So a list is begun
at most ``BEGINNINGS_MOST`` times in ``BEGINNINGS_SECONDS`` as long as neither digest changes and the agent is not started
anew: more than once, for an answer may be lost on its way; not without end, for then something else is wrong.
"""

import secrets
import threading
from typing import NamedTuple

import msgspec
from django.db.models import Max

from kanmon import wire
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.network.models import Entry, NetworkOrder

BEGINNINGS_MOST = 3
BEGINNINGS_SECONDS = 60.0
_entry = msgspec.json.Decoder(wire.Entry)


class _Listed(NamedTuple):
    id: str
    parts: list[tuple[wire.Entry, ...]]


class _Begun(NamedTuple):
    """What was begun, when it was first (monotonic), and how many times since."""

    ours: str
    theirs: str
    at: float
    times: int


class Whole:
    """Of one Manager. Safe for several threads."""

    def __init__(self, piece_entries: int = wire.MOST_ENTRIES) -> None:
        self.piece_entries = piece_entries
        self._lock = threading.Lock()
        self._digest: tuple[int, str] = (-1, "")
        self._lists: dict[int, _Listed] = {}
        self._begun: dict[int, _Begun] = {}

    def digest(self) -> str:
        """``wire.digest`` of the list as it is to be."""
        with self._lock:
            newest = NetworkOrder.objects.aggregate(newest=Max("id"))["newest"] or 0
            if self._digest[0] != newest:
                lines = Entry.objects.exclude(line="").values_list("line", flat=True).iterator(chunk_size=10_000)
                self._digest = newest, wire.digest_of(lines)
            return self._digest[1]

    def piece(self, agent: int, staged: tuple[str, int] | None, ours: str, theirs: str) -> wire.Piece:
        """The piece after the one that the agent has put aside; the first of a new list when that is not ours.

        ``ours``, ``theirs``: the digests; the agent's with a mark of its start, since one that was killed has to begin
        anew. Raises Refused KNM8580-W when the same list was begun too often of late: an
        answer without a list would say that the agent's own is right.
        """
        with self._lock:
            known = self._lists.get(agent)
            number = staged[1] + 1 if known and staged and staged[0] == known.id else 1
            if known is None or number == 1 or number > len(known.parts):
                self._note_beginning(agent, ours, theirs)
                known = self._lists[agent] = _Listed(secrets.token_hex(8), self._parts())
                number = 1
            return wire.Piece(id=known.id, number=number, of=len(known.parts), entries=known.parts[number - 1])

    def _note_beginning(self, agent: int, ours: str, theirs: str) -> None:
        now, begun = clock.monotonic(), self._begun.get(agent)
        if begun is None or (begun.ours, begun.theirs) != (ours, theirs) or now - begun.at >= BEGINNINGS_SECONDS:
            begun = _Begun(ours, theirs, now, 0)
        if begun.times >= BEGINNINGS_MOST:
            self._lists.pop(agent, None)
            raise Refused("KNM8580-W", status=429, count=begun.times, seconds=int(BEGINNINGS_SECONDS))
        self._begun[agent] = begun._replace(times=begun.times + 1)

    def forget(self, agent: int) -> None:
        """The agent has our list: nothing is kept for it."""
        with self._lock:
            self._lists.pop(agent, None)
            self._begun.pop(agent, None)

    def _parts(self) -> list[tuple[wire.Entry, ...]]:
        bodies = Entry.objects.exclude(line="").order_by("mac").values_list("body", flat=True)
        full = [_entry.decode(bytes(body)) for body in bodies.iterator(chunk_size=10_000)]
        step = self.piece_entries
        return [tuple(full[at : at + step]) for at in range(0, len(full), step)] or [()]
