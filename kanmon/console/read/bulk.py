"""About which PCs an order from the list would be, and who is left out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pyroaring import BitMap

from kanmon.action.models import MessageClient
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.console.bulk_words import Bulk
from kanmon.console.language import language
from kanmon.console.read import search as words
from kanmon.console.read.waiting import NAMED, levels_of
from kanmon.console.shown.bulk import BulkAsked
from kanmon.inventory.models import Pc
from kanmon.judgment.levels import Level
from kanmon.judgment.wording_failing import failing
from kanmon.network.change import macs_of
from kanmon.search.asked import Asked
from kanmon.search.failing import failing_among
from kanmon.search.find import find
from kanmon.search.roster import ROSTER

HEARD = timedelta(days=1)
BATCH = 500
OFFERED = 200  # conditions to choose from


def of_search(what: Bulk, search: Asked, only: frozenset[int] | None) -> BulkAsked:
    """What ``what`` would be done to, of all PCs that a search finds now. Raises Refused KNM7101-E (too many)."""
    found = find(search, only).pcs
    with ROSTER.lock:
        meant = found & ROSTER.managed() if what.managed else found
        unmanaged = len(found) - len(meant)
    if what.most and len(meant) > what.most:
        raise Refused("KNM7101-E", status=409, count=len(meant), most=what.most)
    asked = _asked(what, list(meant), unmanaged)
    return replace(asked, of_search=True, search=search.as_query(), said=words.in_words(search), at=clock.now())


def bulk(what: Bulk, ticked: Sequence[int]) -> BulkAsked:
    """What ``what`` would be done to, of the PCs that are ticked."""
    rows = list(Pc.objects.filter(id__in=set(ticked)).order_by("host", "id").values_list("id", "managed"))
    meant = [pc for pc, managed in rows if managed or not what.managed]
    return _asked(what, meant, len(rows) - len(meant))


def _asked(what: Bulk, meant: Sequence[int], unmanaged: int) -> BulkAsked:
    macs = macs_of(meant) if what.macs else {}
    pcs = [pc for pc in meant if not what.macs or macs[pc]]
    hosts = dict(Pc.objects.filter(id__in=pcs[:NAMED]).values_list("id", "host"))
    clients, heard = _clients(pcs) if what.clients else (0, 0)
    return BulkAsked(
        pcs=pcs, named=[hosts[pc] for pc in pcs[:NAMED] if pc in hosts], levels=levels_of(pcs), unmanaged=unmanaged,
        without_mac=len(meant) - len(pcs), clients=clients, heard=heard,
    )  # fmt: skip


def failing_of(pcs: Sequence[int]) -> list[tuple[str, str, Level, int]]:
    """The conditions that fail on these PCs, the most common first: id, words, level, on how many."""
    found = failing_among(BitMap(pcs), OFFERED)
    return [(one.condition, failing(one.condition, language()), one.level, one.pcs) for one in found]


def _clients(pcs: Sequence[int]) -> tuple[int, int]:
    """How many of them have a client, and how many of these were heard of within ``HEARD``."""
    meant, since = BitMap(pcs), clock.now() - HEARD
    if len(pcs) <= BATCH:
        seen = list(MessageClient.objects.filter(pc__in=pcs).values_list("seen_at", flat=True))
        return len(seen), sum(one >= since for one in seen)
    of_all = MessageClient.objects.values_list("pc", flat=True)
    clients, heard = (BitMap(rows.iterator(chunk_size=10_000)) for rows in (of_all, of_all.filter(seen_at__gte=since)))
    return clients.intersection_cardinality(meant), heard.intersection_cardinality(meant)
