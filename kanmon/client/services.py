"""Services: the units of systemd, or without it the daemons that run; and shared folders."""

import re

from kanmon.client.machine import Machine
from kanmon.intake.formats.kanmon_schema import ServicePart, SharePart

_STARTUPS = {
    "enabled": "automatic", "enabled-runtime": "automatic", "alias": "automatic", "generated": "automatic",
    "static": "manual", "indirect": "manual", "disabled": "manual", "transient": "manual",
    "masked": "disabled", "masked-runtime": "disabled",
}  # fmt: skip
_KERNEL_THREADS = "2"  # the process that is their parent


def services(machine: Machine) -> tuple[ServicePart, ...] | None:
    """The services of this machine; None when neither systemd nor /proc answers."""
    if machine.has("/run/systemd/system"):
        units = machine.run(
            "systemctl", "list-units", "--type=service", "--all", "--no-legend", "--plain", "--no-pager"
        )
        files = machine.run("systemctl", "list-unit-files", "--type=service", "--no-legend", "--no-pager")
        if units is None or units.status or files is None or files.status:
            return None
        return tuple(from_systemctl(units.text, files.text))
    return _daemons(machine)


def from_systemctl(units: str, files: str) -> list[ServicePart]:
    """Services from the two lists of systemctl. Templates ("getty@") are no services."""
    startups: dict[str, str] = {}
    for row in (line.split() for line in files.splitlines()):
        if len(row) >= 2 and row[0].endswith(".service") and not row[0].endswith("@.service"):
            startups[row[0]] = _STARTUPS.get(row[1], "")
    running = {row[0]: row[2] == "active" for row in (line.split() for line in units.splitlines()) if len(row) >= 4}
    names = sorted({*startups, *running})
    return [
        ServicePart(name.removesuffix(".service"), running.get(name, False), startups.get(name, ""))  # type: ignore[arg-type]
        for name in names
    ]


def _daemons(machine: Machine) -> tuple[ServicePart, ...] | None:
    """Programs that run without a terminal, as daemons do. See proc(5), stat: pid (name) state parent .. terminal."""
    found = set()
    for number in (name for name in machine.names("/proc") or () if name.isdigit()):
        stat = machine.text(f"/proc/{number}/stat") or ""
        match = re.match(r"\d+ \((.*)\) (\S) (\d+) \d+ \d+ (-?\d+) ", stat, re.DOTALL)
        if match and match[2] != "Z" and match[4] == "0" and _KERNEL_THREADS not in (number, match[3]):
            found.add(match[1])
    return tuple(ServicePart(name, True) for name in sorted(found)) or None


def shares(machine: Machine) -> tuple[SharePart, ...] | None:
    """Shares of Samba and exports of NFS that are configured. None when Samba's configuration cannot be read."""
    found: list[SharePart] = []
    if machine.has("/etc/samba/smb.conf"):
        told = machine.run("testparm", "-s")
        text = told.text if told and told.status == 0 else machine.text("/etc/samba/smb.conf")
        if text is None:
            return None
        found += from_samba(text)
    for name in machine.names("/var/lib/samba/usershares") or ():
        found.append(SharePart(name))
    for text in (machine.text("/etc/exports") or "", *machine.texts("/etc/exports.d", ".exports")):
        found += from_exports(text)
    return tuple(found)


def from_samba(text: str) -> list[SharePart]:
    """Shares from smb.conf: its sections but [global] and those for printers."""
    names = re.findall(r"^\s*\[([^\]]+)\]", text, re.MULTILINE)
    kept = [name.strip() for name in names if name.strip().lower() not in ("global", "printers")]
    return [SharePart(name, name.endswith("$")) for name in dict.fromkeys(kept)]


def from_exports(text: str) -> list[SharePart]:
    """Folders from exports(5), each on a line of its own."""
    lines = (line.strip() for line in text.replace("\\\n", " ").splitlines())
    paths = (re.match(r'"([^"]+)"|(\S+)', line) for line in lines if line and not line.startswith("#"))
    return [SharePart(match[1] or match[2]) for match in paths if match]
