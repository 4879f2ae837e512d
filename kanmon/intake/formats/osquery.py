"""Tables of osquery in one JSON object -> Report: ``{"osquery": {"system_info": [...], "patches": [...]}}``.

Each table is what ``osqueryi --json "select * from TABLE"`` prints: rows whose values are all texts. A table that is not
there was not asked, so its class is not told; an empty one says that there is none. ``system_info`` names the PC and
``osquery_info`` the agent.

The health that ``windows_security_center`` gives is of all products together. It is used for automatic updates, and
for antivirus and firewall only where ``windows_security_products`` was not asked: "Good" means that some product
protects with fresh definitions; "Poor" does not say which of the two it lacks, so neither is told.

Beside the tables there can be ``policies``: name -> what its query answered. A row is a pass, none a fail, as in Fleet.
"""

import re
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.common.facts import Agent, Antivirus, Check, Fact, Firewall, Hardware, Os, Patch, Setting, Software
from kanmon.intake.formats import osquery_states
from kanmon.intake.formats.sections.network import addresses
from kanmon.intake.formats.windows_text import kb_of
from kanmon.intake.identity import clean_serial, is_virtual
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, flag, number

Row = dict[str, Any]
Tables = dict[str, list[Row]]


class _Message(msgspec.Struct):
    osquery: Tables
    policies: dict[str, list[Any]] | None = None
    unixTime: int | None = None  # as osqueryd writes it


_decoder = msgspec.json.Decoder(_Message)
_FAMILIES = {"windows": "windows", "darwin": "macos", "freebsd": "bsd"}
_PACKAGES = (("programs", "windows"), ("deb_packages", "deb"), ("rpm_packages", "rpm"), ("apps", "other"))
_HEALTH = {"good": True, "poor": False}
_CENTER = "Windows Security Center"
_OF_WINDOWS = frozenset({_CENTER, "Windows Firewall", "Windows Defender Firewall", "Microsoft Defender Firewall"})
_TABLES_OF = {
    "patch": ("patches",),
    "software": tuple(table for table, _ in _PACKAGES),
    "antivirus": ("windows_security_products", "windows_security_center"),
    "firewall": ("windows_security_products", "windows_security_center"),
    "service": ("services", "systemd_units"),
    "drive": ("bitlocker_info",),
    "account": ("users",),
    "share": ("shared_resources",),
}
MAX_RESULTS = 10_000


