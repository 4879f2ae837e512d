"""Receivers outside: what the settings say of one, its secrets, and whether its address may be used.

Policies only name a target; addresses and secrets stand on the machine, in ``kanmon.toml`` and in a file each. So who
may edit policies can't make the Manager call whom they like. And since a name can be made to mean another address at
any time, what counts is the address itself, which is looked up once for each attempt and then connected to.
"""

import base64
import binascii
import ipaddress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from kanmon.common import config

SECRETS = 4  # more than the new and the old one while they are changed
SECRET_BYTES = range(24, 65)
PREFIX = "whsec_"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Where = Literal["public", "private", "loopback", "forbidden"]

# Where clouds tell a machine its credentials; those of 169.254/16 are link-local anyway.
METADATA = frozenset(
    ipaddress.ip_address(one)
    for one in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
# Private, too, and not told as such by every Python: site-local, documentation, segment routing.
_LOCAL = [ipaddress.ip_network(one) for one in ("fec0::/10", "3fff::/20", "5f00::/16")]
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unusable(Exception):
    """The settings do not say where to send, or how to sign. ``message_id`` and ``params`` are the sentence."""

    def __init__(self, message_id: str, **params: str) -> None:
        super().__init__(message_id)
        self.message_id, self.params = message_id, params


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver. ``path`` has the query, too; path and secrets are not shown: both may let others in.

    ``port``: 0 where the settings name none.
    """

    name: str
    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    private: bool
    secrets: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def options(self) -> dict[str, str]:
        """What stands behind the ``?``, by name."""
        return dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))


def find(name: str) -> Target:
    """The target ``name`` of webhooks, with its secrets. Raises Unusable KNM3103-W, KNM3104-W."""
    found = in_section("webhook", name)
    if found is None:
        raise Unusable("KNM3103-W", target=name)
    return replace(found, port=found.port or (443 if found.scheme == "https" else 80), secrets=_secrets(name))


def in_section(section: str, name: str) -> Target | None:
    """The target ``name`` of ``section.targets``; None when there is none, or its address is not one."""
    urls = dict(one.split("=", 1) for one in config.get(f"{section}.targets"))
    try:
        parts = urlsplit(urls[name])
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port or 0
    except (KeyError, ValueError):  # unknown; a port or a name that can't be one
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not host or not path.isascii() or not path.isprintable():
        return None
    return Target(name, parts.scheme, host, port, path, name in config.get(f"{section}.allow_private"))


def _secrets(name: str) -> tuple[bytes, ...]:
    """The signing secrets of a target, one a line; the first is the newest."""
    path = Path(str(config.get("webhook.secret_folder")) or config.home() / "secrets" / "webhook") / name
    try:
        lines = path.read_text("ascii").split()
        secrets = tuple(base64.b64decode(line.removeprefix(PREFIX), validate=True) for line in lines)
    except (OSError, UnicodeError, binascii.Error):
        raise Unusable("KNM3104-W", target=name, path=str(path)) from None
    if not 1 <= len(secrets) <= SECRETS or not all(len(secret) in SECRET_BYTES for secret in secrets):
        raise Unusable("KNM3104-W", target=name, path=str(path))
    return secrets


def where(text: str) -> Where:
    """What kind of address ``text`` is. Pure.

    Forbidden are link-local and metadata addresses, multicast, and those that mean no single machine.
    """
    address = _inner(ipaddress.ip_address(text))
    if address.is_loopback:
        return "loopback"
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return "forbidden"
    if address.is_reserved or (address.version == 4 and address in _THIS_NETWORK):
        return "forbidden"
    return "public" if address.is_global and not any(address in one for one in _LOCAL) else "private"


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address
