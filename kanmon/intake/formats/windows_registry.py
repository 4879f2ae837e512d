r"""Values of the registry of Windows -> Setting and Firewall.

For files of ``reg export`` (``reg.py``) and for the rows of osquery's table ``registry``. A setting is told only when
its value is there: what Windows does without one differs from version to version, and a value that nobody asked for looks
the same. What a group policy sets (below ``Policies``) goes before what a person set.

Screen savers belong to users. The setting is that of the PC, so the user with the weakest one counts; a limit for the
whole machine (``InactivityTimeoutSecs``) locks the screen whatever a user has set.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kanmon.common.facts import Fact, Firewall, Setting
from kanmon.intake.text import clean, number

_WINDOWS = r"software\microsoft\windows\currentversion"
_NT = r"software\microsoft\windows nt\currentversion"
_CONTROL = r"system\currentcontrolset\control"
_SERVICES = r"system\currentcontrolset\services"
_POLICIES = r"software\policies\microsoft"
_HIVES: Mapping[str, str] = {"hkey_local_machine": "", "hklm": ""}
_PERSON = re.compile(
    r"hkey_current_user|hkcu|(?:hkey_users|hku)\\s-1-5-21-[0-9-]+|(?:hkey_users|hku)\\s-1-12-1-[0-9-]+"
)
_DESKTOP = r"control panel\desktop"
_PROFILES = (("domain", "domainprofile"), ("private", "standardprofile"), ("public", "publicprofile"))
_WALL = _SERVICES + r"\sharedaccess\parameters\firewallpolicy"
_WALL_POLICY = _POLICIES + r"\windowsfirewall"


@dataclass
class Registry:
    """Values by key and name, both in lower case. Those of users are kept apart, by user."""

    machine: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)

    def put(self, key: str, name: str, value: object) -> None:
        """Keep a value. ``key`` begins with the name of its hive; other hives are passed over."""
        key, name = clean(key).lower().rstrip("\\"), clean(name).lower()
        hive, _, rest = key.partition("\\")
        if hive in _HIVES:
            self.machine[rest, name] = clean(value)
        elif match := _PERSON.match(key):
            self.people.setdefault(match[0], {})[key[match.end() + 1 :], name] = clean(value)

    def text(self, key: str, name: str) -> str:
        """A value of the machine; "" when it is not there."""
        return self.machine.get((key, name), "")

    def number(self, *places: tuple[str, str]) -> int | None:
        """The first number of the machine that is at one of these places."""
        return next((told for place in places if (told := number(self.machine.get(place))) is not None), None)

    def facts(self) -> list[Fact]:
        """The settings and firewall profiles that the values tell."""
        return [*_settings(self), *_firewalls(self)]


def host(registry: Registry) -> str:
    """The name of the PC, of the key ComputerName or of the network's settings."""
    for key, name in (
        (_CONTROL + r"\computername\computername", "computername"),
        (_CONTROL + r"\computername\activecomputername", "computername"),
        (_SERVICES + r"\tcpip\parameters", "hostname"),
    ):
        if found := registry.text(key, name):
            return found
    return ""


def _settings(registry: Registry) -> list[Fact]:
    denied = registry.number(
        (_POLICIES + r"\windows nt\terminal services", "fdenytsconnections"),
        (_CONTROL + r"\terminal server", "fdenytsconnections"),
    )
    no_update = registry.number((_POLICIES + r"\windows\windowsupdate\au", "noautoupdate"))
    llmnr = registry.number((_POLICIES + r"\windows nt\dnsclient", "enablemulticast"))
    usb = registry.number((_SERVICES + r"\usbstor", "start"))
    boot = registry.number((_CONTROL + r"\secureboot\state", "uefisecurebootenabled"))
    anonymous = registry.number((_CONTROL + r"\lsa", "restrictanonymous"))
    logon = registry.number((_NT + r"\winlogon", "autoadminlogon"))
    told: dict[str, bool | int | None] = {
        "automatic_logon": None if logon is None else logon != 0,
        "anonymous_restricted": None if anonymous is None else anonymous > 0,
        "automatic_updates": None if no_update is None else no_update == 0,
        "secure_boot": None if boot is None else boot == 1,
        "remote_desktop": None if denied is None else denied == 0,
        "llmnr": None if llmnr is None else llmnr != 0,
        "usb_storage": None if usb is None else usb != 4,  # 4: the driver is disabled
        "smb1": _smb1(registry),
        **_screen(registry),
    }
    return [Setting(name, value) for name, value in told.items() if value is not None]


def _smb1(registry: Registry) -> bool | None:
    """On when server or client is on; off when both are off."""
    server = registry.number((_SERVICES + r"\lanmanserver\parameters", "smb1"))
    client = registry.number((_SERVICES + r"\mrxsmb10", "start"))
    on = [None if server is None else server != 0, None if client is None else client != 4]
    return True if True in on else False if None not in on else None


def _screen(registry: Registry) -> dict[str, bool | int | None]:
    limit = registry.number((_WINDOWS + r"\policies\system", "inactivitytimeoutsecs"))
    if limit:
        return {"screensaver": True, "screensaver_password": True, "screen_lock_seconds": limit}
    people = [told for person in registry.people.values() if (told := _of_person(person)) != (None, None, None)]
    active, secure = [one[0] for one in people], [one[1] for one in people]
    seconds = [one[2] for one in people]
    return {
        "screensaver": _weakest(active),
        "screensaver_password": _weakest(secure),
        "screen_lock_seconds": max(one for one in seconds if one) if people and all(seconds) else None,
    }


def _weakest(told: list[bool | None]) -> bool | None:
    return False if False in told else True if told and None not in told else None


def _of_person(values: Mapping[tuple[str, str], str]) -> tuple[bool | None, bool | None, int | None]:
    """A user's (screen saver is on, asks for the password, seconds until it starts)."""

    def told(name: str) -> str | None:
        keys = (_POLICIES + r"\windows" + "\\" + _DESKTOP, _DESKTOP)
        return next((values[key, name] for key in keys if (key, name) in values), None)

    active, program, secure = told("screensaveactive"), told("scrnsave.exe"), told("screensaverissecure")
    on = None if active is None else active == "1" and program != ""
    asks = None if secure is None else secure == "1"
    return on, asks, number(told("screensavetimeout")) if on and asks else None


def _firewalls(registry: Registry) -> list[Fact]:
    """The three profiles, when one of them is told: one that is not told may be off."""
    found: list[Firewall] = []
    for name, key in _PROFILES:
        policy = _WALL_POLICY + "\\" + key
        other = _WALL_POLICY + "\\" + f"{name}profile"
        places = [policy, other, _WALL + "\\" + key]
        enabled = registry.number(*((place, "enablefirewall") for place in places))
        closed = registry.number(*((place, "donotallowexceptions") for place in places))
        found.append(Firewall(name, None if enabled is None else enabled == 1, None if closed is None else closed == 0))
    return list(found) if any(one.enabled is not None for one in found) else []
