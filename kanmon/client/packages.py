"""Installed programs and pending updates, from the package managers dpkg/apt and rpm/dnf."""

import re

from kanmon.client.machine import Machine
from kanmon.common import clock
from kanmon.intake.formats.kanmon_schema import PendingPart, SoftwarePart

LISTS_MAX_AGE_DAYS = 30  # older lists of a package manager do not tell which updates there are
_LIST_SECONDS = 60.0
_SIMULATE_SECONDS = 120.0

_DPKG = (
    "${db:Status-Status}\t${binary:Package}\t${Version}\t${Architecture}\t${Maintainer}\t"
    "${source:Package}\t${source:Version}\n"
)
_RPM = "%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{ARCH}\t%{VENDOR}\n"
_RPM_DATABASES = ("/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm")
_INST = re.compile(r"^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) ([^\[)]*)", re.MULTILINE)


def software(machine: Machine) -> tuple[SoftwarePart, ...] | None:
    """All packages of dpkg and rpm; None when there is no package manager to ask."""
    found: list[SoftwarePart] = []
    asked = False
    if machine.has("/var/lib/dpkg/status") and (told := machine.run("dpkg-query", "-W", f"-f={_DPKG}")):
        asked = told.status == 0
        found += from_dpkg(told.text)
    if any(
        machine.has(folder)
        for folder in ("/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm")
    ):
        told = machine.run("rpm", "-qa", "--qf", _RPM, seconds=_LIST_SECONDS)
        if told and told.status == 0:
            asked = True
            found += from_rpm(told.text)
    return tuple(found) if asked else None


def from_dpkg(text: str) -> list[SoftwarePart]:
    """Packages from lines of status, name, version, architecture, maintainer, source and its version; only those
    fully installed.
    """
    rows = [line.split("\t") for line in text.splitlines()]
    return [
        SoftwarePart(row[1].partition(":")[0], row[2], _person(row[4]), row[3], "deb", _source(row[2], row[5], row[6]))
        for row in rows
        if len(row) == 7 and row[0] == "installed"
    ]


def from_rpm(text: str) -> list[SoftwarePart]:
    """Packages from lines of name, version, architecture, vendor; keys are no packages."""
    rows = [line.split("\t") for line in text.splitlines()]
    return [
        SoftwarePart(row[0], row[1], "" if row[3] == "(none)" else row[3], row[2], "rpm")
        for row in rows
        if len(row) == 4 and row[0] != "gpg-pubkey"
    ]


def _source(version: str, source: str, of_source: str) -> str:
    return f"{source} {of_source}" if source and of_source != version else source


def _person(maintainer: str) -> str:
    return maintainer.partition("<")[0].strip().strip('"')


def pending(machine: Machine) -> tuple[PendingPart, ...] | None:
    """Updates that apt or dnf would install now; None when their lists are missing or too old to tell."""
    if machine.has("/var/lib/dpkg/status"):
        return _apt(machine)
    return _dnf(machine) if machine.command("dnf") else None


def _apt(machine: Machine) -> tuple[PendingPart, ...] | None:
    lists = machine.names("/var/lib/apt/lists")
    if not lists or not any("_Packages" in name for name in lists) or not _fresh(machine):
        return None
    told = machine.run(
        "apt-get", "-s", "-q", "-o", "Debug::NoLocking=1", "dist-upgrade",
        seconds=_SIMULATE_SECONDS,
    )  # fmt: skip
    return tuple(from_apt(told.text)) if told and told.status == 0 else None


def _fresh(machine: Machine) -> bool:
    """Whether the lists were fetched lately. Files in it carry the server's times, so the folders are asked."""
    times = []
    for name in (
        "/var/lib/apt/lists",
        "/var/lib/apt/lists/partial",
        "/var/lib/apt/periodic/update-success-stamp",
        "/var/lib/apt/periodic/update-stamp",
    ):
        try:
            times.append(machine.path(name).stat().st_mtime)
        except OSError:
            continue
    return bool(times) and clock.now().timestamp() - max(times) < LISTS_MAX_AGE_DAYS * 86400


def from_apt(text: str) -> list[PendingPart]:
    """Updates from ``apt-get -s dist-upgrade``: ``Inst name [old] (new origin, origin [arch])``."""
    return [PendingPart(name, version, "security" in origins.lower()) for name, version, origins in _INST.findall(text)]


def _dnf(machine: Machine) -> tuple[PendingPart, ...] | None:
    told = machine.run("dnf", "-q", "-C", "check-update", seconds=_SIMULATE_SECONDS)
    if told is None or told.status not in (0, 100):  # 100: there are updates; 1: no cache, or it is too old
        return None
    advised = machine.run("dnf", "-q", "-C", "updateinfo", "list", "--security", "--updates", seconds=_SIMULATE_SECONDS)
    return tuple(from_dnf(told.text, advised.text if advised and advised.status == 0 else None))


def from_dnf(text: str, advisories: str | None) -> list[PendingPart]:
    """Updates from ``dnf check-update``; ``security`` is unknown without the list of advisories."""
    named = None if advisories is None else {line.split()[-1] for line in advisories.splitlines() if line.split()}
    found = []
    for line in text.partition("Obsoleting Packages")[0].splitlines():
        words = line.split()
        if len(words) == 3 and "." in words[0]:
            name, _, arch = words[0].rpartition(".")
            full = f"{name}-{words[1].rpartition(':')[2]}.{arch}"
            found.append(PendingPart(name, words[1], None if named is None else full in named))
    return found
