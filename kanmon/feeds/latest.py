"""What "all updates are in" asks of each platform: the needs that count today, made ready to be asked of many PCs.

A *requirement* is a need with everything that satisfies it: the ids of its updates and of all that replace them, and
the builds that have one of these. Requirements that follow from another one are left out for judging: who has what
the narrower asks has what the wider asks, too.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from kanmon.common.facts import Os
from kanmon.feeds.patches import EMPTY, Knowledge, Need, Platform, Update, built, lowest, reach
from kanmon.feeds.platforms import build_of, is_cumulative, platform_of


class Requirement(NamedTuple):
    """One of ``ids`` must be installed, or the PC be at or above the revision of its build in ``builds``."""

    ids: frozenset[str]
    builds: tuple[tuple[int, int], ...]
    released: str


class Missing(NamedTuple):
    """An update that a PC lacks, and the newest known update that it replaces (None: none is known)."""

    update: Update
    replaces: Update | None


@dataclass(frozen=True, eq=False)
class Latest:
    """What counts: not before ``delay_days`` after release, nothing of ``excluded`` (ids and bulletins), these
    ``severities`` (places in ``patches.SEVERITIES``; empty: all), with ``windows_only`` no components.
    """

    knowledge: Knowledge = EMPTY
    today: date = date.max
    delay_days: int = 0
    excluded: frozenset[str] = frozenset()
    severities: frozenset[int] = frozenset()
    windows_only: bool = False
    _ready: dict[str, tuple[tuple[Requirement, ...], tuple[Requirement, ...]]] = field(default_factory=dict, repr=False)

    def platform(self, os: Os) -> str | None:
        """The platform of a PC, when knowledge has it."""
        key = platform_of(os)
        return key if key in self.knowledge.platforms else None

    def requirements(self, key: str) -> tuple[Requirement, ...]:
        """What platform ``key`` requires: the narrowest only, newest first."""
        return self._both(key)[0]

    def every(self, key: str) -> tuple[Requirement, ...]:
        """All that platform ``key`` requires: of a narrower one the builds may not be known."""
        return self._both(key)[1]

    def _both(self, key: str) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
        if key not in self._ready:
            self._ready[key] = self._made(key)
        return self._ready[key]

    def needs(self, key: str) -> list[Need]:
        """The needs of a platform that count: with an update that is not excluded, and out for long enough."""
        updates = self.knowledge.updates
        last = (self.today - timedelta(days=self.delay_days)).isoformat()
        found = []
        for need in self.knowledge.platforms[key].needs:
            if (self.severities and need.severity not in self.severities) or (self.windows_only and need.component):
                continue
            out = [updates[one].released for one in need.updates if updates[one].released]
            if any(not self.left_out(one) for one in need.updates) and (not out or min(out) <= last):
                found.append(need)
        return found

    def left_out(self, number: int) -> bool:
        """Whether an update is excluded, by its own id or its bulletin's."""
        update = self.knowledge.updates[number]
        return update.id in self.excluded or (bool(update.bulletin) and update.bulletin in self.excluded)

    def missing(self, os: Os, installed: Collection[str]) -> list[Missing]:
        """What a PC lacks, the most severe first, of these the newest. Empty for a platform that is not known."""
        key = self.platform(os)
        if key is None:
            return []
        platform = self.knowledge.platforms[key]
        inside = self.inside(key, build_of(os), installed)
        lacking = {
            one
            for need in self.needs(key)
            if not inside.intersection(need.updates)
            for one in need.updates
            if not self.left_out(one)
        }
        by = _replaced_by(platform)
        newest = [one for one in lacking if not self._overtaken(one, reach([one], by) & lacking, by)]
        updates, older = self.knowledge.updates, dict(platform.replaces)
        newest.sort(key=lambda one: (updates[one].severity, updates[one].released, updates[one].id), reverse=True)
        return [
            Missing(updates[one], max((updates[old] for old in older.get(one, ())), key=_age, default=None))
            for one in newest
        ]

    def inside(self, key: str, build: tuple[int, int | None], installed: Collection[str]) -> set[int]:
        """Numbers of all updates that are in: installed, replaced by one of these, or brought by the build."""
        platform, numbers = self.knowledge.platforms[key], self.knowledge.number
        starts = [numbers[id] for id in installed if id in numbers]
        if is_cumulative(key):
            starts += [one for one, number, revision in platform.builds if built(build, {number: revision})]
        return reach(starts, dict(platform.replaces))

    def _overtaken(self, one: int, others: set[int], by: dict[int, set[int]]) -> bool:
        """Whether another missing update replaces this one; of those that replace each other the newest stays."""
        updates = self.knowledge.updates
        for other in others - {one}:
            if one not in reach([other], by) or _age(updates[other]) > _age(updates[one]):
                return True
        return False

    def _made(self, key: str) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
        platform = self.knowledge.platforms[key]
        by = _replaced_by(platform)
        wide: dict[int, tuple[str, set[int]]] = {}
        for need in self.needs(key):
            whole = reach(need.updates, by)
            released = max(self.knowledge.updates[one].released for one in need.updates)
            mask = sum(1 << one for one in whole)
            wide[mask] = max(wide.get(mask, ("",))[0], released), whole
        every = {mask: self._requirement(platform, key, *one) for mask, one in wide.items()}
        narrow = [every[mask] for mask in wide if not any(other != mask and other & ~mask == 0 for other in wide)]
        narrow.sort(key=lambda one: (one.released, sorted(one.ids)), reverse=True)
        return tuple(narrow), tuple(every.values())

    def _requirement(self, platform: Platform, key: str, released: str, enough: set[int]) -> Requirement:
        builds = lowest((b, r) for one, b, r in platform.builds if one in enough) if is_cumulative(key) else {}
        ids = frozenset(self.knowledge.updates[one].id for one in enough)
        return Requirement(ids, tuple(sorted(builds.items())), released)


def _age(update: Update) -> tuple[str, str]:
    return update.released, update.id


def _replaced_by(platform: Platform) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for update, older in platform.replaces:
        for one in older:
            found.setdefault(one, set()).add(update)
    return found
