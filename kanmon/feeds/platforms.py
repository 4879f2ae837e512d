"""One key for one Windows, however a feed or an inventory spells it.

Feeds write "Windows 11 version 21H2 for x64-based Systems", "Windows 11 Version 26H1 for x64-based Systems - extra",
"Microsoft .NET Framework 3.5 on Windows Server 2019 (Server Core installation)"; inventories write "Microsoft
Windows 11 Pro" and a build number. Both become a key such as ``windows 11 23h2 x64`` or ``windows 7 x64 sp1``.

What is not said in a spelling that is known here has no key, and a PC without a key is Unknown, never Safe. A key
that no feed knows makes the PC Unknown as well: nearest matches are never guessed.

Server Core has the updates of the server, so both have one key. Since Windows 10 the version follows from the build
number, which a PC always tells, and the name of the version need not be there.
"""

import re
from typing import NamedTuple

from kanmon.common.facts import Os

_WINDOWS = re.compile(r"windows(?:\(r\)|®|™)?\s*(?=(?:server|xp|vista|2000|rt\b|\d))", re.IGNORECASE)
_ARCHES = (
    ("arm64", re.compile(r"arm(?:64)?-based|\barm64\b|\baarch64\b|\barm systems", re.IGNORECASE)),
    ("itanium", re.compile(r"itanium|\bia-?64\b", re.IGNORECASE)),
    ("x64", re.compile(r"x64|x86_64|amd64|64[- ]?bit", re.IGNORECASE)),
    ("x86", re.compile(r"32[- ]?bit|\bx86\b|i[3-6]86", re.IGNORECASE)),
)
_PACK = re.compile(r"service pack (\d)", re.IGNORECASE)
_VERSION = re.compile(r"\b(?:version\s+)?(1[5-9]\d\d|2004|2\dh\d)\b", re.IGNORECASE)
_OTHER_KIND = re.compile(r"\bhlk\b|hololens|azure edition|media center|tablet pc|embedded|\biot core\b", re.IGNORECASE)

CLIENT_BUILDS = {
    10240: ("10", "1507"), 10586: ("10", "1511"), 14393: ("10", "1607"), 15063: ("10", "1703"), 16299: ("10", "1709"),
    17134: ("10", "1803"), 17763: ("10", "1809"), 18362: ("10", "1903"), 18363: ("10", "1909"), 19041: ("10", "2004"),
    19042: ("10", "20h2"), 19043: ("10", "21h1"), 19044: ("10", "21h2"), 19045: ("10", "22h2"), 22000: ("11", "21h2"),
    22621: ("11", "22h2"), 22631: ("11", "23h2"), 26100: ("11", "24h2"), 26200: ("11", "25h2"), 28000: ("11", "26h1"),
}  # fmt: skip
"""Build number -> generation and version of Windows 10 and 11 (Microsoft's lists of release information)."""

SERVER_BUILDS = {
    14393: "2016", 17763: "2019", 20348: "2022", 26100: "2025", 16299: "1709", 17134: "1803", 18362: "1903",
    18363: "1909", 19041: "2004", 19042: "20h2", 25398: "23h2",
}  # fmt: skip
"""Build number -> Windows Server since 2016: the year of a long-term one, else the version."""


class Place(NamedTuple):
    """Where an update applies: the platform's key, and the part of the system ("" for Windows itself)."""

    platform: str
    component: str


def place(product: str, affected: str = "") -> Place | None:
    """The place that a feed's product name means; None when it is no Windows that is known here.

    ``affected``: the feed's word for the component, where the product name has none.
    """
    found = list(_WINDOWS.finditer(product))
    if not found or _OTHER_KIND.search(product):
        return None
    key = _key(product[found[-1].end() :])
    if key is None:
        return None
    before = re.sub(
        r"\s+(?:when installed )?on(?:\s+microsoft)?\s*$", "", product[: found[-1].start()].strip(), flags=re.I
    )
    before = re.sub(r"^microsoft$", "", before.strip(), flags=re.IGNORECASE)
    return Place(key, component(before or affected, named=bool(before)))


def component(text: str, *, named: bool = True) -> str:
    """One word for the part of the system that ``text`` speaks of; versions that exclude each other are one part.

    ``named``: the product name says it. Elsewhere feeds write the name of any driver there, which is Windows itself.
    """
    low = text.lower()
    if ".net framework" in low:
        if re.search(r"\b4(?:\.\d)*", low.partition(".net framework")[2]):
            return ".net framework 4"
        return ".net framework 1" if re.search(r"framework 1\.", low) else ".net framework 2"
    for word in ("internet explorer", "media player", "adobe flash player", "outlook express", "directx"):
        if word in low:
            return word
    if match := re.search(r"xml core services (\d)", low):
        return f"xml core services {match[1]}"
    return low.removeprefix("microsoft ").strip() if named else ""


