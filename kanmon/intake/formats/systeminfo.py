"""The text of the command ``systeminfo`` of Windows -> Report.

It is read by the *order* of its lines and never by their words. The order is the same from Windows XP to 11 in
every language; the words are not even the same in one language. Two lines are found by their values and all others
are counted from these: the version ("10.0.22631 N/A Build 22631") and the time zone ("(UTC+01:00) ..."). Where the
count does not lead to a value of the right shape, the value is taken as not given.

What belongs to a line stands below it, indented: ``[01]: KB5029921``. Old versions of the command lose the end of a long
list of updates (their buffer is full), in the middle of an entry, although they say how many there are. What is
listed is installed; about others such a list says nothing, so updates are then not *told*, and one that
is wanted and not listed is Unknown. The list of ``wmic qfe`` (``qfe.py``) fills the gap.

The command is a part of Windows, so its version is that of Windows: see ADR 51 on what stands as agent.
"""

import re
from datetime import timezone
from typing import NamedTuple

from kanmon.common.errors import Refused
from kanmon.common.facts import Agent, Fact, Hardware, Os, Patch
from kanmon.intake.formats import windows_dates
from kanmon.intake.formats.sections.network import addresses
from kanmon.intake.formats.windows_text import decode, device_key, kb_of, sniffed
from kanmon.intake.identity import clean_serial
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, offset

AGENT = "systeminfo"

# Places of lines, counted from the version.
_HOST, _NAME, _PRODUCT_ID, _INSTALLED, _BOOTED, _MAKER, _MODEL, _TYPE, _BIOS, _LOCALE = (
    -2,
    -1,
    6,
    7,
    8,
    9,
    10,
    11,
    13,
    17,
)
# ... and from the time zone.
_MEMORY, _DOMAIN, _SERVER, _UPDATES = 1, 7, 8, 9

