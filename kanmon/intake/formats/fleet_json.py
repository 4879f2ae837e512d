"""What Fleet (fleetdm.com, a server of osquery) says of a host -> Report.

``GET /api/v1/fleet/hosts/{id}`` answers ``{"host": {...}}``, ``fleetctl get host NAME --json`` the same in ``spec``, a
list ``{"hosts": [...]}``. It is a whole inventory: osquery is the agent. Each of its ``policies`` is a result: ``pass``,
``fail``, or "" while the host has not answered, which is *unknown*.

The automation "failing policies" posts ``{"policy": {...}, "hosts": [{"hostname": ..}]}``: these hosts fail this policy.
It says nothing of the host's other policies, so it is a supplement that replaces this one result (``report.PIECES``).
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.common.facts import Account, Agent, Check, Drive, Fact, Hardware, Os, Software
from kanmon.intake.formats.osquery_log import PIECES, host_key
from kanmon.intake.formats.sections.accounts import can_log_on
from kanmon.intake.formats.sections.network import addresses
from kanmon.intake.formats.sections.system import distribution
from kanmon.intake.identity import clean_serial
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, moment, number

MAX_RESULTS = 10_000
SOURCE = "osquery"

Host = dict[str, Any]


class _Message(msgspec.Struct):
    host: Host | None = None
    spec: Host | None = None
    hosts: list[Host] | None = None
    policy: Host | None = None
    timestamp: str = ""


_decoder = msgspec.json.Decoder(_Message)
_RESULTS = {"pass": "pass", "fail": "fail"}
_FAMILIES = {"windows": "windows", "darwin": "macos", "ios": "other", "ipados": "other", "chrome": "other"}
_SCHEMES = {"programs": "windows", "deb_packages": "deb", "rpm_packages": "rpm", "apps": "other"}


def read(body: bytes) -> Report:
    """The report in ``body``. Raises Refused when it is not about exactly one host, or does not name it."""
    try:
        message = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refused("KNM1021-E", detail=clean(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1020-E", detail=clean(error)) from error
    hosts = [one for one in (message.host, message.spec) if one is not None] or message.hosts or []
    if len(hosts) != 1:
        raise Refused("KNM1157-E", count=len(hosts))
    host = hosts[0]
    if not _name(host):
        raise Refused("KNM1017-E", field="hostname")
    return _host(host) if message.policy is None else _failing(message.policy, host, message.timestamp)


def _name(host: Host) -> str:
    return clean(host.get("computer_name") or host.get("hostname") or host.get("display_name")).partition(".")[0]


def _rows(value: object) -> list[Host]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _failing(policy: Host, host: Host, timestamp: str) -> Report:
    name = clean(host.get("hostname") or host.get("display_name")).partition(".")[0]
    return build(
        format=PIECES,
        device_key=host_key(name),
        reported_at=moment(timestamp),
        host=name,
        columns={},
        facts=_checks([{**policy, "response": "fail"}]),
        told=["check"],
        partial=True,
    )


def _host(host: Host) -> Report:
    uuid, name = clean(host.get("uuid")), _name(host)
    memory = number(host.get("memory"))
    told = {"software": "software", "check": "policies", "account": "users"}
    drive = host.get("disk_encryption_enabled")
    system = _os(host)
    return build(
        format="fleet",
        device_key=(uuid or name)[:255],
        reported_at=moment(host.get("detail_updated_at")) or moment(host.get("seen_time")),
        host=name,
        serial=host.get("hardware_serial"),
        uuid=uuid,
        macs=[host.get("primary_mac")],
        columns={
            "memory_mb": None if memory is None else memory >> 20,
            "ip": addresses([clean(host.get("primary_ip"))]),
        },
        facts=[
            *_machine(host, system),
            *_software(_rows(host.get("software"))),
            *_accounts(_rows(host.get("users")), system.family),
            *([Drive("C:" if system.family == "windows" else "/", True, drive)] if isinstance(drive, bool) else []),
            *_checks(_rows(host.get("policies"))),
        ],
        told=[cls for cls, field in told.items() if isinstance(host.get(field), list)]
        + (["drive"] if isinstance(drive, bool) else []),
    )


def _os(host: Host) -> Os:
    platform, full = clean(host.get("platform")).lower(), clean(host.get("os_version"))
    family = _FAMILIES.get(platform, "linux" if platform else "other")
    arch = {"amd64": "x86_64", "arm64": "aarch64"}.get(clean(host.get("cpu_type")).lower(), clean(host.get("cpu_type")))
    if family == "windows":
        match = re.fullmatch(r"(.*?)(?:\s+(?:\d\dH\d))?(?:\s+(\d+\.\d+)\.(\d[\d.]*))?", full)
        name, version, build_ = (match[1], match[2] or "", match[3] or "") if match else (full, "", "")
        return Os(family, name, version, build_ or clean(host.get("build")), "", arch)
    name, version = distribution(full)
    return Os(family, name, version, clean(host.get("build")), "", arch)


def _machine(host: Host, system: Os) -> list[Fact]:
    found: list[Fact] = [system] if system.name else []
    if version := clean(host.get("osquery_version")):
        found.append(Agent("osquery", version))
    make = Hardware(*(clean_serial(host.get(f"hardware_{what}")) for what in ("vendor", "model")))
    return [*found, make] if any(make) else found


def _software(rows: Iterable[Host]) -> list[Fact]:
    """Programs and packages; extensions of browsers and modules of Python are left out, as from osquery itself."""
    found: list[Fact] = []
    for row in rows:
        scheme, name, version = (
            _SCHEMES.get(clean(row.get("source"))),
            clean(row.get("name")),
            clean(row.get("version")),
        )
        if scheme and name:
            release = clean(row.get("release"))
            version = f"{version}-{release}" if release and scheme == "rpm" else version
            found.append(Software(name, version, clean(row.get("vendor")), clean(row.get("arch")), scheme))
    return found


def _accounts(rows: Iterable[Host], family: str) -> list[Fact]:
    """Accounts that can log on. Fleet tells neither members of groups nor whether an account is on."""
    found: list[Fact] = []
    for row in rows:
        name, uid, kind = clean(row.get("username")), clean(row.get("uid")), clean(row.get("type"))
        if not name or kind == "special" or not can_log_on(row.get("shell")):
            continue
        windows = family == "windows"
        administrator = True if uid == ("500" if windows else "0") else None
        found.append(Account(name, administrator=administrator, guest=windows and uid == "501"))
    return found


def _checks(rows: list[Host]) -> list[Fact]:
    if len(rows) > MAX_RESULTS:
        raise Refused("KNM1251-E", status=413, limit=MAX_RESULTS)
    found: list[Fact] = []
    for row in rows:
        if name := clean(row.get("name")):
            severity = "critical" if row.get("critical") is True else ""
            found.append(Check(SOURCE, name, _RESULTS.get(clean(row.get("response")), "unknown"), "", severity))
    return found
