"""About which PCs an order from the list would be, and who is left out."""

from collections.abc import Sequence
from datetime import timedelta

from kanmon.action.models import MessageClient
from kanmon.common import clock
from kanmon.console.bulk_words import Bulk
from kanmon.console.read.waiting import NAMED, levels_of
from kanmon.console.shown.bulk import BulkAsked
from kanmon.inventory.models import Pc
from kanmon.network.change import macs_of

HEARD = timedelta(days=1)
BATCH = 500


def bulk(what: Bulk, ticked: Sequence[int]) -> BulkAsked:
    """What ``what`` would be done to, of the PCs that are ticked."""
    rows = list(Pc.objects.filter(id__in=set(ticked)).order_by("host", "id").values_list("id", "host", "managed"))
    meant = [(pc, host) for pc, host, managed in rows if managed or not what.managed]
    macs = macs_of([pc for pc, _host in meant]) if what.macs else {}
    found = [(pc, host) for pc, host in meant if not what.macs or macs[pc]]
    pcs = [pc for pc, _host in found]
    clients, heard = _clients(pcs) if what.clients else (0, 0)
    return BulkAsked(
        pcs=pcs, named=[host for _pc, host in found[:NAMED]], levels=levels_of(pcs), unmanaged=len(rows) - len(meant),
        without_mac=len(meant) - len(found), clients=clients, heard=heard,
    )  # fmt: skip


def _clients(pcs: Sequence[int]) -> tuple[int, int]:
    """How many of them have a client, and how many of these were heard of within ``HEARD``."""
    clients = heard = 0
    since = clock.now() - HEARD
    for at in range(0, len(pcs), BATCH):
        seen = list(MessageClient.objects.filter(pc__in=pcs[at : at + BATCH]).values_list("seen_at", flat=True))
        clients += len(seen)
        heard += sum(one >= since for one in seen)
    return clients, heard