_VERSION = re.compile(r"((?:5\.[0-2]|6\.[0-4]|10\.0)\.?)(\d{4,6})\b(.*)")
_SEEN = re.compile(rb"^[^:\r\n]{1,120}:[ \t]+(?:5\.[0-2]|6\.[0-4]|10\.0)\.\d{4,6}\b", re.MULTILINE)
_ZONE = re.compile(r"\((?:UTC|GMT)([+-]\d\d:\d\d)?\)")
_ENTRY = re.compile(r"\[(\d{1,6})\] ?: (.*)")
_PACK = re.compile(r"Service Pack \d+")
_PRODUCT = re.compile(r"\d{5}-[0-9A-Za-z-]{5,24}")
_SIGNS = re.compile(r"[®™]|\((?:R|TM)\)", re.IGNORECASE)
_LOST_SIGNS = ((re.compile(r"\bMicrosoftr(?=\s)"), "Microsoft"), (re.compile(r"\bVistaT(?=\s|$)"), "Vista"))
_DAY_FIRST = frozenset(
    ["cs", "da", "de", "el", "fi", "fr", "it", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sv", "tr", "uk"]
)  # languages of such countries only
_ARCHES = (
    (re.compile(r"arm64", re.I), "aarch64"),
    (re.compile(r"x64|amd64", re.I), "x86_64"),
    (re.compile(r"x86", re.I), "i386"),
)


class Line(NamedTuple):
    """A line of the report: what stands after its label, and the lines below it."""

    value: str
    below: list[str]


def seems(body: bytes) -> bool:
    """Whether ``body`` looks like such a report."""
    return _SEEN.search(sniffed(body)) is not None


def read(body: bytes) -> Report:
    """The report in ``body``. Raises Refused when it does not name the PC or its operating system."""
    report = _Lines(_lines(decode(body)))
    host = clean(report.of_version(_HOST))
    if not any(char.isalnum() for char in host):
        raise Refused("KNM1150-E", field="Host Name")
    system = report.system()
    if not system.name:
        raise Refused("KNM1150-E", field="OS Name")
    patches, told = report.patches()
    found: list[Fact] = [system, Agent(AGENT, ".".join(filter(None, (system.version, system.build)))), *patches]
    if report.is_whole_head and any(make := report.make()):
        found.append(make)
    product = clean(report.of_version(_PRODUCT_ID))
    return build(
        format="systeminfo",
        device_key=device_key(host),
        host=host,
        uuid=f"windows:{host[:24]}:{product}" if _PRODUCT.fullmatch(product) else "",
        columns=report.columns(),
        facts=found,
        told=["patch"] if told else [],
    )


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    for raw in re.split(r"\r\n|\n|\r", text):
        bare = raw.strip()
        if not bare:
            if raw and found:
                found[-1].below.append("")  # the indentation of an entry that was lost
            continue
        _, colon, value = raw.replace("\uff1a", ":").partition(":")
        if found and (raw[0].isspace() or bare.startswith("[")):
            found[-1].below.append(bare)
        elif colon:
            found.append(Line(value.strip(), []))
    return found


class _Lines:
    """The lines of one report and the two places from which others are counted."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._version = next((at for at, one in enumerate(lines) if _VERSION.match(one.value)), None)
        after = self._version or 0
        self._zone = next((at for at in range(after, len(lines)) if _ZONE.match(lines[at].value)), None)

    def _at(self, start: int | None, place: int) -> Line:
        at = -1 if start is None else start + place
        return self._lines[at] if 0 <= at < len(self._lines) else Line("", [])

    def of_version(self, place: int) -> str:
        return self._at(self._version, place).value

    def of_zone(self, place: int) -> str:
        return self._at(self._zone, place).value

    @property
    def is_whole_head(self) -> bool:
        """Whether the lines after the version are where they belong."""
        return any(pattern.search(self.of_version(_TYPE)) for pattern, _ in _ARCHES)

    def system(self) -> Os:
        """The operating system; raises Refused when there is no version."""
        match = _VERSION.match(self.of_version(0))
        if match is None:
            raise Refused("KNM1150-E", field="OS Version")
        name = _SIGNS.sub("", self.of_version(_NAME))
        for lost, meant in _LOST_SIGNS:
            name = lost.sub(meant, name)
        pack = _PACK.search(match[3])
        kind = self.of_version(_TYPE)
        arch = next((arch for pattern, arch in _ARCHES if pattern.search(kind)), "")
        return Os(
            "windows", " ".join(clean(name).split()), match[1].rstrip("."), match[2], pack[0] if pack else "", arch
        )

    def make(self) -> Hardware:
        """Maker and model, without vendors' fillers."""
        return Hardware(*(_given(self.of_version(place)) for place in (_MAKER, _MODEL)))

    def patches(self) -> tuple[list[Fact], bool]:
        """The updates, and whether the list is whole."""
        block = next((one for one in self._lines if any(map(_is_update, one.below))), None)
        if block is None:
            return [], False
        count = re.search(r"\d{1,6}", block.value)
        entries: list[str] = []
        for line in block.below:
            match = _ENTRY.fullmatch(line)
            if match is None or int(match[1]) != len(entries) + 1:
                break  # an entry that is cut, and perhaps the network cards right behind it
            entries.append(match[2])
        whole = count is not None and len(entries) == int(count[0])
        if not whole and len(entries) == len(block.below):
            entries.pop()  # it may have lost its last digits
        return [Patch(kb) for kb in map(kb_of, entries) if kb], whole

    def columns(self) -> dict[str, int | str | None]:
        """domain, ip, memory_mb, boot_at."""
        digits = "".join(char for char in self.of_zone(_MEMORY) if char.isdecimal())
        domain = _given(self.of_zone(_DOMAIN))
        placed = self.of_zone(_SERVER).startswith("\\\\") or bool(self._at(self._zone, _UPDATES).below)
        cards = [line for one in self._lines[(self._zone or 0) + _UPDATES + 1 :] for line in one.below]
        texts = [match[2].strip() for line in cards if (match := _ENTRY.fullmatch(line))]
        return {
            "domain": domain if placed and "\\" not in domain else "",
            "ip": addresses(texts),
            "memory_mb": int(digits) if digits and len(digits) < 10 else None,
            "boot_at": self._booted() if self.is_whole_head else None,
        }

    def _booted(self) -> int | None:
        """By the standard time of the PC's zone: the report does not say whether its summer time was on."""
        match = _ZONE.match(self.of_zone(0))
        zone: timezone = offset(match[1] if match else None)
        order = windows_dates.order_of(self.of_version(place) for place in (_INSTALLED, _BOOTED, _BIOS))
        language = re.match(r"[a-z]+", self.of_version(_LOCALE))
        if not order and language and language[0] in _DAY_FIRST:
            order = "dmy"
        return windows_dates.moment(self.of_version(_BOOTED), order, zone)


def _given(value: str) -> str:
    text = clean_serial(value)
    return text if any(char.isalnum() for char in text) else ""


def _is_update(line: str) -> bool:
    match = _ENTRY.fullmatch(line)
    return match is not None and (kb_of(match[2]) is not None or match[2] == "File 1")
