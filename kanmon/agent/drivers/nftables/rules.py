"""The text that nft is given: the whole, and a change. Pure; values that reach it have been checked.

A packet from a PC comes to ``arriving`` before anything else looks at it, and is judged by its sender: fixed devices
pass, then the sets refuse, deny and permit, then what holds for the unregistered. Each network is a chain. So rules
need no memory of connections: who is denied has lost those that were open, too.

On a bridge, what others send to a quarantined PC is held back as well. A router can't do that by MAC: it learns the MAC
of a destination after all rules. Its answers never come through, though.

HTTP of a quarantined PC gets a mark, and the mark a redirect to this machine. On a bridge the frame must first be
addressed to the bridge itself. What has the mark and no redirect belongs to a connection from before; it is dropped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kanmon.agent.drivers.base import STATES
from kanmon.agent.drivers.nftables.settings import Allowed, Reach, Settings, allowed, name_servers
from kanmon.wire import Network, Setup, State

OURS = "made_by_kanmon"  # an empty chain: how the driver knows its own tables
NETWORKS: tuple[Network, ...] = ("corporate", "quarantine", "unauthenticated", "refused")
SEEN_MOST = 65_536
FULL_MAC = len("aa:bb:cc:dd:ee:ff")
# Neighbours and routers are looked for (RFC 4861), groups joined (RFC 2710, 3810). No PC may say that it is a router.
_ICMP6 = "{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld2-listener-report }"
_ICMP6_BACK = "{ nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, packet-too-big, destination-unreachable }"


@dataclass(frozen=True, slots=True)
class Whole:
    """All that the text of the whole is made of. ``hardware``: MAC of the bridge, "" when it needs none.

    ``old``: families in which a table of ours is to go.
    """

    settings: Settings
    reach: Reach
    setup: Setup
    macs: Mapping[State, Collection[str]]
    hardware: str = ""
    old: tuple[str, ...] = ()


def whole(wanted: Whole) -> str:
    """One transaction: our tables go, and come anew."""
    name = wanted.settings.table
    lines = []
    for family in wanted.old:
        lines += [f"add table {family} {name}", f"delete table {family} {name}"]
    deciding = [*_sets(wanted), *_judging(wanted), *_networks(wanted), *_arriving(wanted)]
    redirecting = _redirecting(wanted) if wanted.reach.page else []
    if wanted.settings.family == "inet":
        lines += _table("inet", name, [*deciding, *redirecting])
    else:
        lines += _table("bridge", name, deciding)
        lines += _table("inet", name, redirecting) if redirecting else []
    return "\n".join(lines) + "\n"


def remove(table: str, families: Iterable[str]) -> str:
    """One transaction: our tables go, if they are there."""
    return "".join(f"add table {one} {table}\ndelete table {one} {table}\n" for one in families)


def change(settings: Settings, wanted: Mapping[str, State | None]) -> str:
    """One transaction: each MAC into its set and out of the others.

    nft 1.0.6 refuses to delete what is not there, so it is added first; both within the transaction.
    """
    lines = []
    for name in STATES:
        into = [mac for mac, state in wanted.items() if state == name]
        out = [mac for mac, state in wanted.items() if state != name]
        where = f"element {settings.family} {settings.table} {name}"
        if into:
            lines.append(f"add {where} {{ {', '.join(into)} }}")
        if out:
            lines += [f"{verb} {where} {{ {', '.join(out)} }}" for verb in ("add", "delete")]
    return "\n".join(lines) + "\n"


def _table(family: str, name: str, lines: Iterable[str]) -> list[str]:
    return [f"table {family} {name} {{", *_chain(OURS, ()), *lines, "}"]


def _chain(name: str, lines: Iterable[str]) -> list[str]:
    return [f"  chain {name} {{", *(f"    {line}" for line in lines), "  }"]


def _set(name: str, kind: str, *more: str, elements: Collection[str] = ()) -> list[str]:
    filled = [f"elements = {{ {', '.join(elements)} }}"] if elements else []
    return [f"  set {name} {{", *(f"    {line}" for line in (f"type {kind}", *more, *filled)), "  }"]


def _sets(wanted: Whole) -> list[str]:
    passing = ("flags dynamic,timeout", f"size {SEEN_MOST}", f"timeout {wanted.settings.seen_seconds}s")
    fixed = [_prefix(one.mac) for one in wanted.setup.fixed]
    lines = _set("fixed", "ether_addr", "flags interval", "auto-merge", elements=fixed)
    for state in STATES:
        lines += _set(state, "ether_addr", elements=wanted.macs.get(state, ()))
    for network in NETWORKS:
        lines += _set(f"seen_{network}", "ether_addr . ifname", *passing)
    lines += _set("addresses4", "ether_addr . ipv4_addr", *passing)
    return lines + _set("addresses6", "ether_addr . ipv6_addr", *passing)


def _prefix(octets: str) -> str:
    """The MACs that begin with ``octets``, as nft writes a range."""
    if len(octets) == FULL_MAC:
        return octets
    rest = (FULL_MAC - len(octets)) // 3
    return f"{octets}{':00' * rest}-{octets}{':ff' * rest}"


def _judging(wanted: Whole) -> list[str]:
    """Forward declarations are not needed: a jump is looked up when the transaction is complete."""
    lines = _chain("corporate", ["update @seen_corporate { ether saddr . iifname }", "accept"])
    lines += _chain("quarantine", _quarantine(wanted))
    for network in ("unauthenticated", "refused"):
        lines += _chain(network, [f"update @seen_{network} {{ ether saddr . iifname }}", "drop"])
    return lines


def _networks(wanted: Whole) -> list[str]:
    return _chain(
        "judge",
        [
            "ip saddr != 0.0.0.0 update @addresses4 { ether saddr . ip saddr }",
            "ip6 saddr != { ::, fe80::/10 } update @addresses6 { ether saddr . ip6 saddr }",
            "ether saddr @fixed goto corporate",
            f"ether saddr @refuse goto {wanted.setup.refused}",
            "ether saddr @deny goto quarantine",
            "ether saddr @permit goto corporate",
            f"goto {wanted.setup.unregistered}",
        ],
    )


def _quarantine(wanted: Whole) -> list[str]:
    bridged = wanted.settings.mode == "bridge"
    lines = ["update @seen_quarantine { ether saddr . iifname }"]
    lines += ["ether type arp accept"] if bridged else []
    lines += [
        "udp sport 68 udp dport 67 accept",
        "udp sport 546 udp dport 547 accept",
        f"icmpv6 type {_ICMP6} accept",
        *_destinations(wanted.reach, "daddr", "dport", "accept"),
    ]
    if wanted.reach.page:
        to_bridge = f"ether daddr set {wanted.hardware} meta pkttype set host " if bridged else ""
        for family in ("ip", "ip6"):
            lines.append(f"meta protocol {family} tcp dport 80 meta mark set {wanted.settings.mark} {to_bridge}accept")
    return [*lines, "drop"]


def _destinations(reach: Reach, side: str, port: str, verdict: str) -> list[str]:
    servers = name_servers(reach.dns)
    lines = [_destination(one, side, port, verdict) for one in (*allowed(reach.allowed), *(servers or ()))]
    if servers is None:
        lines += [f"{transport} {port} 53 {verdict}" for transport in ("udp", "tcp")]
    return lines


def _destination(one: Allowed, side: str, port: str, verdict: str) -> str:
    ports = f" {one.transport} {port} {one.ports}" if one.transport else ""
    return f"{one.family} {side} {one.network}{ports} {verdict}"


def _arriving(wanted: Whole) -> list[str]:
    ports = ", ".join(f'"{one}"' for one in wanted.settings.ports)
    hook = "type filter hook prerouting priority dstnat - 10; policy accept;"
    if wanted.settings.mode == "routed":
        return _chain("arriving", [hook, f"iifname {{ {ports} }} goto judge"])
    to_refused = {"corporate": "return", "quarantine": "goto to_quarantine"}.get(wanted.setup.refused, "drop")
    return [
        *_chain("to_quarantine", _to_quarantine(wanted.reach)),
        *_chain("towards", ["ether daddr @fixed return", f"ether daddr @refuse {to_refused}",
                            "ether daddr @deny goto to_quarantine"]),
        *_chain("arriving", [hook, "jump towards", f"iifname {{ {ports} }} goto judge"]),
    ]  # fmt: skip


def _to_quarantine(reach: Reach) -> Sequence[str]:
    return [
        "ether type arp return",
        "udp sport 67 udp dport 68 return",
        "udp sport 547 udp dport 546 return",
        f"icmpv6 type {_ICMP6_BACK} return",
        "icmp type { destination-unreachable, time-exceeded } return",
        *_destinations(reach, "saddr", "sport", "return"),
        "drop",
    ]


def _redirecting(wanted: Whole) -> list[str]:
    mark, port = wanted.settings.mark, wanted.settings.redirect_port
    return [
        *_chain("to_page", ["type nat hook prerouting priority dstnat; policy accept;",
                            f"meta mark {mark} tcp dport 80 redirect to :{port}"]),
        *_chain("only_to_page", ["type filter hook prerouting priority filter; policy accept;",
                                 f"meta mark {mark} ct status dnat accept", f"meta mark {mark} drop"]),
    ]  # fmt: skip