def read(body: bytes) -> Report:
    """The report in ``body``. Raises Refused when a table is not one, or the PC is not named."""
    try:
        message = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refused("KNM1021-E", detail=clean(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1020-E", detail=clean(error)) from error
    tables = message.osquery
    machine = _first(tables, "system_info")
    host = clean(machine.get("computer_name") or machine.get("hostname")).partition(".")[0]
    uuid = clean(machine.get("uuid"))
    if not (host or uuid):
        raise Refused("KNM1155-E", table="system_info")
    cards = [
        row
        for row in tables.get("interface_details", ())
        if not is_virtual(clean(row.get("friendly_name") or row.get("interface")))
    ]
    states = osquery_states.facts(tables)
    return build(
        format="osquery",
        device_key=(uuid or host)[:255],
        reported_at=message.unixTime,
        host=host,
        serial=machine.get("hardware_serial"),
        uuid=uuid,
        macs=[row.get("mac") for row in cards],
        columns={
            "memory_mb": _megabytes(machine.get("physical_memory")),
            "ip": addresses(
                [clean(row.get("address")).partition("%")[0] for row in tables.get("interface_addresses", ())]
            ),
        },
        facts=[
            *_machine(tables, machine),
            *_programs(tables),
            *_protected(tables, states),
            *_policies(message.policies or {}),
        ],
        told=_told(message, states),
    )


def _told(message: _Message, states: list[Fact]) -> list[str]:
    told = [name for name, sources in _TABLES_OF.items() if any(table in message.osquery for table in sources)]
    if "firewall" not in told and any(type(fact) is Firewall for fact in states):
        told.append("firewall")  # of the registry
    return told + (["check"] if message.policies is not None else [])


def _policies(policies: dict[str, list[Any]]) -> list[Fact]:
    if len(policies) > MAX_RESULTS:
        raise Refused("KNM1251-E", status=413, limit=MAX_RESULTS)
    names = {clean(name): bool(rows) for name, rows in policies.items()}
    return [Check("osquery", name, "pass" if rows else "fail") for name, rows in names.items() if name]


def _protected(tables: Tables, states: list[Fact]) -> list[Fact]:
    """Products and states. The profiles of the registry go before the one word that Windows Firewall has there."""
    profiles = any(type(fact) is Firewall for fact in states)
    products = [
        one
        for one in _protection(tables)
        if not (profiles and isinstance(one, Firewall) and one.profile in _OF_WINDOWS)
    ]
    settings = {fact.name for fact in states if isinstance(fact, Setting)}
    return [*(one for one in products if not (isinstance(one, Setting) and one.name in settings)), *states]


def _first(tables: Tables, name: str) -> Row:
    rows = tables.get(name)
    return rows[0] if rows else {}


def _megabytes(value: object) -> int | None:
    told = number(value)
    return None if told is None else told >> 20


def _machine(tables: Tables, machine: Row) -> list[Fact]:
    found: list[Fact] = []
    agent, system = _first(tables, "osquery_info"), _first(tables, "os_version")
    if version := clean(agent.get("version")):
        found.append(Agent("osquery", version))
    if name := clean(system.get("name")):
        platform = clean(system.get("platform")).lower()
        family = _FAMILIES.get(platform, "linux" if platform else "other")
        told = clean(system.get("version"))
        lead = re.match(r"(\d+\.\d+)\.(\d[\d.]*)" if family == "windows" else r"([\d.]+)()", told)
        version, build_ = (lead[1], lead[2]) if lead else (told, "")
        arch = {"amd64": "x86_64", "64-bit": "x86_64", "arm64": "aarch64"}.get(clean(system.get("arch")).lower())
        build_ = build_ or clean(system.get("build"))
        if family == "windows" and "." not in build_ and (revision := clean(system.get("revision"))):
            build_ = f"{build_}.{revision}"
        found.append(Os(family, name, version, build_, "", arch or clean(system.get("arch"))))
    make = Hardware(*(clean_serial(machine.get(f"hardware_{what}")) for what in ("vendor", "model")))
    return [*found, make] if any(make) else found


def _programs(tables: Tables) -> list[Fact]:
    found: list[Fact] = []
    for table, scheme in _PACKAGES:
        for row in tables.get(table, ()):
            name, version = clean(row.get("name")), clean(row.get("version") or row.get("bundle_short_version"))
            if scheme == "rpm" and version:
                epoch, release = clean(row.get("epoch")), clean(row.get("release"))
                version = (f"{epoch}:" if epoch.strip("0") else "") + version + (f"-{release}" if release else "")
            publisher = clean(row.get("publisher") or row.get("vendor") or row.get("maintainer"))
            if name:
                source = _source(name, version, clean(row.get("source"))) if scheme == "deb" and "source" in row else ""
                found.append(Software(name, version, publisher, clean(row.get("arch")), scheme, source))
    return found + [Patch(kb) for row in tables.get("patches", ()) if (kb := kb_of(clean(row.get("hotfix_id"))))]


def _source(name: str, version: str, told: str) -> str:
    """The source package as facts spell it, of osquery's "gcc-defaults (1.203)"; empty: it has the package's name."""
    match = re.fullmatch(r"(\S+)(?:\s+\((\S+)\))?", told)
    if match is None:
        return "" if told else name
    return f"{match[1]} {match[2]}" if match[2] and match[2] != version else match[1]


def _protection(tables: Tables) -> list[Fact]:
    """Antivirus, firewalls and automatic updates of Windows Security Center."""
    found: list[Fact] = []
    for row in tables.get("windows_security_products", ()):
        name, kind, state = clean(row.get("name")), clean(row.get("type")), clean(row.get("state")).lower()
        enabled = {"on": True, "off": False, "snoozed": False, "expired": False}.get(state)
        if name and kind == "Antivirus":
            found.append(Antivirus(name, enabled=enabled, up_to_date=flag(row.get("signatures_up_to_date"))))
        elif name and kind == "Firewall":
            found.append(Firewall(name, enabled))
    center = {name: clean(value).lower() for name, value in _first(tables, "windows_security_center").items()}
    if center and "windows_security_products" not in tables:
        good = True if center.get("antivirus") == "good" else None
        found.append(Antivirus(_CENTER, enabled=good, up_to_date=good))
        found.append(Firewall(_CENTER, _HEALTH.get(center.get("firewall", ""))))
    if (updates := _HEALTH.get(center.get("autoupdate", ""))) is not None:
        found.append(Setting("automatic_updates", updates))
    return found
