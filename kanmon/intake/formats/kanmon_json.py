"""Kanmon's own JSON -> Report. The format is described in ``kanmon_schema``."""

from datetime import date
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.common.facts import (
    SETTINGS,
    Account,
    Agent,
    Antivirus,
    Check,
    Drive,
    Fact,
    Firewall,
    Hardware,
    Os,
    Patch,
    PendingUpdate,
    Service,
    Setting,
    Share,
    Software,
)
from kanmon.intake import security_center
from kanmon.intake.formats.kanmon_schema import AntivirusPart, Inventory, Scheme, ServicePart, SoftwarePart
from kanmon.intake.formats.known import Known
from kanmon.intake.formats.sections.network import addresses
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean

_decoder, _any_decoder = msgspec.json.Decoder(Inventory), msgspec.json.Decoder(msgspec.Raw)
# The same inventory with its two long lists left as they are: each entry of them is looked up by its bytes.
_Quick = msgspec.defstruct(
    "_Quick",
    [("software", list[msgspec.Raw] | None, None), ("services", list[msgspec.Raw] | None, None)],
    bases=(Inventory,),
    kw_only=True,
    forbid_unknown_fields=True,
)
_quick_decoder = msgspec.json.Decoder(_Quick)
_program_decoder, _service_decoder = msgspec.json.Decoder(SoftwarePart), msgspec.json.Decoder(ServicePart)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

# class of facts -> section that tells it
_SECTIONS = {
    "software": "software",
    "patch": "patches",
    "pending_update": "pending_updates",
    "antivirus": "antivirus",
    "account": "accounts",
    "share": "shares",
    "service": "services",
    "firewall": "firewall",
    "drive": "drives",
    "check": "checks",
}


def read(body: bytes) -> Report:
    """The report in ``body``. Raises Refused with the path of the field that does not fit."""
    try:
        told: Any = _quick_decoder.decode(body)
        facts = _facts(told)
    except _UNREADABLE as error:
        raise _refusal(body, error) from error
    columns = msgspec.structs.asdict(told.columns) if told.columns else {}
    if columns.get("ip"):
        columns["ip"] = addresses(columns["ip"].split())
    return build(
        format="kanmon",
        device_key=clean(told.device_id),
        reported_at=int(told.reported_at.timestamp()),
        host=told.host,
        serial=told.identity.serial,
        uuid=told.identity.uuid,
        macs=told.identity.macs,
        asset_number=told.asset_number,
        group=clean(told.group),
        tag=told.tag,
        columns={name: clean(value) if type(value) is str else value for name, value in columns.items()},
        facts=facts,
        told=[name for name, section in _SECTIONS.items() if getattr(told, section) is not None],
    )


def _refusal(body: bytes, error: Exception) -> Refused:
    """Reads again: is it JSON at all, and, as a whole, because only then the error names its place."""
    try:
        _any_decoder.decode(body)
        _decoder.decode(body)
    except _UNREADABLE as whole:
        error = whole
    return Refused("KNM1021-E" if isinstance(error, msgspec.ValidationError) else "KNM1020-E", detail=clean(error))


def _facts(told: Any) -> list[Fact]:
    found: list[Fact] = [Agent(clean(told.agent.name), clean(told.agent.version))]
    family = told.os.family if told.os else "other"
    if told.os:
        one = told.os
        texts = (one.name, one.version, one.build, one.service_pack, one.arch)
        found.append(Os(family, *map(clean, texts)))
    if told.hardware:
        make = told.hardware
        found.append(Hardware(clean(make.manufacturer), clean(make.model), clean(make.chassis)))
    found += (_WINDOWS_PROGRAMS if family == "windows" else _PROGRAMS).facts(told.software or ())
    found += [Patch(kb) for kb in told.patches or ()]
    found += [PendingUpdate(clean(u.name), clean(u.version), u.security) for u in told.pending_updates or ()]
    if told.settings:
        for name in SETTINGS:
            if (value := getattr(told.settings, name)) is not None:
                found.append(Setting(name, clean(value) if type(value) is str else value))
    return found + _states(told)


def _program(body: bytes, scheme: Scheme) -> Software:
    p = _program_decoder.decode(body)
    kind = p.scheme or scheme
    return Software(clean(p.name), clean(p.version), clean(p.publisher), clean(p.arch), kind, clean(p.source))


def _service(body: bytes) -> Service:
    p = _service_decoder.decode(body)
    return Service(clean(p.name), p.running, p.startup)


_WINDOWS_PROGRAMS, _PROGRAMS = (
    Known(lambda body: _program(body, "windows")),
    Known(lambda body: _program(body, "other")),
)
_SERVICES = Known(_service)


def _antivirus(p: AntivirusPart) -> Antivirus:
    enabled, up_to_date = security_center.decode(p.product_state)
    return Antivirus(
        clean(p.product),
        clean(p.version),
        clean(p.engine),
        clean(p.definitions),
        _day(p.definitions_date),
        enabled if p.enabled is None else p.enabled,
        up_to_date if p.up_to_date is None else p.up_to_date,
    )


def _states(told: Any) -> list[Fact]:
    found: list[Fact] = [_antivirus(p) for p in told.antivirus or ()]
    found += [
        Account(
            clean(p.name),
            p.enabled,
            p.administrator,
            p.guest,
            p.has_password,
            p.password_expires,
            _day(p.password_changed),
        )
        for p in told.accounts or ()
    ]
    found += [Share(clean(p.name), p.administrative) for p in told.shares or ()]
    found += _SERVICES.facts(told.services or ())
    found += [Firewall(clean(p.profile), p.enabled, p.exceptions) for p in told.firewall or ()]
    found += [
        Check(clean(p.source), clean(p.rule), p.result, clean(p.title), p.severity, clean(p.profile))
        for p in told.checks or ()
    ]
    return found + [
        Drive(clean(p.name), p.system, p.encrypted, clean(p.method), clean(p.filesystem)) for p in told.drives or ()
    ]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
