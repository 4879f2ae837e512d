"""What names this machine, and what differs from PC to PC: the identity, the make, the columns."""

import hashlib
import os
import re
import struct

from kanmon.client.machine import Machine, ask
from kanmon.intake.formats.kanmon_schema import ColumnsPart, HardwarePart, Identity, OsPart
from kanmon.intake.identity import clean_mac, clean_uuid, is_virtual

_DMI = "/sys/class/dmi/id"
# SMBIOS specification, 7.4.1
_CHASSIS = {
    3: "Desktop", 4: "Desktop", 5: "Desktop", 6: "Mini Tower", 7: "Tower", 8: "Portable", 9: "Laptop", 10: "Notebook",
    13: "All in One", 14: "Sub Notebook", 15: "Desktop", 17: "Server", 23: "Server", 30: "Tablet", 31: "Convertible",
    32: "Detachable", 35: "Mini PC", 36: "Stick PC",
}  # fmt: skip
_USER_PROCESS = 7
_UTMP_RECORD = struct.Struct("hi32s4s32s256shhiii4i20x")  # utmp(5), 384 bytes


def device_id(machine: Machine) -> str:
    """A name for this installation. It is made from the machine id, which itself should not leave the machine.

    Without one the UUID of the board serves, then the hardware addresses, then the host's name.
    """
    sources = (
        machine.text("/etc/machine-id"),
        machine.text("/var/lib/dbus/machine-id"),
        clean_uuid(machine.text(f"{_DMI}/product_uuid")),
        " ".join(macs(machine)),
        host(machine),
    )
    source = next(filter(None, sources), "")
    return "kanmon-" + hashlib.blake2b(source.encode(), digest_size=16, person=b"kanmon-client").hexdigest()


def host(machine: Machine) -> str:
    """The name of the machine without its domain."""
    return _full_name(machine).partition(".")[0]


def _full_name(machine: Machine) -> str:
    return machine.text("/proc/sys/kernel/hostname") or machine.text("/etc/hostname") or os.uname().nodename


def macs(machine: Machine) -> tuple[str, ...]:
    """Hardware addresses of the cards; where there is no card (containers), those of the other interfaces."""
    names = machine.names("/sys/class/net") or []
    cards = [name for name in names if machine.has(f"/sys/class/net/{name}/device")]
    chosen = cards or [name for name in names if not is_virtual(name)]
    found = {clean_mac(machine.text(f"/sys/class/net/{name}/address")) for name in chosen}
    return tuple(sorted(filter(None, found)))


def identity(machine: Machine) -> Identity:
    """Serial number and UUID of the board (readable by root only), hardware addresses."""
    serial, uuid = machine.text(f"{_DMI}/product_serial"), machine.text(f"{_DMI}/product_uuid")
    return Identity(serial or "", clean_uuid(uuid), macs(machine))


def asset_number(machine: Machine) -> str:
    """The asset tag that was written into the board."""
    return machine.text(f"{_DMI}/chassis_asset_tag") or ""


def hardware(machine: Machine) -> HardwarePart | None:
    """The make of the machine."""
    if not machine.has(f"{_DMI}/sys_vendor"):
        return None
    chassis = machine.text(f"{_DMI}/chassis_type") or ""
    return HardwarePart(
        machine.text(f"{_DMI}/sys_vendor") or "",
        machine.text(f"{_DMI}/product_name") or "",
        _CHASSIS.get(int(chassis), "") if chassis.isdigit() else "",
    )


def operating_system(machine: Machine) -> OsPart | None:
    """The distribution from os-release; on Debian the point release from debian_version."""
    text = machine.text("/etc/os-release") or machine.text("/usr/lib/os-release")
    if text is None:
        return None
    told = {key: value.strip().strip("\"'") for key, _, value in (line.partition("=") for line in text.splitlines())}
    version = told.get("VERSION_ID", "")
    point = machine.text("/etc/debian_version") or ""
    if told.get("ID") == "debian" and re.fullmatch(r"[\d.]+", point):
        version = point
    name = re.sub(r"\s+\d.*$", "", told.get("NAME", "Linux"))
    kernel = os.uname()
    return OsPart("linux", name, version, kernel.release, arch=kernel.machine)


def columns(machine: Machine) -> ColumnsPart:
    """Addresses, sizes and times."""
    disk = ask(_disk, machine) or (None, None)
    user, logon = ask(_logon, machine) or (None, None)
    return ColumnsPart(
        domain=_full_name(machine).partition(".")[2] or None,
        user=user,
        ip=" ".join(ask(_addresses, machine) or ()) or None,
        memory_mb=ask(_memory, machine),
        disk_total_mb=disk[0],
        disk_free_mb=disk[1],
        boot_at=ask(_boot, machine),
        last_logon_at=logon,
    )


def _addresses(machine: Machine) -> list[str]:
    routes = machine.text("/proc/net/fib_trie") or ""
    four = re.findall(r"\|-- ([\d.]+)\n\s+/32 host LOCAL", routes)
    lines = (machine.text("/proc/net/if_inet6") or "").splitlines()
    six = [":".join(re.findall("....", line.split()[0])) for line in lines if line.split()[3] == "00"]  # global scope
    return [*dict.fromkeys(four), *six]


def _memory(machine: Machine) -> int:
    found = re.search(r"MemTotal:\s+(\d+) kB", machine.text("/proc/meminfo") or "")
    return int(found[1]) // 1024  # type: ignore[index]


def _boot(machine: Machine) -> int:
    found = re.search(r"^btime (\d+)$", machine.text("/proc/stat") or "", re.MULTILINE)
    return int(found[1])  # type: ignore[index]


def _disk(machine: Machine) -> tuple[int, int]:
    told = os.statvfs(machine.path("/"))
    return told.f_blocks * told.f_frsize // 2**20, told.f_bavail * told.f_frsize // 2**20


def _logon(machine: Machine) -> tuple[str, int] | None:
    """The newest logon of those who are logged on, from utmp."""
    records = machine.bytes("/run/utmp") or b""
    whole = len(records) // _UTMP_RECORD.size * _UTMP_RECORD.size
    logons = [
        (entry[9], entry[4].split(b"\0")[0].decode("utf-8", "replace"))
        for entry in _UTMP_RECORD.iter_unpack(records[:whole])
        if entry[0] == _USER_PROCESS
    ]
    if not logons:
        return None
    at, user = max(logons)
    return user, at
