"""What becomes of PCs in the network that are removed from management: left as they are, or refused in emergency.

A refusal goes on until a person lifts it, also when the PC reports again: who took it away knows why it should stay away.
"""

from collections.abc import Sequence

from kanmon.common import config, messages
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.network.change import CHUNK, Asked, Target, begin, macs_of


def refuse(pcs: Sequence[int], operation: Operation, reason: str) -> Operation | None:
    """Refuse the MACs of removed ``pcs``, if the setting says so. Inside the transaction that ends ``operation``."""
    if config.get("network.removed_pcs") != "refuse":
        return None
    targets: list[Target] = []
    for start in range(0, len(pcs), CHUNK):
        macs = macs_of(pcs[start : start + CHUNK])
        hosts = dict(Pc.objects.filter(id__in=list(macs)).values_list("id", "host"))
        targets += [Target(mac, pc, "", hosts[pc]) for pc, of_pc in macs.items() for mac in of_pc]
    if not targets:
        return None
    language = str(config.get("server.language"))
    why = messages.text("KNM8573-I", {"actor": operation.actor, "reason": reason}, language).strip()
    return begin(Asked("refuse", why, tuple(targets)), operation.actor, None, operation.id)
