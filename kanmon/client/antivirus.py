"""Antivirus products of Linux: ClamAV, Defender, Bitdefender, SentinelOne in detail, others by folder and process.

It always looks, so an empty list means that none of the known products is installed.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from kanmon.client.machine import Machine, ask
from kanmon.common import clock
from kanmon.intake.formats.kanmon_schema import AntivirusPart
from kanmon.intake.text import day

CLAMAV_MAX_AGE_DAYS = 7  # clamd itself warns that its database is old after 7 days

# product -> (its folder, names of its processes as the kernel keeps them: 15 characters)
_OTHERS = {
    "CrowdStrike Falcon Sensor": ("/opt/CrowdStrike", ("falcon-sensor", "falcon-sensor-b")),
    "ESET Server Security for Linux": ("/opt/eset/efs", ("oaeventd", "scand")),
    "ESET Endpoint Antivirus for Linux": ("/opt/eset/eea", ("oaeventd", "scand")),
    "Kaspersky Endpoint Security for Linux": ("/opt/kaspersky/kesl", ("kesl",)),
    "Sophos Protection for Linux": ("/opt/sophos-spl", ("sophos_threat_d", "sophos_watchdog")),
    "Sophos Anti-Virus for Linux": ("/opt/sophos-av", ("savd",)),
    "Trend Micro Deep Security Agent": ("/opt/ds_agent", ("ds_agent", "ds_am")),
    "Trellix Endpoint Security for Linux": ("/opt/McAfee/ens", ("mfetpd",)),
    "WithSecure Linux Protection": ("/opt/f-secure/linuxsecurity", ("fsicd", "fsavd")),
}


def antivirus(machine: Machine) -> tuple[AntivirusPart, ...]:
    """Each known product that is installed."""
    asked = [ask(question, machine) for question in (_clamav, _defender, _bitdefender, _sentinel)]
    running = machine.processes()
    for product, (folder, processes) in _OTHERS.items():
        if machine.has(folder):
            enabled = None if running is None else not running.isdisjoint(processes)
            asked.append(AntivirusPart(product, enabled=enabled))
    return tuple(filter(None, asked))


def _clamav(machine: Machine) -> AntivirusPart | None:
    if not any(machine.has(f"/usr/{folder}/{name}") for folder in ("bin", "sbin") for name in ("clamscan", "clamd")):
        return None
    told = machine.run("clamscan", "--version") or machine.run("clamd", "--version")
    match = re.match(r"ClamAV ([^/\s]+)", told.text if told else "")
    version = match[1] if match else ""
    names = machine.names("/var/lib/clamav") or []
    daily = next((name for name in ("daily.cld", "daily.cvd") if name in names), None)
    header = machine.bytes(f"/var/lib/clamav/{daily}", 512) if daily else None
    number, made = from_clamav_header(header or b"")
    readable = machine.names("/var/lib/clamav") is not None
    current = False if readable and not daily else _current(made)
    running = machine.processes()
    enabled = None if running is None else not running.isdisjoint({"clamd", "clamonacc"})
    return AntivirusPart("ClamAV", version, version, number, made, enabled, current)


def _current(made: date | None) -> bool | None:
    return None if made is None else (clock.today() - made).days <= CLAMAV_MAX_AGE_DAYS


def from_clamav_header(header: bytes) -> tuple[str, date | None]:
    """Version and date of a database from its first 512 bytes: ``ClamAV-VDB:07 Jun 2024 09-30 -0400:27299:...``."""
    parts = header.decode("ascii", "replace").split(":")
    if parts[0] != "ClamAV-VDB" or len(parts) < 3:
        return "", None
    made = datetime.strptime(" ".join(parts[1].split()[:3]), "%d %b %Y").replace(tzinfo=UTC).date()
    return parts[2], made


def _defender(machine: Machine) -> AntivirusPart | None:
    told = machine.run("mdatp", "health", "--output", "json")
    if told is None:
        return AntivirusPart("Microsoft Defender") if machine.has("/opt/microsoft/mdatp") else None
    return from_mdatp(told.text)


def from_mdatp(text: str) -> AntivirusPart:
    """The answer of ``mdatp health --output json``; yes/no may stand inside an object."""
    told: dict[str, Any] = msgspec.json.decode(text)

    def value(name: str) -> Any:
        found = told.get(name)
        return found.get("value") if isinstance(found, dict) else found

    updated, status = value("definitionsUpdated"), told.get("definitionsStatus")
    kind = status.get("$type") if isinstance(status, dict) else status
    seconds = int(updated) / 1000 if str(updated or "").isdigit() else None
    enabled = value("realTimeProtectionEnabled")
    return AntivirusPart(
        "Microsoft Defender",
        str(told.get("appVersion") or ""),
        str(told.get("engineVersion") or ""),
        str(told.get("definitionsVersion") or ""),
        datetime.fromtimestamp(seconds, UTC).date() if seconds else None,
        enabled if isinstance(enabled, bool) else None,
        {"upToDate": True, "outOfDate": False}.get(str(kind)),
    )


def _bitdefender(machine: Machine) -> AntivirusPart | None:
    program = "/opt/bitdefender-security-tools/bin/bduitool"
    if not machine.has(program):
        return None
    told = machine.run(program, "get", "ps")
    return from_bduitool(told.text) if told else AntivirusPart("Bitdefender Endpoint Security Tools")


def from_bduitool(text: str) -> AntivirusPart:
    """The answer of ``bduitool get ps``."""
    told = _pairs(text, r"^[\s-]*([^:]+):\s*(.*)$")
    newer = told.get("New security content available")
    made = day(told.get("Last security content update", ""))
    return AntivirusPart(
        "Bitdefender Endpoint Security Tools",
        told.get("Product version", ""),
        told.get("Engines version", ""),
        definitions_date=date.fromisoformat(made) if made else None,
        enabled={"On": True, "Off": False}.get(told.get("Antimalware status", "")),
        up_to_date={"no": True, "yes": False}.get(newer or ""),
    )


def _sentinel(machine: Machine) -> AntivirusPart | None:
    program = "/opt/sentinelone/bin/sentinelctl"
    if not machine.has(program):
        return None
    parts = [machine.run(program, *words) for words in (("version",), ("engines", "status"), ("control", "status"))]
    return from_sentinelctl("\n".join(part.text for part in parts if part))


def from_sentinelctl(text: str) -> AntivirusPart:
    """The answers of ``sentinelctl version``, ``engines status`` and ``control status``."""
    told = _pairs(text, r"^([A-Z][\w ()]+?)(?::\s*|\s{2,})(\S.*)$")
    state = told.get("Agent state")
    enabled = None if state is None else state == "Enabled"
    return AntivirusPart(
        "SentinelOne", told.get("Agent version", ""), told.get("DFI library version", ""), enabled=enabled
    )


def _pairs(text: str, pattern: str) -> dict[str, str]:
    matches = [re.match(pattern, line) for line in text.splitlines()]
    return {match[1].strip(): match[2].strip() for match in matches if match}
