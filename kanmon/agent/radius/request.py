"""What FreeRADIUS's module rest sends: all attributes of the request as JSON, each with its type and values."""

from typing import Any

import msgspec

from kanmon.common import mac as macs
from kanmon.common.errors import Refused

BODY_MOST = 64 * 1024  # a RADIUS packet holds 4,096 bytes; JSON makes more of them
ATTRIBUTES_MOST = 300
TEXT_MOST = 253


class _Attribute(msgspec.Struct):
    value: list[Any] = []


class Request(msgspec.Struct, frozen=True):
    """A request in our words. ``nas`` is the name that FreeRADIUS knows the switch by (its secret proves it), and
    ``nas_address`` where it asks from; ``event_at`` is when it happened, by its clock. ``calling`` is the MAC as the switch spells it: it wants it spelt so again. ``status``: Start, Stop, Interim-Update, Accounting-On, Accounting-Off.
    """

    mac: str | None = None
    calling: str = ""
    user: str = ""
    nas: str = ""
    nas_address: str = ""
    port: str = ""
    session: str = ""
    ip: str = ""
    class_: str = ""
    status: str = ""
    cause: str = ""
    certificate: str = ""
    service: str = ""
    port_type: str = ""
    with_eap: bool = False
    event_at: float | None = None

    @property
    def signs_in_at_the_switch(self) -> bool:
        """A person at the switch's own console, or a VPN: no PC at a port. A MAC typed as a name must not let them in."""
        return self.port_type in ("Virtual", "Async") or self.service not in ("", "Call-Check", "Framed-User")

    @property
    def is_bypass(self) -> bool:
        """MAC bypass: the user is the PC's own MAC, in whatever spelling."""
        return not self.with_eap and self.mac is not None and macs.parse(self.user) == self.mac


_decoder = msgspec.json.Decoder(dict[str, _Attribute])


def read(body: bytes) -> Request:
    """The request in ``body``. Raises Refused KNM8201-E."""
    if len(body) > BODY_MOST:
        raise Refused("KNM8201-E", status=413, problem=f"{len(body)} bytes, more than {BODY_MOST}")
    try:
        told = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Refused("KNM8201-E", problem=str(problem)) from None
    if len(told) > ATTRIBUTES_MOST:
        raise Refused("KNM8201-E", problem=f"{len(told)} attributes, more than {ATTRIBUTES_MOST}")

    def text(name: str) -> str:
        values = told[name].value if name in told else []
        cut = str(values[0])[:TEXT_MOST] if values else ""
        return cut if cut.isprintable() else "".join(one if one.isprintable() else "?" for one in cut)

    with_eap = "EAP-Message" in told
    mac = macs.parse(text("Calling-Station-Id"))
    if mac is None and not with_eap:  # MAC bypass: switches that leave Calling-Station-Id away name it as the user
        mac = macs.parse(text("User-Name"))
    return Request(
        mac=mac,
        calling=text("Calling-Station-Id"),
        user=text("User-Name"),
        nas=text("FreeRADIUS-Client-Shortname"),
        nas_address=text("FreeRADIUS-Client-IP-Address") or text("FreeRADIUS-Client-IPv6-Address"),
        port=text("NAS-Port-Id") or text("NAS-Port"),
        session=text("Acct-Session-Id"),
        ip=text("Framed-IP-Address"),
        class_=_octets(text("Class")),
        status=text("Acct-Status-Type"),
        cause=text("Acct-Terminate-Cause"),
        certificate=text("TLS-Client-Cert-Common-Name"),
        service=text("Service-Type"),
        port_type=text("NAS-Port-Type"),
        with_eap=with_eap,
        event_at=float(stamp) if (stamp := text("Tmp-Integer-1")).isdecimal() else None,
    )


def _octets(text: str) -> str:
    """Octets are told as 0x6b616e...; as text, when they are."""
    if not text.startswith("0x"):
        return text
    try:
        return bytes.fromhex(text[2:]).decode("ascii")
    except ValueError:
        return ""