def _key(rest: str) -> str | None:
    """The key of what stands behind the word Windows in a feed."""
    low = " ".join(rest.lower().split())
    arch = _arch(low)
    pack = _PACK.search(low)
    suffix = f" sp{pack[1]}" if pack else ""
    if match := re.match(r"(xp|vista|2000)\b", low):
        return f"windows {match[1]} {arch or 'x86'}{suffix}"
    if match := re.match(r"server (2003|2008)( r2)?\b", low):
        return f"windows server {match[1]}{match[2] or ''} {arch or 'x86'}{suffix}"
    if match := re.match(r"server,? version (\w+)", low):
        return f"windows server {match[1]}"
    if re.match(r"server 2022,? 23h2", low):
        return "windows server 23h2"
    if match := re.match(r"server (20\d\d)( r2)?\b", low):
        return f"windows server {match[1]}{match[2] or ''}"
    if match := re.match(r"rt( 8\.1)?\b", low):
        return f"windows rt{match[1] or ''}"
    if match := re.match(r"(7|8\.1|8)\b", low):
        return f"windows {match[1]} {arch}{suffix}" if arch else None
    if match := re.match(r"(10|11)\b", low):
        version = _VERSION.search(low[len(match[1]) :])
        oldest = {"10": "1507", "11": "21h2"}[match[1]]
        return f"windows {match[1]} {version[1] if version else oldest} {arch}" if arch else None
    return None


def _arch(text: str) -> str:
    return next((name for name, pattern in _ARCHES if pattern.search(text)), "")


def platform_of(os: Os) -> str | None:
    """The key of a PC's Windows; None when its inventory does not tell enough, or another Windows than is known here.

    Since Windows 10 the build number decides, before that the name; a client needs its architecture.
    """
    if os.family != "windows":
        return None
    name = " ".join(re.sub(r"\(r\)|®|™", " ", os.name, flags=re.IGNORECASE).lower().split())
    match = _WINDOWS.search(name)
    if match is None or _OTHER_KIND.search(name):
        return None
    rest = name[match.end() :].replace(",", "")
    arch = _arch(os.arch) or _arch(name)
    build = build_of(os)[0]
    pack = re.search(r"\d", os.service_pack)
    suffix = f" sp{pack[0]}" if pack and pack[0] != "0" else ""
    if rest.startswith("server"):
        return _server(rest, build, arch, suffix)
    if match := re.match(r"(xp|vista|2000)t?\b", rest):
        return f"windows {match[1]} {arch or 'x86'}{suffix}" if arch or match[1] == "2000" else None
    if match := re.match(r"(7|8\.1|8)\b", rest):
        return f"windows {match[1]} {arch}{suffix if match[1] == '7' else ''}" if arch else None
    if match := re.match(r"rt( 8\.1)?\b", rest):
        return f"windows rt{match[1] or ''}"
    if re.match(r"1[01]\b", rest) and arch:
        known = CLIENT_BUILDS.get(build)
        if known is None and not build and (version := _VERSION.search(f"{rest} {os.version}")):
            known = (rest[:2], version[1].lower())
        return f"windows {known[0]} {known[1]} {arch}" if known else None
    return None


def _server(rest: str, build: int, arch: str, suffix: str) -> str | None:
    if match := re.match(r"server (2003|2008)( r2)?\b", rest):
        # Windows Server 2003 R2 is 2003 with a second disc: the feed has its updates under 2003
        second = match[2] if match[1] == "2008" and match[2] else ""
        return f"windows server {match[1]}{second} {arch}{suffix}" if arch else None
    if match := re.match(r"server 2012( r2)?\b", rest):
        return f"windows server 2012{match[1] or ''}"
    known = SERVER_BUILDS.get(build)
    if known is None and not build and (match := re.match(r"server (20(?:16|19|22|25))\b", rest)):
        known = match[1]
    return f"windows server {known}" if known else None


def build_of(os: Os) -> tuple[int, int | None]:
    """Build number and revision of a Windows: (22631, 6199) of "22631.6199"; (0, None) when it is not told."""
    match = re.fullmatch(r"(?:10\.0\.)?(\d{4,5})(?:\.(\d+))?", os.build.strip())
    if match is None:
        match = re.fullmatch(r"\d+\.\d+\.(\d{4,5})(?:\.(\d+))?", os.version.strip())
    return (int(match[1]), int(match[2]) if match[2] else None) if match else (0, None)


def is_cumulative(platform: str) -> bool:
    """Whether each cumulative update of this Windows holds all before it: Windows 10, Server 2016 and later."""
    old = ("xp", "vista", "2000", "7 ", "8 ", "8.1", "rt", "server 2003", "server 2008", "server 2012")
    return platform.startswith("windows ") and not platform.removeprefix("windows ").startswith(old)
