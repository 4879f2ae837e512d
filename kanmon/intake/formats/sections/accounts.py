"""LOCAL_USERS and LOCAL_GROUPS, or the WINUSERS of the OCS plugin "winusers" -> Account.

Only accounts that can log on are kept: on Unix those with a shell. Agents do not tell about passwords. An
administrator is user 0, the built-in account of Windows (SID ...-500) or a member of an administrators' group;
without groups in the report it stays unknown for all others.

On Windows, FusionInventory and GLPI agents ask for accounts that are neither disabled nor locked out, so those that
they list are on, and a guest account that is off is not there.
"""

import re

from kanmon.common.facts import Account, Fact
from kanmon.intake.formats.sections.entry import Entry, Sections
from kanmon.intake.text import clean

UNIX_GROUPS = frozenset({"root", "wheel", "sudo", "admin"})
WINDOWS_ADMINISTRATORS = "S-1-5-32-544"
"""SID of the group that is called Administrators in English."""

_NO_LOGON = ("nologin", "false", "sync", "halt", "shutdown", "null", "uucico")
_ONLY_ENABLED = frozenset({"fusioninventory", "glpi"})


def facts(sections: Sections, family: str, format: str) -> list[Fact]:
    """The accounts of a report; ``format`` as in ``Report.format``."""
    if "WINUSERS" in sections:
        return _of_plugin(sections["WINUSERS"])
    enabled = True if family == "windows" and format in _ONLY_ENABLED else None
    administrators = _administrators(sections.get("LOCAL_GROUPS", []))
    found: list[Fact] = []
    for entry in sections.get("LOCAL_USERS", ()):
        name = clean(entry.get("LOGIN")) or clean(entry.get("NAME"))
        if not name or not can_log_on(entry.get("SHELL")):
            continue
        number = clean(entry.get("ID")) or clean(entry.get("SID")) or clean(entry.get("ID_USER"))
        administrator = _administrator(name, number, family, administrators)
        found.append(Account(name, enabled, administrator, is_guest(number)))
    return found


def told(sections: Sections) -> list[str]:
    """account, when a section is there."""
    return ["account"] if "LOCAL_USERS" in sections or "WINUSERS" in sections else []


def _of_plugin(entries: list[Entry]) -> list[Fact]:
    """Local accounts; folders of domain users are listed beside them, and are none. An expiry without a day is not told."""
    found: list[Fact] = []
    for entry in entries:
        name, kind, sid = (clean(entry.get(field)) for field in ("NAME", "TYPE", "SID"))
        if not name or kind.lower() == "domain user":
            continue
        administrator = {"admin user": True, "local user": False}.get(kind.lower())
        state = {"enabled": True, "disabled": False}.get(clean(entry.get("STATUS")).lower())
        expires = True if re.search(r"\b\d{4}\b", clean(entry.get("PASSWORDEXPIRES"))) else None
        found.append(Account(name, state, administrator, is_guest(sid), password_expires=expires))
    return found


def can_log_on(shell: object) -> bool:
    """Whether an account with this shell can log on; one without any can."""
    return clean(shell).rpartition("/")[2] not in _NO_LOGON


def is_guest(sid: str) -> bool:
    """Whether it is the built-in guest account of Windows."""
    return sid.startswith("S-1-5-21-") and sid.endswith("-501")


def is_built_in_administrator(sid: str) -> bool:
    """Whether it is the built-in administrator of Windows."""
    return sid.startswith("S-1-5-21-") and sid.endswith("-500")


def _administrator(name: str, number: str, family: str, administrators: frozenset[str] | None) -> bool | None:
    if family == "windows":
        if is_built_in_administrator(number):
            return True
    elif number == "0" or name == "root":
        return True
    return None if administrators is None else name in administrators


def _administrators(groups: list[Entry]) -> frozenset[str] | None:
    """Members of the administrators' groups; None when the report does not say who is a member of what."""
    members: set[str] = set()
    known = False
    for entry in groups:
        told = entry.get("MEMBER")
        names = [clean(part) for part in told] if isinstance(told, list) else clean(told).split(",")
        names = [name.rpartition("\\")[2] for name in names if name]
        known = known or bool(names)
        number = clean(entry.get("ID"))
        if number == WINDOWS_ADMINISTRATORS or clean(entry.get("NAME")) in UNIX_GROUPS:
            members.update(names)
    return frozenset(members) if known else None
