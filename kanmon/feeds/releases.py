"""Releases of Linux: the names that agents and OSV give them -> one key. Pure.

A key is that of OSV without what is no part of the release: "Debian:12", "Ubuntu:22.04", "Ubuntu:Pro:22.04",
"AlmaLinux:9", "Rocky Linux:9", "SUSE:15.5", "openSUSE:15.5", "openSUSE:Tumbleweed". The products and modules of SUSE
Linux Enterprise of one service pack are one release, because packages of all of them stand side by side on a PC.

Source of the names: "Defined ecosystems" of the OSV schema, and os-release(5) of the distributions.
"""

import re

from kanmon.common.facts import Os

_OSV = (
    (re.compile(r"(Debian):(\d{1,3})"), "{0}:{1}"),
    (re.compile(r"(Ubuntu:Pro):(\d\d\.\d\d)(?::LTS)?"), "{0}:{1}"),
    (re.compile(r"(Ubuntu):(\d\d\.\d\d)(?::LTS)?"), "{0}:{1}"),
    (re.compile(r"(AlmaLinux|Rocky Linux):(\d{1,3})"), "{0}:{1}"),
    (re.compile(r"(openSUSE):Leap (\d\d\.\d)"), "{0}:{1}"),
    (re.compile(r"(openSUSE):(Tumbleweed)"), "{0}:{1}"),
    (re.compile(r"(SUSE):(\d\d\.\d)"), "{0}:{1}"),
    (re.compile(r"(openSUSE):(\d\d\.\d)"), "{0}:{1}"),
)
_SUSE = re.compile(
    r"SUSE:Linux Enterprise (?:Server|Desktop|High Performance Computing|Workstation Extension|Module for .{1,60}?)"
    r" (\d\d)(?: SP(\d))?"
)
_PACK = re.compile(r"(\d\d)(?:\.|[- ]?SP)(\d)(?!\d)", re.IGNORECASE)


def release_of_ecosystem(ecosystem: str) -> str | None:
    """The key of an ecosystem of OSV ("Ubuntu:22.04:LTS"), or of a key; None for one that is not judged."""
    if match := _SUSE.fullmatch(ecosystem):
        return f"SUSE:{match[1]}.{match[2] or 0}"
    for pattern, key in _OSV:
        if match := pattern.fullmatch(ecosystem):
            return key.format(*match.groups())
    return None


def release_of(os: Os) -> str | None:
    """The key of a PC's operating system; None when it is no Linux, or one whose release can't be told."""
    if os.family != "linux":
        return None
    name, version = os.name.lower(), os.version.strip()
    number = re.match(r"(\d{1,3})(?:\.(\d{1,3}))?", version)
    if "opensuse" in name and "tumbleweed" in name:
        return "openSUSE:Tumbleweed"
    if number is None:
        return None
    if name.startswith("debian"):
        return f"Debian:{number[1]}"
    if name.startswith("ubuntu"):
        return f"Ubuntu:{number[1]}.{number[2]}" if number[2] and len(number[2]) == 2 else None
    if name.startswith("almalinux"):
        return f"AlmaLinux:{number[1]}"
    if name.startswith("rocky"):
        return f"Rocky Linux:{number[1]}"
    if "suse" in name:
        pack = _PACK.match(version) or _PACK.search(os.name)
        return f"{'openSUSE' if 'opensuse' in name else 'SUSE'}:{pack[1]}.{pack[2]}" if pack else None
    return None


def scheme_of(release: str) -> str:
    """How versions of a release sort: deb or rpm."""
    return "deb" if release.startswith(("Debian:", "Ubuntu:")) else "rpm"


def with_pro(release: str) -> str | None:
    """The key under which the fixes of Ubuntu Pro for a release stand; None for another distribution."""
    return release.replace("Ubuntu:", "Ubuntu:Pro:", 1) if release.startswith("Ubuntu:") else None
