"""How many PCs an action may reach in an hour, a number or a share of the fleet; beyond it a person is asked.

A wrong policy, or a feed that calls everything bad, must not empty the offices or fill everybody's mailbox. The cap
counts PCs, each once an hour and kind. It is counted from the orders, so that a crash or another node changes nothing.
"""

from datetime import timedelta

from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock, config


def most(kind: str, fleet: int) -> int | None:
    """How many PCs of ``fleet`` an action of ``kind`` may reach in an hour; None: any number."""
    for line in config.get("action.most_per_hour"):
        name, _, limit = str(line).partition("=")
        if name == kind:
            return fleet * int(limit[:-1]) // 100 if limit.endswith("%") else int(limit)
    return None


def reached(kind: str) -> BitMap:
    """The PCs that orders of ``kind`` were about in the last hour; of the network: that were to be cut off."""
    orders = Order.objects.filter(kind=kind, created_at__gt=clock.now() - timedelta(hours=1))
    if kind == "network":
        orders = orders.filter(subject="deny")
    return BitMap.union(BitMap(), *(BitMap.deserialize(bytes(pcs)) for pcs in orders.values_list("pcs", flat=True)))


def room(kind: str, wanted: str, fleet: int) -> tuple[int | None, BitMap]:
    """For how many more PCs the cap has room (None: there is no cap), and who has a place already.

    ``wanted``: of the network, deny or permit; nobody caps the way back.
    """
    limit = None if kind == "network" and wanted != "deny" else most(kind, fleet)
    if limit is None:
        return None, BitMap()
    there = reached(kind)
    return max(0, limit - len(there)), there
