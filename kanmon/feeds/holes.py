"""What is known of security holes in packages of Linux, and which of them one installed package has. Pure.

Distributions tell holes by the *source* package (Debian, Ubuntu) or by the package that is installed (AlmaLinux, Rocky
Linux, SUSE). Where an inventory tells the source of a package, that decides, with the version of the source. Where it
does not, Ubuntu's records say which packages a source makes; else the package is taken for the source of the same
name, and the mark of a rebuild without changes (``+b1``) is left out of its version.

Of several kernels that are installed side by side the newest one counts: package managers keep old ones on purpose.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import msgspec

from kanmon.common.facts import Software
from kanmon.feeds.releases import scheme_of
from kanmon.policy.version_order import order

_REBUILD = re.compile(r"\+b\d{1,3}$")
_SIGNED = re.compile(r"linux-signed(?:-(?:amd64|arm64|i386|armhf))?(-.+)?")
_SIGNATURE = re.compile(r"\+\d{1,3}$")
_DEB_KERNEL = re.compile(
    r"(linux-(?:image|image-unsigned|modules|modules-extra|headers|kbuild|tools|buildinfo))-(\d.*)"
)
_RPM_KERNEL = re.compile(
    r"kernel(?:-(?:rt|uek|default|64k|debug))?(?:-(?:core|modules|modules-core|modules-extra|devel|devel-matched))?"
)


class Hole(NamedTuple):
    """One record of a feed. ``severity``: a place in ``patches.SEVERITIES``; ``published`` "YYYY-MM-DD" or ""."""

    id: str
    cves: tuple[str, ...] = ()
    severity: int = 0
    published: str = ""


class Range(NamedTuple):
    """Versions that have a hole (number into ``Release.holes``): from ``introduced`` ("": the first), before ``fixed``,
    up to ``last`` (each "": no such end).
    """

    hole: int
    introduced: str = ""
    fixed: str = ""
    last: str = ""

    def has(self, version: str, scheme: str) -> bool:
        """Whether a version is in it."""
        return (
            (not self.introduced or order(version, self.introduced, scheme) >= 0)
            and (not self.fixed or order(version, self.fixed, scheme) < 0)
            and (not self.last or order(version, self.last, scheme) <= 0)
        )


class Release(msgspec.Struct):
    """The holes of one release in one feed.

    ``packages``: by source package (deb) or installed package (rpm). ``built``: installed package -> its source, as the
    records tell it. ``binaries``: installed package -> its own ranges, where its versions are not those of the source.
    """

    holes: list[Hole] = []
    packages: dict[str, list[Range]] = {}
    built: dict[str, str] = {}
    binaries: dict[str, list[Range]] = {}


class Feed(msgspec.Struct, frozen=True):
    """One feed. ``covers``: releases of which it tells all. ``releases``: key -> packed ``Release``, read when asked."""

    name: str
    dated: str
    covers: tuple[str, ...] = ()
    releases: dict[str, bytes] = {}


class Hit(NamedTuple):
    """A hole that an installed package has: in ``package``, of which ``version`` is installed; mended in ``fixed``, or in
    any version above ``last``; both "": not mended yet.
    """

    hole: Hole
    package: str
    version: str
    fixed: str
    last: str


@dataclass(frozen=True)
class Holes:
    """All feeds in force. ``id`` 0: nothing was imported."""

    id: int = 0
    feeds: tuple[Feed, ...] = ()

    @cached_property
    def _read(self) -> dict[str, tuple[Release, ...]]:
        return {}

    def of(self, release: str) -> tuple[Release, ...]:
        """What the feeds tell of a release, read once."""
        if release not in self._read:
            told = (feed.releases[release] for feed in self.feeds if release in feed.releases)
            self._read[release] = tuple(unpack(body) for body in told)
        return self._read[release]

    def covers(self, release: str) -> bool:
        """Whether a feed tells all holes of a release."""
        return any(release in feed.covers for feed in self.feeds)

    def dated(self, release: str) -> str:
        """The day of the newest feed that tells of a release; "" when none does."""
        return max((one.dated for one in self.feeds if release in one.covers or release in one.releases), default="")


NO_HOLES = Holes()


def pack(release: Release) -> bytes:
    """A release as it is stored in a feed."""
    return zlib.compress(msgspec.msgpack.encode(release), 6)


def unpack(body: bytes) -> Release:
    """The inverse of ``pack``."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=Release)


def hits(holes: Holes, release: str, software: Software) -> Iterator[Hit]:
    """The holes of an installed package on a release. None for a package of another kind, or without a version."""
    scheme = scheme_of(release)
    if software.scheme != scheme or not software.version:
        return
    for told in holes.of(release):
        named, version = (software.name, software.version) if scheme == "rpm" else source(software, told)
        own = told.binaries.get(software.name, ()) if scheme == "deb" and not software.source else ()
        apart = {one.hole for one in own}
        for one in own:
            if one.has(software.version, scheme):
                yield Hit(told.holes[one.hole], software.name, software.version, one.fixed, one.last)
        for one in told.packages.get(named, ()):
            if one.hole not in apart and one.has(version, scheme):
                yield Hit(told.holes[one.hole], named, version, one.fixed, one.last)


def source(software: Software, told: Release) -> tuple[str, str]:
    """The source package of a deb, and the version of the source."""
    if software.source:
        name, _, version = software.source.partition(" ")
        version = version or software.version
    else:
        name, version = told.built.get(software.name, software.name), _REBUILD.sub("", software.version)
    if match := _SIGNED.fullmatch(name):
        return "linux" + (match[1] or ""), _SIGNATURE.sub("", version)
    return name, version


def kernel(software: Software) -> str:
    """The kind of kernel package of which several are installed side by side; "" for any other package."""
    if software.scheme == "rpm":
        return software.name if _RPM_KERNEL.fullmatch(software.name) else ""
    if software.scheme != "deb" or (match := _DEB_KERNEL.fullmatch(software.name)) is None:
        return ""
    return "-".join([match[1], *(part for part in match[2].split("-") if not part[:1].isdigit())])
