"""Where a request really comes from. Pure.

X-Forwarded-For is a header that anybody can send. It counts only on a connection from a proxy that the settings name, and
then only as far as such proxies wrote it: from the right, up to the first address that is none of them.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kanmon.common.errors import Refused

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]
MOST_HOPS = 20


def networks(texts: Sequence[str]) -> Networks:
    """The proxies of the setting. Raises Refused KNM8506-E."""
    try:
        return tuple(ip_network(one, strict=False) for one in texts)
    except ValueError as problem:
        raise Refused("KNM8506-E", problem=str(problem)) from None


def parsed(text: str) -> Address | None:
    """An address as others write it too: without zone, IPv4 in IPv6 as IPv4. None when it is none."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found.scope_id:
            return IPv6Address(int(found))
    return found


def source(peer: str, forwarded: Iterable[str], proxies: Networks) -> Address | None:
    """The PC's address: of ``peer``, who has connected, or by ``forwarded`` (the headers X-Forwarded-For, in order).

    None when it can't be told: nobody is guessed at.
    """
    here = parsed(peer)
    if here is None or not _among(here, proxies):
        return here
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    if not hops or len(hops) > MOST_HOPS:
        return None
    for hop in reversed(hops):
        found = parsed(hop)
        if found is None or not _among(found, proxies):
            return found
    return None


def _among(address: Address, proxies: Networks) -> bool:
    return any(address in network for network in proxies)
