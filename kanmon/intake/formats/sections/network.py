"""NETWORKS -> the addresses of the machine.

Bridges, tunnels and container ends are left out by their names. The agents' VIRTUALDEV is not used: it is set
for real cards on macOS and in containers.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from kanmon.intake.formats.sections.entry import Entry, Sections, first
from kanmon.intake.identity import is_virtual
from kanmon.intake.text import clean

_NOT_CARDS = frozenset({"loopback", "bridge", "alias", "dialup", "local"})


def macs(sections: Sections) -> list[object]:
    """The hardware addresses, not yet cleaned."""
    return [entry.get("MACADDR") for entry in _cards(sections)]


def columns(sections: Sections) -> dict[str, int | str | None]:
    """ip: the addresses by which the machine can be reached, IPv4 first."""
    texts = [clean(entry.get(field)) for entry in _cards(sections) for field in ("IPADDRESS", "IPADDRESS6")]
    if "NETWORKS" not in sections:
        texts = clean(first(sections, "HARDWARE").get("IPADDR")).split("/")
    return {"ip": addresses(texts)}


def addresses(texts: list[str]) -> str:
    """IP addresses without loopback, link-local and void ones, IPv4 first, each once, separated by a blank."""
    found = set()
    for text in texts:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast):
            found.add(address)
    return " ".join(str(one) for one in sorted(found, key=lambda one: (one.version, int(one)))[:32])


def _cards(sections: Sections) -> Iterator[Entry]:
    for entry in sections.get("NETWORKS", ()):
        if clean(entry.get("TYPE")).lower() not in _NOT_CARDS and not is_virtual(clean(entry.get("DESCRIPTION"))):
            yield entry
