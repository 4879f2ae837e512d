"""What protects a PC and how it is set: mostly good, here and there not."""

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import msgspec

from kanmon.simulate.draw import Weighted, random_of, words
from kanmon.simulate.systems import System

_RESIDENT = Weighted(
    [
        (70, ("Microsoft Defender Antivirus", "4.18.25100", "1.1.25100")),
        (9, ("Trend Micro Apex One", "14.0.14", "24.500")), (7, ("Symantec Endpoint Protection", "14.3.12", "20241.1")),
        (6, ("ESET Endpoint Security", "12.0.2049", "1610")), (4, ("Sophos Endpoint", "2025.1", "3.92")),
        (4, ("CrowdStrike Falcon Sensor", "7.28", "7.28")),
    ]
)  # fmt: skip
_LINUX_RESIDENT = Weighted(
    [(60, ("Microsoft Defender for Endpoint", "101.25082", "1.1.25100")), (40, ("ClamAV", "1.4.3", "1.4.3"))]
)
_DEFENDER = "Microsoft Defender Antivirus"
_AGES = Weighted([(70, 0), (20, 1), (6, 2), (3, 3), (1, 4)])  # days; the policy allows 7
_OLD_AGES = Weighted([(3, 8), (3, 10), (2, 14), (2, 21), (1, 45), (1, 120)])
_PASSWORD_AGES = Weighted([(40, 20), (30, 45), (20, 75), (10, 110)])  # days before the month began
_OLD_PASSWORD_AGES = Weighted([(5, 200), (4, 365), (2, 700)])
_SERVICES = words(
    "AudioEndpointBuilder BFE BITS BrokerInfrastructure CoreMessagingRegistrar CryptSvc DcomLaunch Dhcp DiagTrack"
    " Dnscache DPS EventLog EventSystem FontCache gpsvc iphlpsvc LanmanServer LanmanWorkstation LSM mpssvc Netlogon"
    " nsi PlugPlay Power ProfSvc RpcEptMapper RpcSs SamSs Schedule SecurityHealthService SENS SgrmBroker ShellHWDetection"
    " Spooler StorSvc SysMain SystemEventsBroker TermService Themes TrustedInstaller UserManager UsoSvc VaultSvc W32Time"
    " Wcmsvc WdNisSvc WinDefend Winmgmt WinRM WlanSvc WpnService wscsvc wuauserv RemoteRegistry SSDPSRV upnphost Fax"
)
_UNITS = words("ssh cron systemd-journald systemd-timesyncd rsyslog ufw unattended-upgrades dbus snapd clamav-daemon")


def antivirus(system: System, random: Random, day: date) -> list[dict[str, Any]]:
    """One product most often, two on some PCs, none on few. Definitions are of the days before ``day``."""
    fate = random.random()
    if fate < 0.005:
        return []
    product, version, engine = (_LINUX_RESIDENT if system.linux else _RESIDENT).pick(random)
    age = _AGES.pick(random)
    state: dict[str, Any] = {"enabled": True, "up_to_date": True}
    if fate < 0.016:
        state["enabled"] = False
    elif fate < 0.032:
        age, state["up_to_date"] = _OLD_AGES.pick(random), False
    elif fate < 0.055:
        state = {}
    made = day - timedelta(days=age)
    row = {
        "product": product, "version": version, "engine": engine,
        "definitions": f"1.{made.toordinal() % 1000}.{random.randrange(3)}", "definitions_date": made.isoformat(),
    }  # fmt: skip
    rows = [row | state]
    if product != _DEFENDER and not system.linux and random.random() < 0.6:  # it steps back when another one comes
        rows.append({"product": _DEFENDER, "version": "4.18.25100", "enabled": False})
    return rows


def accounts(system: System, random: Random, day: date) -> list[dict[str, Any]]:
    """Local accounts; people log on with those of the domain."""
    month = day.replace(day=1)
    age = (_OLD_PASSWORD_AGES if random.random() < 0.045 else _PASSWORD_AGES).pick(random)
    changed = (month - timedelta(days=age)).isoformat()
    if system.linux:
        return [{"name": "admin", "enabled": True, "administrator": True, "password_changed": changed}]
    common = {"has_password": True, "password_expires": random.random() < 0.9}
    guest = random.random() < 0.004
    return [
        {"name": "Administrator", "enabled": False, "administrator": True, **common},
        {"name": "Guest", "enabled": guest, "guest": True},
        {"name": "DefaultAccount", "enabled": False},
        {"name": "localadmin", "enabled": True, "administrator": True, "password_changed": changed, **common},
    ]


def settings(system: System, random: Random) -> dict[str, Any]:
    """Security settings. A server tells no screen lock."""
    chance = random.random
    told: dict[str, bool | int] = {
        "automatic_logon": chance() < 0.008, "vulnerable_password": chance() < 0.007,
        "automatic_updates": chance() >= 0.009, "remote_desktop": system.server or chance() < 0.1,
    }  # fmt: skip
    if not system.server:
        told |= {"screensaver": chance() >= 0.03, "screensaver_password": chance() >= 0.015}
        told["screen_lock_seconds"] = random.choice((300, 600, 600, 900))
    if not system.linux:
        told |= {
            "anonymous_restricted": chance() >= 0.02, "power_on_password": chance() < 0.3, "smb1": chance() < 0.03,
            "secure_boot": chance() >= 0.06, "tpm": not system.server, "llmnr": chance() < 0.5,
            "usb_storage": chance() < 0.6,
        }  # fmt: skip
    return told


def firewall(system: System, random: Random) -> list[dict[str, Any]]:
    """The three profiles of Windows, or ufw."""
    off = random.random() < 0.012
    if system.linux:
        return [{"profile": "ufw", "enabled": not off}]
    closed = random.choice(("domain", "private", "public")) if off else ""
    exceptions = random.random() < 0.4
    return [
        {"profile": profile, "enabled": profile != closed, "exceptions": exceptions}
        for profile in ("domain", "private", "public")
    ]


def drives(system: System, random: Random) -> list[dict[str, Any]]:
    """The system drive and, on some, another one."""
    encrypted = None if system.server else random.random() >= 0.05
    if system.linux:
        return [{"name": "/", "system": True, "encrypted": encrypted, "filesystem": "ext4"}]
    method = {"method": "BitLocker"} if encrypted else {}
    rows = [{"name": "C:", "system": True, "encrypted": encrypted, "filesystem": "NTFS", **method}]
    if random.random() < 0.25:
        rows.append({"name": "D:", "encrypted": encrypted, "filesystem": "NTFS", **method})
    return rows


@cache
def services(linux: bool, variant: int) -> msgspec.Raw:
    """The services of one of 40 ways to set up a PC, encoded."""
    random = random_of(variant)
    rows = []
    for name in _UNITS if linux else _SERVICES:
        running = random.random() < 0.85
        rows.append({"name": name, "running": running, "startup": "automatic" if running else "manual"})
    return msgspec.Raw(msgspec.json.encode(rows))


def shares(system: System, random: Random) -> list[dict[str, Any]]:
    """Windows' own shares; on some PCs one that somebody made."""
    rows: list[dict[str, Any]] = [{"name": name, "administrative": True} for name in ("ADMIN$", "C$", "IPC$")]
    if random.random() < 0.06:
        rows.append({"name": random.choice(("Scan", "Public", "Work", "Temp"))})
    return rows
