"""One record of OSV (schema 1.x, github.com/ossf/osv-schema): what of it is read, and what follows from it. Pure.

Fields that are not named here are passed over, however long they are. Ranges of commits are not read.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from cvss import CVSS2, CVSS3, CVSS4, CVSSError

from kanmon.feeds.patches import SEVERITIES
from kanmon.policy.version_order import key_by

MOST_EVENTS = 2_000
MOST_VERSIONS = 10_000
MOST_CVES = 200
_CVE = re.compile(r"CVE-\d{4}-\d{4,9}")
_WORDS = {
    "critical": "critical", "high": "important", "important": "important", "moderate": "moderate", "medium": "moderate",
    "low": "low", "negligible": "low", "unimportant": "low", "minor": "low",
}  # fmt: skip
_SUMMARY = re.compile(r"(Critical|Important|Moderate|Low)\s*:")
_VECTORS = (("CVSS_V4", CVSS4), ("CVSS_V3", CVSS3), ("CVSS_V2", CVSS2))
_BUILT_AS_MODULE = re.compile(r"((?:\d+:)?\d+)[^-]*-.*\.module")


class Package(msgspec.Struct, omit_defaults=True):
    """A package of an ecosystem."""

    ecosystem: str = ""
    name: str = ""


class Event(msgspec.Struct, omit_defaults=True):
    """Where versions begin or end to be affected."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None


class Span(msgspec.Struct, omit_defaults=True):
    """A range of versions."""

    type: str = ""
    events: list[Event] = []


class Score(msgspec.Struct, omit_defaults=True):
    """A CVSS vector, or the word of a distribution."""

    type: str = ""
    score: str = ""


class Affected(msgspec.Struct, omit_defaults=True):
    """What is affected in one package."""

    package: Package | None = None
    ranges: list[Span] | None = None
    versions: list[str] | None = None
    severity: list[Score] | None = None
    ecosystem_specific: dict[str, Any] | None = None
    database_specific: dict[str, Any] | None = None


class Record(msgspec.Struct, omit_defaults=True):
    """One vulnerability, or one advisory."""

    id: str
    modified: str = ""
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str | None = None
    severity: list[Score] | None = None
    affected: list[Affected] | None = None
    database_specific: dict[str, Any] | None = None


def day(text: str | None) -> str:
    """ "2026-06-09" of "2026-06-09T..."; "" for anything else, and for the year 1, which stands for no day."""
    match = re.match(r"(\d{4}-\d\d-\d\d)(?:T|$)", text or "")
    return match[1] if match and not match[1].startswith("0001") else ""


def cves(record: Record) -> tuple[str, ...]:
    """The CVE numbers that a record is of. AlmaLinux names them as related only."""
    named = [record.id, *(record.aliases or ()), *(record.upstream or ())]
    for several in (named, record.related or ()):
        found = {match[0] for id in several if (match := _CVE.search(id))}
        if found:
            return tuple(sorted(found)[:MOST_CVES])
    return ()


def severity(record: Record, affected: Affected) -> int:
    """A place in ``patches.SEVERITIES``: by the distribution's own word, else by CVSS, the newest version of it first."""
    for told in (affected.ecosystem_specific, affected.database_specific, record.database_specific):
        for word in ("severity", "urgency"):
            if place := _word((told or {}).get(word)):
                return place
    scores = [*(affected.severity or ()), *(record.severity or ())]
    for one in scores:
        if not one.type.startswith("CVSS") and (place := _word(one.score)):
            return place
    if match := _SUMMARY.match(record.summary or ""):
        return _word(match[1])
    for kind, _ in _VECTORS:
        for one in scores:
            if one.type == kind and (place := by_vector(kind, one.score[:300])):
                return place
    return 0


def _word(told: object) -> int:
    word = _WORDS.get(told.strip("* ").lower(), "") if isinstance(told, str) else ""
    return SEVERITIES.index(word)


@lru_cache(maxsize=4_096)
def by_vector(kind: str, vector: str) -> int:
    """The severity of a CVSS vector's base score, by the ratings of CVSS 3; 0 for none, and for what is no vector."""
    try:
        score = float(dict(_VECTORS)[kind](vector).base_score)
    except (CVSSError, ValueError, ArithmeticError, LookupError, TypeError):
        return 0
    return next((place for place, least in ((4, 9.0), (3, 7.0), (2, 4.0)) if score >= least), 1 if score > 0 else 0)


def spans(affected: Affected, scheme: str) -> Iterator[tuple[str, str, str]]:
    """(introduced, fixed, last) of what is affected, in the order of versions. "0" as introduced is the first version.

    Versions that are listed one by one count where no range tells them.
    """
    told = False
    for one in affected.ranges or ():
        if one.type == "ECOSYSTEM":
            told = True
            yield from _pairs(one.events[:MOST_EVENTS], scheme)
    if not told:
        for version in (affected.versions or ())[:MOST_VERSIONS]:
            yield version, "", version


def _pairs(events: Iterable[Event], scheme: str) -> Iterator[tuple[str, str, str]]:
    ends: list[tuple[str, int, str]] = []  # version, order among equal ones, kind
    for event in events:
        for place, (kind, version) in enumerate(
            (("fixed", event.fixed), ("introduced", event.introduced), ("last", event.last_affected))
        ):
            if version is not None:
                first = kind == "introduced" and version == "0"
                ends.append(("" if first else version, place, kind))
    by = key_by(scheme)
    ends.sort(key=lambda end: (bool(end[0]), by(end[0]), end[1]))
    begun: str | None = None if any(kind == "introduced" for _, _, kind in ends) else ""
    for version, _, kind in ends:
        if kind == "introduced":
            begun = version if begun is None else begun
        elif begun is not None:
            yield (begun, version, "") if kind == "fixed" else (begun, "", version)
            begun = None
    if begun is not None:
        yield begun, "", ""


def within_module(span: tuple[str, str, str]) -> tuple[str, str, str]:
    """A range that is mended in a build of a module (RHEL's streams) begins with the same first number: the streams of
    a module stand side by side, and each is mended for itself.
    """
    match = _BUILT_AS_MODULE.match(span[1])
    return (match[1], span[1], span[2]) if match and not span[0] else span


def binaries(affected: Affected) -> dict[str, str]:
    """Installed package -> its version, as Ubuntu and SUSE list what a source makes."""
    listed = (affected.ecosystem_specific or {}).get("binaries")
    found: dict[str, str] = {}
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict):
            continue
        if isinstance(name := one.get("binary_name"), str):
            version = one.get("binary_version")
            found[name] = version if isinstance(version, str) else ""
        else:
            found |= {name: version for name, version in one.items() if isinstance(version, str)}
    return found


_READ = frozenset({"severity", "urgency", "binaries"})


def slim(record: Record) -> Record:
    """``record`` with only what is read of it. One that was withdrawn keeps its id and days."""
    if day(record.withdrawn):
        return Record(record.id, record.modified, withdrawn=record.withdrawn)
    for affected in record.affected or ():
        ranged = any(one.type == "ECOSYSTEM" for one in affected.ranges or ())
        affected.versions = None if ranged else affected.versions
        affected.ecosystem_specific = _read_of(affected.ecosystem_specific)
        affected.database_specific = _read_of(affected.database_specific)
    record.database_specific = _read_of(record.database_specific)
    return record


def _read_of(told: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: value for key, value in (told or {}).items() if key in _READ} or None
