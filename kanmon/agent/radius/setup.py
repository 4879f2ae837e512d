"""What each network means in RADIUS: accept or reject, VLAN, filter, how long, and attributes of a vendor.

Values may hold ``{vlan}``, ``{filter_id}``, ``{acl}``, ``{network}`` and ``{mac}``. A profile is what switches of one make want
beside the standard attributes (RFC 3580), and what a CoA-Request to them carries.
"""

import re
from typing import Any, Literal, NoReturn

import msgspec

from kanmon.agent.radius.decisions import NETWORKS, Network
from kanmon.common.errors import Refused

ATTRIBUTES_MOST = 20
VALUES_MOST = 16
LONGEST_BYTES = 247  # of one value: a vendor's attribute has 6 bytes of head
SECONDS_LEAST, SECONDS_MOST = 30, 7 * 24 * 3600
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# FreeRADIUS would expand %, and the rest would end a string of its configuration
_UNSAFE = re.compile(r"[%\"'`\\\x00-\x1f\x7f]")
_BLANK = re.compile(r"\{([^{}]*)\}")
_BLANKS = {"vlan", "filter_id", "acl", "network", "mac"}
# Keys, credentials and what FreeRADIUS itself puts in: a setup that could set them could let anybody in.
_RESERVED = {
    "user-password", "chap-password", "eap-message", "message-authenticator", "state", "class", "proxy-state",
    "tunnel-password", "auth-type", "response-packet-type", "packet-type", "ms-mppe-send-key", "ms-mppe-recv-key",
}  # fmt: skip

Values = dict[str, str | list[str]]


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is answered for a network. ``session_seconds``: after these the switch asks anew; 0 leaves it to the switch.

    ``accept``: None is told by ``read``.
    """

    accept: bool | None = None
    vlan: str = ""
    filter_id: str = ""
    acl: str = ""
    session_seconds: int = 0
    attributes: Values = {}


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What switches of one make want. ``attributes`` of the Access-Accept, ``coa`` of a CoA-Request.

    ``coa_sets``: the CoA-Request carries VLAN, filter and ``attributes`` of the new network, too (else it only makes the
    switch ask anew, and the answer to that carries them).
    """

    attributes: Values = {}
    coa: Values = {}
    coa_sets: bool = False


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole. ``when_gone``: what FreeRADIUS does when the agent does not answer.

    ``seen_seconds``: sessions of which nothing was heard for so long are taken as ended.
    """

    networks: dict[Network, Reply]
    profiles: dict[str, Profile]
    when_gone: Literal["reject", "quarantine", "last_known"] = "reject"
    last_known_seconds: int = 86400
    seen_seconds: int = 3600


BUILTIN: dict[str, Profile] = {
    "standard": Profile(),
    # a switch that takes the new VLAN and filter in a CoA-Request (RFC 5176 section 3.2)
    "rfc5176": Profile(coa_sets=True),
    "cisco": Profile(coa={"Cisco-AVPair": "subscriber:command=reauthenticate"}),
    "aruba": Profile(attributes={"Aruba-User-Role": "{filter_id}"}, coa_sets=True),
}
DEFAULT = Setup(
    networks={
        "corporate": Reply(accept=True, session_seconds=8 * 3600),
        "quarantine": Reply(accept=True, filter_id="quarantine", session_seconds=600),
        "unauthenticated": Reply(accept=False),
        "refused": Reply(accept=False),
    },
    profiles=BUILTIN,
)


def read(*told: Any) -> Setup:
    """A setup from what agent.toml holds and the Manager told, the later over the earlier, network by network and profile
    by profile; what none names is as in ``DEFAULT``.

    A network is accepted into, when nothing else is said, only if switches are told something for it: without a VLAN,
    filter, list or other attribute, to accept would be to let in. Raises Refused KNM8200-E, which names what is wrong.
    """
    tree: dict[str, Any] = {
        "networks": dict(msgspec.to_builtins(DEFAULT.networks)), "profiles": dict(msgspec.to_builtins(BUILTIN))
    }  # fmt: skip
    try:
        for one in told:
            for name, value in dict(one).items():
                if name in ("networks", "profiles"):
                    tree[name] |= dict(value)
                else:
                    tree[name] = value
        setup = msgspec.convert(tree, Setup)
    except (msgspec.ValidationError, TypeError, ValueError) as problem:
        raise Refused("KNM8200-E", problem=str(problem)) from None
    networks = {name: _with_accept(name, reply) for name, reply in setup.networks.items()}
    setup = msgspec.structs.replace(setup, networks=networks)
    check(setup)
    return setup


def _with_accept(network: Network, reply: Reply) -> Reply:
    if reply.accept is not None:
        return reply
    bound = bool(reply.vlan or reply.filter_id or reply.acl or reply.attributes)
    return msgspec.structs.replace(reply, accept=network == "corporate" or bound)


def check(setup: Setup) -> None:
    """Raises Refused KNM8200-E for what FreeRADIUS or a switch would stumble over."""
    for network in NETWORKS:
        reply = setup.networks[network]
        _texts(f"networks.{network}.vlan", [reply.vlan])
        _texts(f"networks.{network}.filter_id", [reply.filter_id])
        _texts(f"networks.{network}.acl", [reply.acl])
        _values(f"networks.{network}.attributes", reply.attributes)
        if reply.session_seconds:
            _seconds(f"networks.{network}.session_seconds", reply.session_seconds)
    if not setup.networks["corporate"].accept:
        _wrong("networks.corporate.accept", "the corporate network must accept")
    if setup.when_gone == "quarantine" and not setup.networks["quarantine"].accept:
        _wrong("when_gone", "quarantine is not a network that is accepted into")
    if len(setup.profiles) > ATTRIBUTES_MOST:
        _wrong("profiles", f"more than {ATTRIBUTES_MOST}")
    for name, profile in setup.profiles.items():
        if not _NAME.fullmatch(name):
            _wrong("profiles", f"{name!r} is no name")
        _values(f"profiles.{name}.attributes", profile.attributes)
        _values(f"profiles.{name}.coa", profile.coa)
    _seconds("last_known_seconds", setup.last_known_seconds)
    _seconds("seen_seconds", setup.seen_seconds)


def _values(where: str, values: Values) -> None:
    if len(values) > ATTRIBUTES_MOST:
        _wrong(where, f"more than {ATTRIBUTES_MOST} attributes")
    for name, value in values.items():
        if not _NAME.fullmatch(name):
            _wrong(where, f"{name!r} is no name of an attribute")
        if name.lower() in _RESERVED:
            _wrong(where, f"{name} is not for a setup to decide")
        _texts(f"{where}.{name}", [value] if isinstance(value, str) else value)


def _texts(where: str, texts: list[str]) -> None:
    if len(texts) > VALUES_MOST:
        _wrong(where, f"more than {VALUES_MOST} values")
    for text in texts:
        if len(text.encode()) > LONGEST_BYTES:
            _wrong(where, f"longer than {LONGEST_BYTES} bytes")
        if _UNSAFE.search(text):
            _wrong(where, "it holds a per cent sign, quote, backslash or control character")
        if unknown := [name for name in _BLANK.findall(text) if name not in _BLANKS]:
            _wrong(where, f"there is no {{{unknown[0]}}}")


def _seconds(where: str, seconds: int) -> None:
    if not SECONDS_LEAST <= seconds <= SECONDS_MOST:
        _wrong(where, f"{seconds} is not between {SECONDS_LEAST} and {SECONDS_MOST} seconds")


def _wrong(where: str, why: str) -> NoReturn:
    raise Refused("KNM8200-E", problem=f"{where}: {why}")
