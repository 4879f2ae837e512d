"""Where the gateway stands, and what a quarantined PC may reach. Read from [drivers.nftables] of agent.toml.

What it may reach can be set up at the Manager as well (``parts`` of the setup, under ``nftables``); that wins.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from kanmon.agent.drivers import base

NAME = "nftables"
ALLOWED_MOST = 200
PORTS_MOST = 200
_INTERFACE = re.compile(r"[A-Za-z0-9_.@-]{1,15}|[A-Za-z0-9_.@-]{1,14}\*")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NAMESPACE = re.compile(r"[A-Za-z0-9_.-]{0,63}")
_TRANSPORT = re.compile(r"(tcp|udp)/(\d{1,5})(?:-(\d{1,5}))?")
_URL_CHARACTERS = re.compile(r"[!-~]{1,2000}")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """A destination: ``family`` is ip or ip6; ``transport`` "" (everything), tcp or udp; ``ports``: one, or a range."""

    family: Literal["ip", "ip6"]
    network: str
    transport: str = ""
    ports: str = ""


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a quarantined PC may reach.

    ``allowed``: "192.0.2.7", "192.0.2.0/24", "192.0.2.7 tcp/8443", "2001:db8::7 udp/123-124". ``dns``: addresses of
    name servers, or "any". ``page``: URL that its HTTP is sent to, "" for nowhere.
    """

    allowed: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    page: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``mode``: bridge (PCs and network on one bridge, ``bridge``) or routed (this machine routes for the PCs).

    ``ports``: interfaces towards the PCs, * at the end for any rest. ``redirect_port``: where ``redirect`` listens on
    this machine. ``mark``: of packets that are sent there; choose another when other rules use it. ``keep``: folder of
    files for the service nftables, "" for none. ``namespace``: network namespace of the gateway, "" for this one.
    """

    mode: Literal["bridge", "routed"]
    ports: tuple[str, ...]
    bridge: str = ""
    allowed: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    page: str = ""
    redirect_port: int = 8081
    mark: int = 0x4B4E4D
    table: str = "kanmon"
    keep: str = ""
    namespace: str = ""
    seen_seconds: int = 600
    time_limit_seconds: int = 60

    @property
    def reach(self) -> Reach:
        """What is set here, before the Manager."""
        return Reach(self.allowed, self.dns, self.page)

    @property
    def family(self) -> str:
        """The nft family of the table that decides."""
        return "bridge" if self.mode == "bridge" else "inet"


def read(told: Mapping[str, Any]) -> Settings:
    """The settings of a table of agent.toml. Raises Refused KNM8301-E."""
    settings = base.read_settings(NAME, told, Settings)
    if not 1 <= len(settings.ports) <= PORTS_MOST:
        raise base.wrong(NAME, "ports", f"give 1 to {PORTS_MOST} interfaces towards the PCs")
    for port in settings.ports:
        _like(_INTERFACE, "ports", port)
    if settings.mode == "bridge" or settings.bridge:
        _like(_INTERFACE, "bridge", settings.bridge)
    _like(_TABLE, "table", settings.table)
    _like(_NAMESPACE, "namespace", settings.namespace)
    for name, value, low, high in (
        ("redirect_port", settings.redirect_port, 1, 65535),
        ("mark", settings.mark, 1, 2**32 - 1),
        ("seen_seconds", settings.seen_seconds, 10, 86400),
        ("time_limit_seconds", settings.time_limit_seconds, 1, 600),
    ):
        if not low <= value <= high:
            raise base.wrong(NAME, name, f"{value} is not between {low} and {high}")
    if settings.keep and not settings.keep.startswith("/"):
        raise base.wrong(NAME, "keep", f"{settings.keep} is no absolute path")
    check(settings.reach)
    return settings


def reach(settings: Settings, told: Mapping[str, Any] | None) -> Reach:
    """What a quarantined PC may reach, by the settings and by what the Manager ``told``. Raises Refused KNM8301-E."""
    given = base.read_settings(NAME, {**msgspec.structs.asdict(settings.reach), **(told or {})}, Reach)
    check(given)
    return given


def check(given: Reach) -> None:
    """Raises Refused KNM8301-E for what nft would stumble over."""
    allowed(given.allowed)
    name_servers(given.dns)
    if given.page:
        page(given.page)


def allowed(texts: tuple[str, ...]) -> list[Allowed]:
    """The destinations. Raises Refused KNM8301-E."""
    if len(texts) > ALLOWED_MOST:
        raise base.wrong(NAME, "allowed", f"more than {ALLOWED_MOST}")
    return [_destination(one) for one in texts]


def _destination(text: str) -> Allowed:
    address, _, rest = text.partition(" ")
    network = _network("allowed", address)
    family: Literal["ip", "ip6"] = "ip" if network.version == 4 else "ip6"
    if not rest:
        return Allowed(family, str(network))
    found = _TRANSPORT.fullmatch(rest)
    low, high = (int(found[2]), int(found[3] or found[2])) if found else (0, 0)
    if found is None or not 1 <= low <= high <= 65535:
        raise base.wrong(NAME, "allowed", f'"{text}" is none of "ADDRESS", "ADDRESS/PREFIX", "ADDRESS tcp/PORT"')
    return Allowed(family, str(network), found[1], str(low) if low == high else f"{low}-{high}")


def name_servers(texts: tuple[str, ...]) -> list[Allowed] | None:
    """The name servers; None for any. Raises Refused KNM8301-E."""
    if "any" in texts:
        return None
    if len(texts) > ALLOWED_MOST:
        raise base.wrong(NAME, "dns", f"more than {ALLOWED_MOST}")
    networks = [_network("dns", one) for one in texts]
    return [
        Allowed("ip" if one.version == 4 else "ip6", str(one), transport, "53")
        for one in networks
        for transport in ("udp", "tcp")
    ]


def page(text: str) -> str:
    """The URL, as it may stand in a header. Raises Refused KNM8301-E."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(_URL_CHARACTERS.fullmatch(text))
    except ValueError:
        usable = False
    if not usable:
        raise base.wrong(NAME, "page", f"{text!r} is no http or https URL")
    return text


def _network(setting: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise base.wrong(NAME, setting, f'"{text}" is no address or network') from None


def _like(form: re.Pattern[str], setting: str, text: str) -> None:
    if not form.fullmatch(text):
        raise base.wrong(NAME, setting, f'"{text}" can\'t be used as a name here')
