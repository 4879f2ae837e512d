"""The list in memory, for whoever has to answer at once: at each authentication RADIUS asks what holds for a PC.

The worker alone changes it, after each change on the disk; anybody may ask. What was seen is gathered here until
the worker keeps it.
"""

import threading
from collections.abc import Iterable

from kanmon import ordering
from kanmon.ordering import FixedDevices, Holds
from kanmon.wire import Entry, Seen, Setup

MOST_WAITING = 50_000  # sightings


class Book:
    """See the module."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._rules = Setup(), FixedDevices(Setup())
        self._waiting: dict[str, Seen] = {}
        self._lock = threading.Lock()
        self.dropped = 0
        self.waits = False  # no list is known yet: nobody is unregistered, nobody is anything

    @property
    def setup(self) -> Setup:
        """Which network is for whom."""
        return self._rules[0]

    def set_up(self, setup: Setup) -> None:
        """From now on this setup holds."""
        self._rules = setup, FixedDevices(setup)

    def update(self, entries: Iterable[Entry]) -> None:
        """These entries are new or have changed."""
        for entry in entries:
            if entry.empty:
                self._entries.pop(entry.mac, None)
            else:
                self._entries[entry.mac] = entry

    def holds(self, mac: str) -> Holds:
        """What holds for a MAC (aa:bb:cc:dd:ee:ff), also for one that is not in the list. It never waits."""
        setup, fixed = self._rules
        return ordering.holds(self._entries.get(mac) or Entry(mac=mac), setup, fixed)

    def listed(self) -> list[Holds]:
        """What holds for each PC of the list. For the thread that updates it."""
        setup, fixed = self._rules
        return [ordering.holds(entry, setup, fixed) for entry in self._entries.values()]

    def ignored(self, mac: str) -> bool:
        """Something denies this PC, and is passed over because it is a fixed device."""
        entry = self._entries.get(mac)
        return entry is not None and ordering.ignored_by_fixed(entry, self._rules[1])

    def saw(self, seen: Seen) -> None:
        """A PC was seen by the network; the newest sighting of a MAC counts. Above a bound new ones are dropped."""
        with self._lock:
            if seen.mac in self._waiting or len(self._waiting) < MOST_WAITING:
                self._waiting[seen.mac] = seen
            else:
                self.dropped += 1

    def take_seen(self) -> list[Seen]:
        """What was seen since the last call."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        return list(taken.values())
