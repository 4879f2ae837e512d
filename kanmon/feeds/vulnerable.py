"""What a policy asks of packages with security holes: which of the known holes count. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kanmon.common.facts import Os, Software
from kanmon.feeds.holes import NO_HOLES, Hit, Holes, hits, kernel
from kanmon.feeds.releases import release_of, with_pro
from kanmon.policy.version_order import key_by, order


class Flawed(NamedTuple):
    """A package with holes that count. ``fixed``: the version in which the last of them is mended; "": some is not."""

    package: str
    version: str
    fixed: str
    severity: int
    ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vulnerable:
    """Holes published up to ``last_day``, of these ``severities`` (places in ``patches.SEVERITIES``; empty: all), nothing
    of ``excluded`` (ids, CVE numbers, packages), also those ``without_fix``, also those mended by Ubuntu ``pro`` only.
    """

    holes: Holes = NO_HOLES
    last_day: str = "9999-12-31"
    severities: frozenset[int] = frozenset()
    excluded: frozenset[str] = frozenset()
    without_fix: bool = False
    pro: bool = False

    def asked(self, release: str) -> tuple[str, ...]:
        """The keys to look under for a release."""
        pro = with_pro(release) if self.pro else None
        return (release, pro) if pro else (release,)

    def told(self, os: Os) -> str | None:
        """The release of a Linux, when a feed tells of it."""
        release = release_of(os)
        if release is None:
            return None
        known = any(self.holes.covers(key) or self.holes.of(key) for key in self.asked(release))
        return release if known else None

    def covers(self, release: str) -> bool:
        """Whether all holes of a release are known."""
        return any(self.holes.covers(key) for key in self.asked(release))

    def found(self, release: str, software: Software) -> list[Hit]:
        """The holes of a package, whether they count or not."""
        return [hit for key in self.asked(release) for hit in hits(self.holes, key, software)]

    def counts(self, hit: Hit, software: Software) -> bool:
        """Whether a hole of a package counts."""
        hole = hit.hole
        return not (
            (self.severities and hole.severity not in self.severities)
            or hole.published > self.last_day
            or (not self.without_fix and not hit.fixed and not hit.last)
            or not self.excluded.isdisjoint((hole.id, hit.package, software.name))
            or (hole.cves and self.excluded.issuperset(hole.cves))
        )

    def flawed(self, systems: Iterable[Os], programs: Collection[Software]) -> list[Flawed]:
        """The packages of a PC that have holes that count, the most severe first, each once."""
        together: dict[tuple[str, str, str], list[Hit]] = {}
        decisive = newest_kernels(programs)
        for release in {release for os in systems if (release := self.told(os)) is not None}:
            for one in decisive:
                for hit in self.found(release, one):
                    if self.counts(hit, one):
                        together.setdefault((hit.package, hit.version, one.scheme), []).append(hit)
        found = [_flawed(package, version, scheme, held) for (package, version, scheme), held in together.items()]
        return sorted(found, key=lambda one: (-one.severity, one.package, one.version))


def newest_kernels(programs: Collection[Software]) -> list[Software]:
    """``programs`` without the kernels beside which a newer one is installed."""
    newest: dict[tuple[str, str], str] = {}
    for one in programs:
        if group := kernel(one):
            before = newest.get((one.scheme, group))
            if before is None or order(one.version, before, one.scheme) > 0:
                newest[one.scheme, group] = one.version
    return [
        one
        for one in programs
        if not (group := kernel(one)) or order(one.version, newest[one.scheme, group], one.scheme) == 0
    ]


def _flawed(package: str, version: str, scheme: str, held: list[Hit]) -> Flawed:
    ids: dict[str, int] = {}
    for hit in held:
        for id in hit.hole.cves or (hit.hole.id,):
            ids[id] = max(ids.get(id, 0), hit.hole.severity)
    fixes = [hit.fixed for hit in held]
    fixed = "" if "" in fixes else max(fixes, key=key_by(scheme))
    worst = sorted(ids, key=lambda id: (-ids[id], id))
    return Flawed(package, version, fixed, max(ids.values()), tuple(worst))
