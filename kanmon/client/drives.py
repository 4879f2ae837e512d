"""Fixed local volumes and whether the operating system encrypts them.

A volume is encrypted when it lies, directly or through LVM, RAID or partitions, on a device that dm-crypt made
(its UUID begins with CRYPT-). Devices that the kernel does not show here (containers) are left out.
"""

import re

from kanmon.client.machine import Machine
from kanmon.intake.formats.kanmon_schema import DrivePart

_SKIPPED = frozenset({"squashfs", "iso9660", "udf", "nfs", "nfs4", "cifs"})
_MAX_DEPTH = 10


def drives(machine: Machine) -> tuple[DrivePart, ...] | None:
    """One record for each block device that is mounted, under its shortest mount point; None when none is seen."""
    mounts: dict[str, tuple[str, str]] = {}
    for line in (machine.text("/proc/self/mountinfo") or "").splitlines():
        left, _, right = line.partition(" - ")
        where = _plain(left.split()[4])
        filesystem, source = right.split()[:2]
        if not source.startswith("/dev/") or filesystem in _SKIPPED or source.startswith("/dev/loop"):
            continue
        known = mounts.get(source)
        if known is None or len(where) < len(known[0]):
            mounts[source] = (where, filesystem)
    found = []
    for source, (where, filesystem) in mounts.items():
        block = machine.path(source).resolve().name
        if not machine.has(f"/sys/class/block/{block}") or _removable(machine, block):
            continue
        method = _crypt(machine, block, 0)
        found.append(DrivePart(where, where == "/", bool(method), method, filesystem))
    return tuple(sorted(found, key=lambda drive: drive.name)) or None


def _plain(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _removable(machine: Machine, block: str) -> bool:
    """Whether the device, or the disk that it is a partition of, can be taken out."""
    folder = f"/sys/class/block/{block}"
    return any(machine.text(f"{place}/removable") == "1" for place in (folder, f"{folder}/.."))


def _crypt(machine: Machine, block: str, depth: int) -> str:
    """The kind of dm-crypt under a device, such as "LUKS2"; "" when there is none."""
    uuid = machine.text(f"/sys/class/block/{block}/dm/uuid") or ""
    if uuid.startswith("CRYPT-"):
        return uuid.split("-")[1]
    if depth < _MAX_DEPTH:
        for slave in machine.names(f"/sys/class/block/{block}/slaves") or ():
            if method := _crypt(machine, slave, depth + 1):
                return method
    return ""
