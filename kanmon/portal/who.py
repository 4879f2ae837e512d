"""Whose PC an address is. What does not say exactly one PC is not guessed at: the page then says what to do.

First what agents told: the MAC that the network saw at the address last. If two were seen there at nearly the same time,
it is neither. Then the inventory: the one PC, heard of lately, that has the address. An address that several PCs have (a
container bridge, two sites) is nobody's.
"""

import threading
from datetime import timedelta
from typing import NamedTuple

from pyroaring import BitMap

from kanmon.common import clock
from kanmon.inventory.models import Identity, Pc, PcColumns
from kanmon.inventory.packing import unpack_columns
from kanmon.network import links
from kanmon.network.models import Entry, Sighting
from kanmon.portal.address import Address

SEEN_LATELY = timedelta(hours=24)
AT_THE_SAME_TIME = timedelta(minutes=10)
HEARD_LATELY = timedelta(days=2)
LOOK_AGAIN_SECONDS = 10.0
SHARE_OF_TIME = 20  # what looking through the inventory takes, it rests that many times as long


class Who(NamedTuple):
    """A PC, its MAC, or both; neither is known when both are empty. ``linked``: by a signed link, whatever the address."""

    pc: int | None = None
    mac: str = ""
    linked: bool = False


NOBODY = Who()


def by_link(signed: str) -> Who | None:
    """The PC of a signed link; None when the link is not good (any more)."""
    pc = links.opened(signed)
    if pc is None or not Pc.objects.filter(id=pc).exists():
        return None
    return Who(pc, "", linked=True)


def by_address(address: Address | None) -> Who:
    """The PC at ``address``."""
    if address is None or address.is_multicast or address.is_unspecified:
        return NOBODY
    seen = _seen_at(str(address))
    if seen:
        return Who(_of_mac(seen[0]), seen[0]) if len(seen) == 1 else NOBODY
    if address.is_loopback or address.is_link_local:
        return NOBODY  # of these every PC has some
    pc = INVENTORY.only_one(str(address))
    return Who(pc) if pc is not None else NOBODY


def _seen_at(ip: str) -> list[str]:
    """The MACs that the network saw last at this address: one, or several when it can't be told which was the last."""
    rows = Sighting.objects.filter(ip=ip, told_at__gt=clock.now() - SEEN_LATELY).order_by("-told_at")
    found = list(rows.values_list("mac", "told_at")[:100])
    return sorted({mac for mac, at in found if found[0][1] - at < AT_THE_SAME_TIME})


def _of_mac(mac: str) -> int | None:
    """The PC that has this MAC, if it alone has it; else the PC for which the list has it."""
    owners = list(Identity.objects.filter(kind="mac", value=mac).values_list("pc", flat=True)[:2])
    if len(owners) == 1:
        return owners[0]
    if owners:
        return None
    return Entry.objects.filter(mac=mac).values_list("pc", flat=True).first()


class Addresses:
    """Which PC has which address by its inventory. The columns of all PCs are looked through now and then, by the thread that
    asks when what is known is older than ``LOOK_AGAIN_SECONDS``; what it takes bounds how often.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pcs: dict[str, int] = {}
        self._not_before = 0.0

    def only_one(self, ip: str) -> int | None:
        """The PC, heard of lately, that alone has ``ip``."""
        with self._lock:
            if clock.monotonic() >= self._not_before:
                self._look()
            pc = self._pcs.get(ip, 0)
        return pc or None

    def _look(self) -> None:
        begun = clock.monotonic()
        lately = BitMap(
            Pc.objects.filter(last_seen_at__gt=clock.now() - HEARD_LATELY)
            .values_list("id", flat=True)
            .iterator(chunk_size=10_000)
        )
        pcs: dict[str, int] = {}
        for pc, packed in PcColumns.objects.values_list("pc", "packed").iterator(chunk_size=10_000):
            if pc in lately:
                for ip in str(unpack_columns(bytes(packed)).get("ip", "")).split():
                    pcs[ip] = pc if pcs.get(ip, pc) == pc else 0
        self._pcs = pcs
        ended = clock.monotonic()
        self._not_before = ended + max(LOOK_AGAIN_SECONDS, SHARE_OF_TIME * (ended - begun))


INVENTORY = Addresses()
