"""Security settings of a Linux machine. One that cannot be told is None and does not appear in the inventory."""

import os
import re

from kanmon.client import protocols
from kanmon.client.machine import Machine, ask
from kanmon.intake.formats.kanmon_schema import SettingsPart

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_REMOTE = frozenset(
    {
        "xrdp",
        "Xvnc",
        "Xtightvnc",
        "x11vnc",
        "vncserver-x11-s",
        "wayvnc",
        "gnome-remote-de",
        "krfb",
        "anydesk",
        "teamviewerd",
    }
)


def settings(machine: Machine) -> SettingsPart:
    """All settings that can be told here."""
    lock = ask(_screen_lock, machine) or {}
    return SettingsPart(
        automatic_logon=ask(_automatic_logon, machine),
        vulnerable_password=ask(_empty_password, machine),
        automatic_updates=ask(_automatic_updates, machine),
        secure_boot=ask(_secure_boot, machine),
        tpm=ask(_tpm, machine),
        remote_desktop=ask(_remote_desktop, machine),
        usb_storage=ask(_usb_storage, machine),
        smb1=ask(protocols.smb1, machine),
        anonymous_restricted=ask(protocols.anonymous_restricted, machine),
        llmnr=ask(protocols.llmnr, machine),
        **lock,
    )


def _automatic_logon(machine: Machine) -> bool | None:
    """By the display manager or the text console; None when there is neither."""
    texts = [machine.text(f"/etc/{name}") for name in ("gdm3/custom.conf", "gdm3/daemon.conf", "gdm/custom.conf")]
    texts += [machine.text("/etc/lightdm/lightdm.conf"), machine.text("/etc/sddm.conf")]
    for folder in ("/etc/lightdm/lightdm.conf.d", "/etc/sddm.conf.d", "/etc/systemd/system/getty@tty1.service.d"):
        texts += machine.texts(folder, ".conf")
    told = [text for text in texts if text is not None]
    pattern = r"^\s*(AutomaticLoginEnable\s*=\s*(true|1)|autologin-user\s*=\s*\S|User\s*=\s*\S|ExecStart=.*--autologin)"
    if any(re.search(pattern, text, re.MULTILINE | re.IGNORECASE) for text in told):
        return True
    return False if told else None


def _empty_password(machine: Machine) -> bool | None:
    """True when an account has an empty password. That the others are strong cannot be told, so never False."""
    rows = [line.split(":") for line in (machine.text("/etc/shadow") or "").splitlines()]
    return True if any(len(row) > 1 and row[1] == "" for row in rows) else None


def _automatic_updates(machine: Machine) -> bool | None:
    told = machine.run("apt-config", "dump", "APT::Periodic")
    if told and told.status == 0:
        return from_apt_config(told.text) and machine.has("/usr/bin/unattended-upgrade")
    if machine.command("dnf"):
        applies = re.search(
            r"^\s*apply_updates\s*=\s*(yes|true|1)", machine.text("/etc/dnf/automatic.conf") or "", re.M
        )
        wanted = machine.names("/etc/systemd/system/timers.target.wants") or ()
        return bool(applies) and any(
            name.startswith("dnf-automatic") or name == "dnf5-automatic.timer" for name in wanted
        )
    return None


def from_apt_config(text: str) -> bool:
    """Whether ``apt-config dump APT::Periodic`` fetches the lists and installs updates by itself."""
    told = dict(re.findall(r'^APT::Periodic::(\S+) "([^"]*)";', text, re.MULTILINE))
    off = ("", "0")
    return (
        told.get("Enable", "1") not in off
        and told.get("Update-Package-Lists", "") not in off
        and told.get("Unattended-Upgrade", "") not in off
    )


def _secure_boot(machine: Machine) -> bool | None:
    """From the firmware's variable (4 bytes of attributes, then the value). A machine without EFI has none."""
    told = machine.bytes(_SECURE_BOOT)
    if told is not None:
        return told[4] == 1 if len(told) > 4 else None
    firmware = machine.names("/sys/firmware") or []
    return False if "acpi" in firmware and "efi" not in firmware else None


def _tpm(machine: Machine) -> bool | None:
    names = machine.names("/sys/class/tpm")
    return None if names is None else bool(names)


def _remote_desktop(machine: Machine) -> bool | None:
    """Whether one of the known servers for remote desktops runs."""
    running = machine.processes()
    return None if running is None else not running.isdisjoint(_REMOTE)


def _usb_storage(machine: Machine) -> bool | None:
    """False when the module is barred, True when the kernel has it; None when that cannot be seen."""
    folders = ("/etc/modprobe.d", "/lib/modprobe.d", "/usr/lib/modprobe.d")
    text = "\n".join(part for folder in folders for part in machine.texts(folder, ".conf"))
    if re.search(r"^\s*(blacklist\s+usb[-_]storage|install\s+usb[-_]storage\s+\S*/(false|true))", text, re.MULTILINE):
        return False
    return True if machine.has(f"/lib/modules/{os.uname().release}/kernel/drivers/usb/storage") else None


def _screen_lock(machine: Machine) -> dict[str, bool | int] | None:
    """The lock of GNOME: of the session this runs in, else what the administrator has made binding for all."""
    if "DBUS_SESSION_BUS_ADDRESS" in os.environ and machine.command("gnome-shell"):
        told = {
            key: (
                answer.text
                if (answer := machine.run("gsettings", "get", f"org.gnome.desktop.{key[0]}", key[1]))
                else ""
            )
            for key in (("session", "idle-delay"), ("screensaver", "lock-enabled"), ("screensaver", "lock-delay"))
        }
        return from_gnome(*told.values())
    values: dict[str, str] = {}
    for database in machine.names("/etc/dconf/db") or ():
        binding = "\n".join(machine.texts(f"/etc/dconf/db/{database}/locks"))
        for text in machine.texts(f"/etc/dconf/db/{database}"):
            values |= {key: value for key, value in _keys(text).items() if f"/{key}" in binding.split()}
    desktop = "org/gnome/desktop"
    return from_gnome(
        values.get(f"{desktop}/session/idle-delay", ""),
        values.get(f"{desktop}/screensaver/lock-enabled", ""),
        values.get(f"{desktop}/screensaver/lock-delay", ""),
    )


def _keys(text: str) -> dict[str, str]:
    found, section = {}, ""
    for line in text.splitlines():
        if match := re.fullmatch(r"\[(.+)\]", line.strip()):
            section = match[1]
        elif "=" in line:
            name, _, value = line.partition("=")
            found[f"{section}/{name.strip()}"] = value.strip()
    return found


def from_gnome(idle: str, enabled: str, delay: str) -> dict[str, bool | int] | None:
    """The settings from GNOME's values ("uint32 300", "true"); None when idle time and lock are not both told."""
    seconds, wait = re.search(r"\d+$", idle.strip()), re.search(r"\d+$", delay.strip())
    if seconds is None or enabled.strip() not in ("true", "false"):
        return None
    locks = enabled.strip() == "true"
    told: dict[str, bool | int] = {"screensaver": int(seconds[0]) > 0, "screensaver_password": locks}
    if locks and int(seconds[0]) > 0 and wait:
        told["screen_lock_seconds"] = int(seconds[0]) + int(wait[0])
    return told
