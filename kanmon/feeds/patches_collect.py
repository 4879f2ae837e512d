"""Rows of a feed, one at a time -> its body: what is said of each update and platform, each thing once.

A feed says the same in many rows (one for each hole, product and edition: 609,644 rows become some 8,000 updates), so
the body fits in memory where the rows would not. It keeps which holes an update closes, because feeds are merged by
holes: see ``patches_merge``.
"""

import re
from collections import Counter
from typing import NamedTuple

import msgspec

from kanmon.feeds.patches import SEVERITIES
from kanmon.feeds.platforms import Place, place

_KB = re.compile(r"(?:KB)?\s*(\d{5,8})", re.IGNORECASE)
_PACK = re.compile(r"SP[A-Z0-9]{3,20}")
_MOST_TITLE = 200
MOST_UPDATES = 1 << 18


class Row(NamedTuple):
    """One row: ``hole`` closed by ``update`` on ``product``. ``replaces`` and ``builds`` are lists with ";" or blanks."""

    update: str
    product: str
    hole: str = ""
    component: str = ""
    released: str = ""
    severity: str = ""
    title: str = ""
    replaces: str = ""
    builds: str = ""
    bulletin: str = ""


class Hole(NamedTuple):
    """``update`` closes ``hole`` in ``component`` with this severity; numbers into the lists of the body."""

    component: int
    hole: int
    update: int
    severity: int


class Told(msgspec.Struct):
    """What a feed tells of one platform."""

    holes: list[Hole] = []
    replaces: list[tuple[int, list[int]]] = []
    builds: list[tuple[int, int, int]] = []


class Body(msgspec.Struct):
    """A whole feed. ``updates``: id, title, released, severity, bulletin, holes (as ``patches.Update``)."""

    updates: list[tuple[str, str, str, int, str, int]] = []
    holes: list[str] = []
    components: list[str] = []
    platforms: dict[str, Told] = {}
    products: dict[str, list[int]] = {}


class _Numbers(dict[str, int]):
    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class Collector:
    """Give it all rows with ``add``, then take ``body``. Counts what it could not use."""

    def __init__(self) -> None:
        self.rows = self.used = self.without_update = 0
        self._updates, self._holes, self._components = _Numbers(), _Numbers(), _Numbers()
        self._dates: Counter[tuple[int, str]] = Counter()
        self._about: dict[int, tuple[int, str, str]] = {}  # update -> worst severity, its title, bulletin
        self._closed: dict[int, set[int]] = {}
        self._told: dict[str, dict[tuple[int, int, int], int]] = {}
        self._replaces: dict[str, set[tuple[int, int]]] = {}
        self._builds: dict[str, set[tuple[int, int, int]]] = {}
        self._products: dict[str, set[int]] = {}
        self._places: dict[tuple[str, str], Place | None] = {}

    def add(self, row: Row) -> None:
        """One row. A row that names no update of Windows Update is counted and passed over."""
        self.rows += 1
        name = update_id(row.update)
        if name is None or len(self._updates) > MOST_UPDATES:
            self.without_update += 1
            return
        self.used += 1
        update, severity = self._updates[name], _severity(row.severity)
        self._dates[update, _day(row.released)] += 1
        known = self._about.get(update, (-1, "", ""))
        bulletin = known[2] or row.bulletin.strip().upper()
        if severity > known[0] or (bulletin and not known[2]):
            title = " ".join(row.title.split())[:_MOST_TITLE] if severity > known[0] else known[1]
            self._about[update] = (max(severity, known[0]), title, bulletin)
        where = self._where(row.product, row.component)
        if where is None:
            self._products.setdefault(" ".join(row.product.lower().split())[:200], set()).add(update)
            return
        self._place(where, row, update, severity)

    def _where(self, product: str, component: str) -> Place | None:
        key = product, component
        if key not in self._places:
            self._places[key] = place(product, component)
        return self._places[key]

    def _place(self, where: Place, row: Row, update: int, severity: int) -> None:
        hole = self._holes[row.hole.strip().upper()[:60] or f"={update}"]
        self._closed.setdefault(update, set()).add(hole)
        told = self._told.setdefault(where.platform, {})
        key = self._components[where.component], hole, update
        told[key] = max(severity, told.get(key, 0))
        for word in re.split(r"[;,\s<>]+", row.replaces):
            older = update_id(word)
            if older is not None and self._updates[older] != update:
                self._replaces.setdefault(where.platform, set()).add((update, self._updates[older]))
        for build in row.builds.split(";"):
            if match := re.fullmatch(r"\s*(?:10\.0\.)?(\d{4,5})\.(\d{1,9})\s*", build):
                self._builds.setdefault(where.platform, set()).add((update, int(match[1]), int(match[2])))

    def body(self) -> Body:
        """What was collected."""
        dates: dict[int, tuple[int, str]] = {}
        for (update, day), count in self._dates.items():
            best = dates.get(update)
            if day and (best is None or (-count, day) < (-best[0], best[1])):
                dates[update] = count, day
        updates = []
        for name, number in self._updates.items():
            severity, title, bulletin = self._about.get(number, (0, "", ""))
            day = dates.get(number, (0, ""))[1]
            updates.append((name, title, day, max(severity, 0), bulletin, len(self._closed.get(number, ()))))
        platforms = {
            name: Told([Hole(*key, worst) for key, worst in told.items()]) for name, told in self._told.items()
        }
        for name, pairs in self._replaces.items():
            older: dict[int, list[int]] = {}
            for update, one in sorted(pairs):
                older.setdefault(update, []).append(one)
            platforms[name].replaces = list(older.items())
        for name, builds in self._builds.items():
            platforms[name].builds = sorted(builds)
        products = {name: sorted(numbers) for name, numbers in self._products.items()}
        return Body(updates, list(self._holes), list(self._components), platforms, products)


def update_id(text: str) -> str | None:
    """ "KB5093998" of "5093998" or "KB5093998"; a service pack's word ("SPXPSP3") as it is; None for anything else."""
    text = text.strip()
    if match := _KB.fullmatch(text):
        return f"KB{match[1]}"
    return text if _PACK.fullmatch(text) else None


def _severity(text: str) -> int:
    low = text.strip().lower()
    return SEVERITIES.index(low) if low in SEVERITIES else 0


def _day(text: str) -> str:
    """ "2026-06-09" of "20260609" or "2026-06-09T..."; "" for anything else."""
    text = text.strip()
    if match := re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", text):
        return f"{match[1]}-{match[2]}-{match[3]}"
    return ""
