"""Inflated bytes -> Report, or the greeting that comes before one.

The format is told by content; headers of agents lie. A new format is one file with ``read`` and one line in
``FORMATS``. ``read`` raises nothing but Refused for whatever bytes it gets, and opens no file or connection.
"""

import codecs
from collections.abc import Callable

import msgspec

from kanmon.common.errors import Refused
from kanmon.intake.formats import (
    fleet_json,
    glpi_json,
    kanmon_json,
    lynis,
    ocs_xml,
    osquery,
    osquery_log,
    qfe,
    reg,
    scap_xml,
    systeminfo,
    wmi,
)
from kanmon.intake.formats.message import Contact, Prolog, Wire, accepted
from kanmon.intake.report import Report
from kanmon.intake.text import clean

__all__ = ["FORMATS", "MAX_JSON_MARKS", "Contact", "Message", "Prolog", "Wire", "accepted", "read"]

Message = Report | Prolog | Contact

# A value in JSON costs much more memory than its three bytes, so their number is bounded before decoding.
MAX_JSON_MARKS = 400_000


class _Outline(msgspec.Struct):
    """What tells one JSON format from another; nothing below the first level is looked at."""

    kanmon: msgspec.Raw = msgspec.Raw()
    deviceid: msgspec.Raw = msgspec.Raw()
    action: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    osquery: msgspec.Raw = msgspec.Raw()
    host: msgspec.Raw = msgspec.Raw()
    hosts: msgspec.Raw = msgspec.Raw()
    spec: msgspec.Raw = msgspec.Raw()
    policy: msgspec.Raw = msgspec.Raw()


def _is_scap(body: bytes, outline: _Outline | None) -> bool:
    return body.startswith(b"<") and scap_xml.root(body) in scap_xml.ROOTS


def _is_xml(body: bytes, outline: _Outline | None) -> bool:
    return body.startswith(b"<")


def _is_kanmon(body: bytes, outline: _Outline | None) -> bool:
    return outline is not None and bool(bytes(outline.kanmon))


def _is_glpi(body: bytes, outline: _Outline | None) -> bool:
    return outline is not None and any(map(bytes, (outline.deviceid, outline.action, outline.content)))


def _is_osquery(body: bytes, outline: _Outline | None) -> bool:
    return outline is not None and bool(bytes(outline.osquery))


def _is_fleet(body: bytes, outline: _Outline | None) -> bool:
    if outline is None:
        return False
    objects = (bytes(outline.host), bytes(outline.spec))
    return any(one.startswith(b"{") for one in objects) or bytes(outline.hosts).startswith(b"[")


def _is_fleet_policy(body: bytes, outline: _Outline | None) -> bool:
    return _is_fleet(body, outline) and outline is not None and bytes(outline.policy).startswith(b"{")


