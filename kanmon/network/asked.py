"""Whom a person means, who asks for a refusal or a permission by MAC, address or name: the MACs in question.

A MAC says exactly whom. An address is looked up where the network saw it last, else in the inventory; a host name in
the inventory. With both, the PC must fit both. What does not say exactly one PC is not guessed at.
"""

from collections.abc import Sequence
from ipaddress import ip_address

from kanmon.common import mac as macs
from kanmon.common.errors import Refused
from kanmon.inventory import managing
from kanmon.inventory.models import Identity, Pc, PcColumns
from kanmon.inventory.packing import unpack_columns
from kanmon.network.change import Target, macs_of
from kanmon.network.models import Sighting

MOST = 1000


def targets(mac: Sequence[str] = (), ip: str = "", host: str = "") -> tuple[Target, ...]:
    """The MACs that are meant. Raises Refused KNM8450-E (bad MAC), KNM8451-E (nobody), KNM8452-E (several PCs)."""
    if len(mac) > MOST:
        raise Refused("KNM8453-E", count=len(mac), most=MOST)
    if mac:
        return tuple(_of_mac(one, ip, host) for one in dict.fromkeys(map(parsed, mac)))
    if not ip and not host:
        raise Refused("KNM8454-E")
    if ip and not host and (seen := _seen_at(ip)):
        return tuple(_of_mac(one, ip, "") for one in seen)
    pc = _pc(ip, host)
    found = macs_of([pc.id])[pc.id]
    if not found:
        raise Refused("KNM8455-E", status=409, host=pc.host)
    return tuple(Target(one, pc.id, ip, pc.host) for one in found)


def parsed(text: str) -> str:
    """A MAC in any common spelling as aa:bb:cc:dd:ee:ff. Raises Refused KNM8450-E."""
    found = macs.parse(text)
    if found is None:
        raise Refused("KNM8450-E", text=text[:40])
    return found


def _of_mac(mac: str, ip: str, host: str) -> Target:
    owners = list(Identity.objects.filter(kind="mac", value=mac).values_list("pc", flat=True)[:2])
    pc = owners[0] if len(owners) == 1 else None
    name = host or (Pc.objects.filter(id=pc).values_list("host", flat=True).first() if pc else "") or ""
    return Target(mac, pc, ip, name)


def _seen_at(ip: str) -> list[str]:
    """The MAC that the network saw last at this address."""
    try:
        address = str(ip_address(ip.strip()))
    except ValueError:
        raise Refused("KNM8456-E", text=ip[:60]) from None
    newest = Sighting.objects.filter(ip=address).order_by("-told_at").values_list("mac", flat=True).first()
    return [newest] if newest else []


def _pc(ip: str, host: str) -> Pc:
    """The one PC of this name, or address in its inventory, or both."""
    said = " ".join(filter(None, (host, ip)))
    if host:
        found = managing.called(host, MOST) or list(Pc.objects.filter(asset_number=host)[:1])
    else:
        found = _with_address(ip)
    if ip and host:
        found = [pc for pc in found if _has(pc.id, ip)]
    if not found:
        raise Refused("KNM8451-E", status=404, text=said)
    if len(found) > 1:
        listed = ", ".join(f"{pc.host} ({pc.asset_number})" for pc in found[:5])
        raise Refused("KNM8452-E", status=409, text=said, pcs=listed)
    return found[0]


def _with_address(ip: str) -> list[Pc]:
    rows = PcColumns.objects.values_list("pc", "packed").iterator(chunk_size=10_000)
    held = [pc for pc, packed in rows if ip in str(unpack_columns(bytes(packed)).get("ip", "")).split()]
    return list(Pc.objects.filter(id__in=held[:10]))


def _has(pc: int, ip: str) -> bool:
    packed = PcColumns.objects.filter(pc=pc).values_list("packed", flat=True).first()
    told = packed is not None and ip in str(unpack_columns(bytes(packed)).get("ip", "")).split()
    macs_seen = Sighting.objects.filter(ip=ip).values("mac")
    return told or Identity.objects.filter(kind="mac", pc=pc, value__in=macs_seen).exists()
