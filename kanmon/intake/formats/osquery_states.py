"""Tables of osquery about accounts, services, shares, drives and settings -> facts. Columns as in osquery's schema.

What osquery cannot know is not told: whether an account of Windows is on, or has a password. ``user_groups`` with ``groups``
tells who is an administrator; ``shadow`` (Linux, as root) tells about passwords.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from kanmon.common.facts import Account, Drive, Fact, Service, Setting
from kanmon.intake.formats.sections.accounts import (
    UNIX_GROUPS,
    WINDOWS_ADMINISTRATORS,
    can_log_on,
    is_built_in_administrator,
    is_guest,
)
from kanmon.intake.formats.windows_registry import Registry
from kanmon.intake.formats.wmi import share
from kanmon.intake.text import clean, flag, number

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

_STARTUPS = {"AUTO_START": "automatic", "DEMAND_START": "manual", "DISABLED": "disabled"}
_STATES = {"RUNNING": True, "STOPPED": False, "PAUSED": False}
_UNIT_STARTUPS = {"enabled": "automatic", "static": "manual", "disabled": "manual", "masked": "disabled"}
_EPOCH = date(1970, 1, 1)
_NEVER_DAYS = 9999  # a maximum age of 99999 days is how "never expires" is written
_SMB1 = frozenset({"smb1protocol", "smb1protocol-client", "smb1protocol-server"})


def facts(tables: Tables) -> list[Fact]:
    """All that these tables tell."""
    registry = registry_of(tables)
    return [*_services(tables), *_drives(tables), *_accounts(tables), *_shares(tables), *_settings(tables, registry)]


def registry_of(tables: Tables) -> Registry:
    """The rows of ``registry``: ``path`` is key and name, ``data`` the value as text."""
    registry = Registry()
    for row in tables.get("registry", ()):
        key, name = clean(row.get("key")), clean(row.get("name"))
        if not key:
            key, _, name = clean(row.get("path")).rpartition("\\")
        if clean(row.get("type")).lower() != "subkey":
            registry.put(key, name, row.get("data"))
    return registry


def _services(tables: Tables) -> Iterable[Fact]:
    for row in tables.get("services", ()):
        if name := clean(row.get("name")):
            running = _STATES.get(clean(row.get("status")).upper())
            yield Service(name, running, _STARTUPS.get(clean(row.get("start_type")).upper(), ""))
    for row in tables.get("systemd_units", ()):
        name = clean(row.get("id"))
        if name.endswith(".service") and clean(row.get("load_state")) != "not-found":
            running = {"active": True, "inactive": False, "failed": False}.get(clean(row.get("active_state")))
            startup = _UNIT_STARTUPS.get(clean(row.get("unit_file_state")), "")
            yield Service(name.removesuffix(".service"), running, startup)


def _drives(tables: Tables) -> Iterable[Fact]:
    for row in tables.get("bitlocker_info", ()):
        if name := clean(row.get("drive_letter")):
            encrypted = {"0": False, "1": True}.get(clean(row.get("protection_status")))
            method = clean(row.get("encryption_method")) if encrypted else ""
            yield Drive(
                name, name.upper() == "C:", encrypted, "" if method.lower() in ("none", "%unknown%") else method
            )


def _accounts(tables: Tables) -> Iterable[Fact]:
    administrators = _administrators(tables)
    secrets = {clean(row.get("username")): row for row in tables.get("shadow", ())}
    for row in tables.get("users", ()):
        name, uid, sid = clean(row.get("username")), clean(row.get("uid")), clean(row.get("uuid"))
        if not name or not can_log_on(row.get("shell")):
            continue
        if sid.startswith("S-1-") and not sid.startswith("S-1-5-21-"):  # SYSTEM, LOCAL SERVICE and the like
            continue
        known = True if is_built_in_administrator(sid) or (not sid.startswith("S-") and uid == "0") else None
        if known is None and administrators is not None:
            known = uid in administrators
        yield _account(name, known, is_guest(sid), secrets.get(name))


def _administrators(tables: Tables) -> frozenset[str] | None:
    """Numbers of users in administrators' groups; None when the tables do not say who is in what."""
    if "user_groups" not in tables or "groups" not in tables:
        return None
    chosen = {
        clean(row.get("gid"))
        for row in tables["groups"]
        if clean(row.get("group_sid")) == WINDOWS_ADMINISTRATORS or clean(row.get("groupname")) in UNIX_GROUPS
    }
    return frozenset(clean(row.get("uid")) for row in tables["user_groups"] if clean(row.get("gid")) in chosen)


def _account(name: str, administrator: bool | None, guest: bool, secret: Row | None) -> Fact:
    if secret is None:
        return Account(name, administrator=administrator, guest=guest)
    status, longest, changed = (
        clean(secret.get("password_status")),
        number(secret.get("max")),
        secret.get("last_change"),
    )
    days = number(changed)
    return Account(
        name,
        enabled={"active": True, "empty": True, "locked": False, "not_set": False}.get(status),
        administrator=administrator,
        guest=guest,
        has_password={"active": True, "empty": False}.get(status),
        password_expires=None if status not in ("active", "empty") else longest is not None and longest < _NEVER_DAYS,
        password_changed=(_EPOCH + timedelta(days=days)).isoformat() if days and days < 100_000 else "",
    )


def _shares(tables: Tables) -> Iterable[Fact]:
    for row in tables.get("shared_resources", ()):
        if (fact := share(row.get("name"), row.get("type"))) is not None:
            yield fact


def _settings(tables: Tables, registry: Registry) -> list[Fact]:
    of_registry = registry.facts()
    found = {fact.name: fact for fact in of_registry if isinstance(fact, Setting)}
    others = [fact for fact in of_registry if not isinstance(fact, Setting)]
    told: dict[str, bool | None] = {"secure_boot": _secure_boot(tables), "tpm": _tpm(tables), "smb1": _smb1(tables)}
    found |= {name: Setting(name, value) for name, value in told.items() if value is not None}
    return [*others, *found.values()]


def _secure_boot(tables: Tables) -> bool | None:
    rows = tables.get("secureboot", ())
    return flag(rows[0].get("secure_boot")) if rows else None


def _tpm(tables: Tables) -> bool | None:
    """No row: there is none. One that is not enabled or not activated can't be used."""
    if "tpm_info" not in tables:
        return None
    rows = tables["tpm_info"]
    return bool(rows) and not any(flag(row.get(field)) is False for row in rows for field in ("enabled", "activated"))


def _smb1(tables: Tables) -> bool | None:
    """From the optional features of Windows, state 1: on. The feature itself is told, or server and client are."""
    states = {
        clean(row.get("name")).lower(): clean(row.get("state")) == "1"
        for row in tables.get("windows_optional_features", ())
        if clean(row.get("name")).lower() in _SMB1
    }
    if any(states.values()):
        return True
    return False if "smb1protocol" in states or len(states) == 2 else None
