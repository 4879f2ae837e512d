"""What is known of updates, and which of them a PC lacks. Pure.

**An update is in** when it is installed, when one is installed that replaces it (directly or through any chain; a
chain that bites its tail is a set of updates that are all in together), or when the PC's build is at or above the
build that it brings. Builds count since Windows 10 only: before, the number of one file says nothing of the others.

**What must be in** are *needs*: sets of updates of which one is enough. A security hole that a monthly rollup and a
security-only update both close is one need with two members; without that, whoever takes the rollups would lack all
security-only updates for ever. Updates of components whose versions exclude each other are one need, too.

**Missing** is an update that is not in, of a need of which none is in, and that no other missing one replaces: what is
named is what one would install today, not its history.

Feeds do not say that a cumulative update replaces *all* before it; they name the one before, and a month without a
row breaks the chain. Since Windows 10 they do replace all before, so the chain is mended: see ``patches_merge``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kanmon.feeds.holes import NO_HOLES, Holes

SEVERITIES = ("", "low", "moderate", "important", "critical")
"""In order; a feed's severity is a place in it."""


class Update(NamedTuple):
    """One update. ``id`` is "KB5093998", or the feed's word for a service pack; ``released`` "YYYY-MM-DD" or ""."""

    id: str
    title: str = ""
    released: str = ""
    severity: int = 0
    bulletin: str = ""
    holes: int = 0  # how many security holes it closes, of all platforms


class Need(NamedTuple):
    """Updates (numbers into ``Knowledge.updates``) of which one must be in, with the worst severity of its holes."""

    updates: tuple[int, ...]
    severity: int
    component: str = ""


class Platform(NamedTuple):
    """What one Windows needs. ``replaces``: update -> those that it replaces; ``builds``: update -> (build, revision)."""

    needs: tuple[Need, ...] = ()
    replaces: tuple[tuple[int, tuple[int, ...]], ...] = ()
    builds: tuple[tuple[int, int, int], ...] = ()


class Feed(NamedTuple):
    """One feed as it went into knowledge: what it is called, of which day it is, and the digest of its bytes."""

    name: str
    dated: str
    digest: str


@dataclass(frozen=True)
class Knowledge:
    """A numbered snapshot of all feeds of updates. ``id`` 0 is the empty one: nothing was imported.

    ``holes``: what is known of packages of Linux at the same time. They are stored by themselves.
    """

    id: int = 0
    feeds: tuple[Feed, ...] = ()
    updates: tuple[Update, ...] = ()
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    products: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    holes: Holes = NO_HOLES

    @cached_property
    def number(self) -> dict[str, int]:
        """Place of an update by its id."""
        return {update.id: place for place, update in enumerate(self.updates)}

    @cached_property
    def dated(self) -> str:
        """The day of the newest feed; "" when there is none."""
        return max((feed.dated for feed in self.feeds), default="")

    @cached_property
    def _replaced_by(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for platform in self.platforms.values():
            for update, older in platform.replaces:
                for one in older:
                    found.setdefault(one, set()).add(update)
        return found

    def successors(self, id: str) -> frozenset[str]:
        """Ids of all updates that replace ``id`` on any platform, through any chain; never ``id`` itself."""
        start = self.number.get(id)
        if start is None:
            return frozenset()
        return frozenset(self.updates[one].id for one in reach([start], self._replaced_by) if one != start)

    def builds_of(self, id: str) -> dict[int, int]:
        """Build -> least revision that has ``id``."""
        wanted = self.number.get(id)
        return lowest(
            (build, revision)
            for platform in self.platforms.values()
            for update, build, revision in platform.builds
            if update == wanted
        )


EMPTY = Knowledge()


def reach(starts: Iterable[int], edges: Mapping[int, Iterable[int]]) -> set[int]:
    """``starts`` and all that can be reached from them; loops do no harm."""
    seen: set[int] = set()
    left = list(starts)
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            left.extend(edges.get(one, ()))
    return seen


def lowest(builds: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Build -> lowest revision of the pairs."""
    found: dict[int, int] = {}
    for build, revision in builds:
        found[build] = min(revision, found.get(build, revision))
    return found


def built(build: tuple[int, int | None], builds: Mapping[int, int]) -> bool | None:
    """Whether a PC's build and revision are at or above one of ``builds``; None when that can't be told."""
    number, revision = build
    if revision is None or number not in builds:
        return None
    return revision >= builds[number]
