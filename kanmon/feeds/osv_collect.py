"""Records of OSV, one at a time -> the holes of each release. Pure.

What a file *covers* is every release of which it tells all holes; of any other it knows some. osv.dev gives a zip for
each release, in which every record is of that release and many are of others, too: so a zip covers the releases that
all of its records name, and where there is none (a zip of a whole distribution) all of them. A list covers nothing
unless the person who imports it says so.
"""

from collections.abc import Collection
from typing import NamedTuple

from kanmon.common.errors import Refused
from kanmon.common.facts import Software
from kanmon.feeds.holes import Hole, Range, Release, kernel, pack
from kanmon.feeds.osv_record import Affected, Record, binaries, cves, day, severity, spans, within_module
from kanmon.feeds.releases import release_of_ecosystem, scheme_of

MOST_RANGES = 4_000_000
_MOST_NAME = 200


class Collected(NamedTuple):
    """What was collected: releases packed, which are covered, the newest day on which a record changed, and counts."""

    releases: dict[str, bytes]
    covers: tuple[str, ...]
    dated: str
    holes: int


class Collector:
    """Give it all records with ``add``, then take ``collected``."""

    def __init__(self) -> None:
        self.records = self.used = self.withdrawn = self.ranges = 0
        self.dated = ""
        self._releases: dict[str, Release] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # release, id -> place of the hole
        self._texts: dict[str, str] = {}
        self._common: set[str] | None = None

    def add(self, record: Record) -> None:
        """One record. One that was withdrawn, or is of no release that is judged, is counted and passed over."""
        self.records += 1
        self.dated = max(self.dated, day(record.modified))
        if day(record.withdrawn):
            self.withdrawn += 1
            return
        named: set[str] = set()
        numbered = cves(record)
        for affected in record.affected or ():
            if affected.package is None or not 0 < len(affected.package.name) <= _MOST_NAME:
                continue
            release = release_of_ecosystem(affected.package.ecosystem)
            if release is not None:
                named.add(release)
                self._affected(release, record, affected, numbered)
        if named:
            self.used += 1
            self._common = named if self._common is None else self._common & named

    def collected(self, whole: bool, covers: Collection[str]) -> Collected:
        """All of it. ``whole``: the file is a zip; ``covers``: what the person who imports says instead of finding out."""
        found = frozenset(covers) or (self._common or frozenset(self._releases) if whole else frozenset())
        kept = {key: told for key, told in self._releases.items() if key in found or not (whole or covers)}
        return Collected(
            {key: pack(told) for key, told in sorted(kept.items())}, tuple(sorted(found)), self.dated,
            len({hole.id for told in kept.values() for hole in told.holes}),
        )  # fmt: skip

    def _affected(self, release: str, record: Record, affected: Affected, numbered: tuple[str, ...]) -> None:
        assert affected.package is not None
        told = self._releases.setdefault(release, Release([], {}, {}, {}))
        number = self._hole(release, told, record, affected, numbered)
        scheme, name, made = scheme_of(release), self._text(affected.package.name), binaries(affected)
        ranges = [
            Range(number, *map(self._text, within_module(span) if scheme == "rpm" else span))
            for span in spans(affected, scheme)
        ]
        if scheme == "rpm" and made:  # SUSE: the source, and what it makes
            for binary, version in made.items():
                self._put(told.packages, self._text(binary), [_mended(one, self._text(version)) for one in ranges])
            return
        self._put(told.packages, name, ranges)
        for binary, version in made.items():
            if len(binary) > _MOST_NAME or _has_many_names(binary):
                continue
            own = [_mended(one, self._text(version)) for one in ranges]
            if own == ranges:
                told.built.setdefault(self._text(binary), name)
            else:
                self._put(told.binaries, self._text(binary), own)

    def _put(self, where: dict[str, list[Range]], name: str, ranges: list[Range]) -> None:
        held = where.setdefault(name, [])
        fresh = [one for one in ranges if one not in held[-20:]]
        held.extend(fresh)
        self.ranges += len(fresh)
        if self.ranges > MOST_RANGES:
            raise Refused("KNM1202-E", most=f"{MOST_RANGES:,} ranges of versions")

    def _hole(
        self, release: str, told: Release, record: Record, affected: Affected, numbered: tuple[str, ...]
    ) -> int:  # fmt: skip
        key = release, record.id[:_MOST_NAME]
        number = self._numbers.setdefault(key, len(told.holes))
        worst = severity(record, affected)
        if number == len(told.holes):
            told.holes.append(Hole(key[1], numbered, worst, day(record.published)))
        elif worst > told.holes[number].severity:
            told.holes[number] = told.holes[number]._replace(severity=worst)
        return number

    def _text(self, text: str) -> str:
        """The same object for the same text: versions and names come again and again."""
        return self._texts.setdefault(text[:_MOST_NAME], text[:_MOST_NAME])


def _mended(range: Range, version: str) -> Range:
    """``range`` with the version of an installed package, where it is mended."""
    return range._replace(fixed=version) if range.fixed and version else range


def _has_many_names(binary: str) -> bool:
    """Kernels have another name in each version, so a name in a record says nothing of an older one."""
    return bool(kernel(Software(binary, scheme="deb")))