def _is_osquery_log(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and body.startswith(b"{")


def _is_reg(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and reg.seems(body)


def _is_lynis(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and lynis.seems(body)


def _is_wmi(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and wmi.seems(body)


def _is_systeminfo(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and systeminfo.seems(body)


def _is_qfe(body: bytes, outline: _Outline | None) -> bool:
    return outline is None and qfe.seems(body)


Reader = Callable[[bytes, str, str | None], Message]

# name -> (is it this one?, reader of body, User-Agent, encoding that overrides the body's own)
FORMATS: dict[str, tuple[Callable[[bytes, _Outline | None], bool], Reader]] = {
    "scap": (_is_scap, lambda body, agent, encoding: scap_xml.read(body, encoding)),
    "ocs_xml": (_is_xml, ocs_xml.read),
    "kanmon_json": (_is_kanmon, lambda body, agent, encoding: kanmon_json.read(body)),
    "glpi_json": (_is_glpi, lambda body, agent, encoding: glpi_json.read(body)),
    "osquery": (_is_osquery, lambda body, agent, encoding: osquery.read(body)),
    "fleet_policy": (_is_fleet_policy, lambda body, agent, encoding: fleet_json.read(body)),
    "fleet": (_is_fleet, lambda body, agent, encoding: fleet_json.read(body)),
    "osquery_log": (_is_osquery_log, lambda body, agent, encoding: osquery_log.read(body)),
    "reg": (_is_reg, lambda body, agent, encoding: reg.read(body)),
    "lynis": (_is_lynis, lambda body, agent, encoding: lynis.read(body)),
    "systeminfo": (_is_systeminfo, lambda body, agent, encoding: systeminfo.read(body)),
    "wmi": (_is_wmi, lambda body, agent, encoding: wmi.read(body)),
    "qfe": (_is_qfe, lambda body, agent, encoding: qfe.read(body)),
}

PARTS = frozenset({"scap", "fleet_policy", "osquery_log", "reg", "lynis", "wmi", "qfe"})

_outline = msgspec.json.Decoder(_Outline)


def read(body: bytes, agent: str = "") -> Message:
    """The message in the inflated ``body``. ``agent`` is the User-Agent of the request, as a hint.

    Raises Refused when it is no message that Kanmon knows, with a sentence that says what was seen.
    """
    body, encoding = _as_utf8(body)
    head = body[:64].lstrip()
    if not head:
        head = body.lstrip()[:64]
    body = body.lstrip() if head.startswith((b"<", b"{")) else body
    if head.startswith(b'{"kanmon":'):  # as Kanmon's own client writes it: no need to look what it is
        _bound(body)
        return kanmon_json.read(body)
    name, outline = _told_by_content(body)
    if not name:
        raise Refused("KNM1010-E", seen=_described(head, outline))
    return FORMATS[name][1](body, agent, encoding)


def is_part(body: bytes) -> bool:
    """Whether the inflated ``body`` is of a format that adds to a PC or report which has to be there before."""
    try:
        body, _ = _as_utf8(body)
        return _told_by_content(body.lstrip())[0] in PARTS
    except Refused:
        return False


def _told_by_content(body: bytes) -> tuple[str, _Outline | None]:
    """The name of the format, "" for none; and the outline of a JSON object."""
    outline = None
    if body.startswith(b"{"):
        _bound(body)
        outline = None if osquery_log.seems(body) else _look(body)
    return next((name for name, (is_it, _) in FORMATS.items() if is_it(body, outline)), ""), outline


def _as_utf8(body: bytes) -> tuple[bytes, str | None]:
    """``body`` without byte order mark, UTF-16 turned to UTF-8; and "utf-8" when the body says otherwise itself."""
    if body.startswith(codecs.BOM_UTF8):
        return body[3:], None
    wide = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}.get(body[:2])
    wide = wide or {b"<\0": "utf-16-le", b"{\0": "utf-16-le", b"\0<": "utf-16-be", b"\0{": "utf-16-be"}.get(body[:2])
    if wide is None:
        return body, None
    try:
        return body.decode(wide).encode(), "utf-8"
    except UnicodeError as error:
        raise Refused("KNM1010-E", seen=f"UTF-16 text that is damaged ({clean(error)})") from error


def _bound(body: bytes) -> None:
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_JSON_MARKS:
        raise Refused("KNM1022-E", status=413, limit=MAX_JSON_MARKS)


def _look(body: bytes) -> _Outline:
    _bound(body)
    try:
        return _outline.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1020-E", detail=clean(error)) from error


def _described(head: bytes, outline: _Outline | None) -> str:
    """The beginning of a body in words that are safe to show: text as such, everything else as numbers."""
    if outline is not None:
        return "a JSON object with none of the fields kanmon, deviceid, action, content, osquery, host"
    if head.isascii() and head[:32].decode("ascii").strip().isprintable() and head:
        return f"the text {head[:32].decode('ascii').strip()!r}"
    kinds = {b"PK": "a ZIP archive", b"\x1f\x8b": "a gzip stream", b"\x7fELF": "a program", b"%PDF": "a PDF file"}
    for mark, kind in kinds.items():
        if head.startswith(mark):
            return kind
    return f"the bytes {head[:8].hex(' ')}" if head else "blanks"
