"""Bodies of feeds -> one ``Knowledge``: by holes, so that two feeds that each know a part do not contradict.

Which updates are one need (see ``patches``):

* those of ``ALTERNATIVE_SINCE`` or later that close the same hole of the same component: since October 2016 Windows
  before 10 has rollups and security-only updates side by side, and either closes the hole;
* those of components whose versions exclude each other, at any time;
* all others are needs of their own: an old bulletin closed one hole by several updates, and all were wanted.

Cumulative updates since Windows 10: one that closes at least ``CUMULATIVE_HOLES`` holes of Windows itself is a
monthly cumulative one, and replaces all of these before it, also where the feed lacks the row between. So are those
of Internet Explorer on every Windows, as far as they are of nothing else.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from kanmon.feeds.patches import Feed, Knowledge, Need, Platform, Update
from kanmon.feeds.patches_collect import Body
from kanmon.feeds.platforms import is_cumulative

ALTERNATIVE_SINCE = "2016-10-01"
CUMULATIVE_HOLES = 10
EXCLUSIVE = frozenset({".net framework 4", "internet explorer", "media player"})


class _Merged:
    def __init__(self) -> None:
        self.updates: dict[str, Update] = {}
        self.number: dict[str, int] = {}
        self.holes: dict[str, dict[tuple[str, str], dict[int, int]]] = {}  # platform -> component, hole -> update
        self.replaces: dict[str, dict[int, set[int]]] = {}
        self.builds: dict[str, set[tuple[int, int, int]]] = {}
        self.products: dict[str, set[int]] = {}

    def add(self, body: Body) -> None:
        numbers = [self._learn(Update(*one)) for one in body.updates]
        for name, told in body.platforms.items():
            holes = self.holes.setdefault(name, {})
            for component, hole, update, severity in told.holes:
                id = body.holes[hole]
                of = body.updates[update][0] if id.startswith("=") else id
                closed = holes.setdefault((body.components[component], of), {})
                closed[numbers[update]] = max(severity, closed.get(numbers[update], 0))
            replaces = self.replaces.setdefault(name, {})
            for update, older in told.replaces:
                replaces.setdefault(numbers[update], set()).update(numbers[one] for one in older)
            self.builds.setdefault(name, set()).update((numbers[one], b, r) for one, b, r in told.builds)
        for product, several in body.products.items():
            self.products.setdefault(product, set()).update(numbers[one] for one in several)

    def _learn(self, update: Update) -> int:
        """Feeds come from the oldest to the newest: what a newer one says of an update holds, as far as it says it."""
        before = self.updates.get(update.id)
        if before is not None:
            update = Update(
                update.id, update.title or before.title, before.released or update.released,
                max(update.severity, before.severity), update.bulletin or before.bulletin, max(update.holes, before.holes),
            )  # fmt: skip
        self.updates[update.id] = update
        return self.number.setdefault(update.id, len(self.number))


def merge(id: int, feeds: Sequence[tuple[Feed, Body]]) -> Knowledge:
    """The knowledge that these feeds are together, the oldest first."""
    merged = _Merged()
    for _, body in feeds:
        merged.add(body)
    updates = tuple(merged.updates[id] for id in merged.number)
    platforms = {}
    for name, holes in sorted(merged.holes.items()):
        replaces = merged.replaces.get(name, {})
        of_windows = {one for (component, _), several in holes.items() if not component for one in several}
        if is_cumulative(name):
            _mend_chain(updates, holes, replaces, "", set())
        _mend_chain(updates, holes, replaces, "internet explorer", of_windows)
        platforms[name] = Platform(
            _needs(updates, holes),
            tuple((update, tuple(sorted(older - {update}))) for update, older in sorted(replaces.items())),
            tuple(sorted(merged.builds.get(name, ()))),
        )
    products = {name: tuple(sorted(several)) for name, several in sorted(merged.products.items())}
    return Knowledge(id, tuple(feed for feed, _ in feeds), updates, platforms, products)


def _needs(updates: Sequence[Update], holes: dict[tuple[str, str], dict[int, int]]) -> tuple[Need, ...]:
    worst: dict[tuple[str, tuple[int, ...]], int] = {}
    for (component, _), closed in holes.items():
        for several in _alternatives(updates, component, closed):
            key = component, several
            worst[key] = max(worst.get(key, 0), *(closed[one] for one in several))
    return tuple(Need(several, severity, component) for (component, several), severity in sorted(worst.items()))


def _alternatives(updates: Sequence[Update], component: str, closed: Iterable[int]) -> list[tuple[int, ...]]:
    if component in EXCLUSIVE:
        return [tuple(sorted(closed))]
    new = tuple(sorted(one for one in closed if updates[one].released >= ALTERNATIVE_SINCE))
    old = [(one,) for one in closed if updates[one].released < ALTERNATIVE_SINCE]
    return ([new] if new else []) + old


def _mend_chain(
    updates: Sequence[Update], holes: dict[tuple[str, str], dict[int, int]], replaces: dict[int, set[int]],
    wanted: str, without: set[int],
) -> None:  # fmt: skip
    """Each cumulative update of a component, ``without`` these, replaces the cumulative one before it."""
    closed: dict[int, int] = {}
    for (component, _), several in holes.items():
        if component == wanted:
            for one in set(several) - without:
                closed[one] = closed.get(one, 0) + 1
    chain = sorted(
        (one for one, count in closed.items() if count >= CUMULATIVE_HOLES and updates[one].released),
        key=lambda one: (updates[one].released, len(updates[one].id), updates[one].id),
    )
    for older, newer in pairwise(chain):
        replaces.setdefault(newer, set()).add(older)
