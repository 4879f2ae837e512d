"""Kanmon's own inventory in JSON, version 1: for the collector in ``kanmon.client`` and for whoever has a source
of his own.

A section that is absent or null is *not told*: conditions on it become Unknown. An empty list says that the
source looked and found none. Fields that are not known here are refused, so that a misspelt one is noticed.
``kanmon.schema.json`` beside this file is what ``schema()`` returns; a test keeps them equal.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kanmon.common.facts import COLUMNS, SETTINGS

Family = Literal["windows", "linux", "macos", "bsd", "android", "other"]
Scheme = Literal["deb", "rpm", "windows", "other"]
Kb = Annotated[str, Meta(pattern=r"^KB[0-9]{5,8}$", description="Number of an installed Windows update")]
Key = Annotated[str, Meta(min_length=1, max_length=255)]
Path = Annotated[str, Meta(pattern=r"^(/[^/]+)*$", max_length=500, description="Path of a group, such as /Tokyo/Sales")]
Moment = Annotated[datetime, Meta(tz=True)]


class _Part(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Fields that equal their default are left out."""


class AgentPart(_Part):
    """The program that made the report."""

    name: Key
    version: Key


class Identity(_Part):
    """What names the machine beside ``device_id``; vendors' fillers are dropped on arrival."""

    serial: str = ""
    uuid: str = ""
    macs: tuple[str, ...] = ()


class OsPart(_Part):
    """The operating system. ``build`` is "26100.6725" on Windows, the kernel's version elsewhere."""

    family: Family
    name: str
    version: str = ""
    build: str = ""
    service_pack: str = ""
    arch: str = ""


class HardwarePart(_Part):
    """Make of the PC."""

    manufacturer: str = ""
    model: str = ""
    chassis: str = ""


class SoftwarePart(_Part):
    """One installed program. ``scheme`` says how versions sort; by default by the operating system.

    ``source``: the source package of a deb, with its version where it has another: "gcc-defaults 1.203".
    """

    name: str
    version: str = ""
    publisher: str = ""
    arch: str = ""
    scheme: Scheme | None = None
    source: str = ""


class PendingPart(_Part):
    """One update that the PC knows and has not installed. ``version`` is the one offered."""

    name: str
    version: str = ""
    security: bool | None = None


class AntivirusPart(_Part):
    """One antivirus product. ``enabled``: it runs and protects now.

    ``product_state``: that of Windows Security Center; it is read where ``enabled`` or ``up_to_date`` is not told.
    """

    product: str
    version: str = ""
    engine: str = ""
    definitions: str = ""
    definitions_date: date | None = None
    enabled: bool | None = None
    up_to_date: bool | None = None
    product_state: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None


class AccountPart(_Part):
    """One local account that can log on."""

    name: str
    enabled: bool | None = None
    administrator: bool | None = None
    guest: bool = False
    has_password: bool | None = None
    password_expires: bool | None = None
    password_changed: date | None = None


class SharePart(_Part):
    """One shared folder. ``administrative``: C$, ADMIN$ and the like."""

    name: str
    administrative: bool = False


class ServicePart(_Part):
    """One service."""

    name: str
    running: bool | None = None
    startup: Literal["", "automatic", "manual", "disabled"] = ""


class FirewallPart(_Part):
    """One firewall or firewall profile."""

    profile: str
    enabled: bool | None = None
    exceptions: bool | None = None


class DrivePart(_Part):
    """One local fixed volume. ``name`` is the letter or the mount point."""

    name: str
    system: bool = False
    encrypted: bool | None = None
    method: str = ""
    filesystem: str = ""


class CheckPart(_Part):
    """One result of a check that another program made: a rule of SCAP, a policy of osquery..."""

    source: Key
    rule: Annotated[str, Meta(min_length=1, max_length=500)]
    result: Literal["pass", "fixed", "fail", "error", "unknown", "notchecked", "notapplicable", "informational"]
    title: str = ""
    severity: Literal["", "critical", "high", "medium", "low", "info"] = ""
    profile: str = ""


_OWN_PLACE = frozenset({"host", "serial", "uuid", "mac", "reported_at"})

SettingsPart: Any = msgspec.defstruct(
    "SettingsPart",
    [(name, kind | None, None) for name, kind in SETTINGS.items()],
    bases=(_Part,),
    namespace={"__doc__": "Security settings; one that is absent or null is not told."},
    module=__name__,
    forbid_unknown_fields=True,
    omit_defaults=True,
)
ColumnsPart: Any = msgspec.defstruct(
    "ColumnsPart",
    [(name, kind | None, None) for name, kind in COLUMNS.items() if name not in _OWN_PLACE],
    bases=(_Part,),
    namespace={"__doc__": "What differs from PC to PC. Sizes in MB, times in Unix seconds."},
    module=__name__,
    forbid_unknown_fields=True,
    omit_defaults=True,
)


class Inventory(_Part):
    """One report of one PC."""

    kanmon: Literal[1]
    agent: AgentPart
    device_id: Key
    reported_at: Moment
    host: str
    identity: Identity = msgspec.field(default_factory=Identity)
    asset_number: str = ""
    group: Path = ""
    tag: str = ""
    os: OsPart | None = None
    hardware: HardwarePart | None = None
    columns: ColumnsPart | None = None
    software: tuple[SoftwarePart, ...] | None = None
    patches: tuple[Kb, ...] | None = None
    pending_updates: tuple[PendingPart, ...] | None = None
    antivirus: tuple[AntivirusPart, ...] | None = None
    settings: SettingsPart | None = None
    accounts: tuple[AccountPart, ...] | None = None
    shares: tuple[SharePart, ...] | None = None
    services: tuple[ServicePart, ...] | None = None
    firewall: tuple[FirewallPart, ...] | None = None
    drives: tuple[DrivePart, ...] | None = None
    checks: tuple[CheckPart, ...] | None = None


def schema() -> bytes:
    """The JSON Schema of ``Inventory``."""
    made = msgspec.json.schema(Inventory)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "Kanmon inventory, version 1"
    return msgspec.json.format(msgspec.json.encode(made, order="deterministic"), indent=1) + b"\n"
