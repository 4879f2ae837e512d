"""Who waits for approval, who is unmanaged, and the agents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from kanmon.common import clock, config
from kanmon.console.language import language
from kanmon.console.read import paging
from kanmon.console.read.network import counted, counts, device, sighting
from kanmon.console.read.pcs import rows as pc_rows
from kanmon.console.shown.lists import Page
from kanmon.console.shown.network import AgentShown, Asked, Counted, Said, Started, UnmanagedRow, WaitingRow
from kanmon.inventory.models import Identity, Pc
from kanmon.judgment.models import PcState
from kanmon.network import said, setup, shown, unmanaged
from kanmon.network.models import Agent, Awaiting, Certificate, Entry, Given, NetworkOrder, Sighting
from kanmon.ordering import FixedDevices

PAGE = 50
MOST_DECIDED = 10_000  # PCs in one decision
NAMED = 20
BATCH, BATCHES = 200, 52  # as many as there may be fixed devices, and the first and the last page


def waiting(cursor: str) -> tuple[Page[WaitingRow], bool]:
    """A page of the PCs that wait for a person, the longest first; and whether more wait than it says in all."""
    rows = Awaiting.objects.filter(decision="")
    order = paging.Order("id", "id", False, paging.read(cursor), PAGE)
    total = counted(rows)
    return order.page(order.fetch(rows), total.n, _waiting_rows), total.more


def _waiting_rows(rows: Sequence[Awaiting]) -> list[WaitingRow]:
    pcs = {row.number: row for row in pc_rows([one.pc for one in rows])}
    return [WaitingRow(one.id, pcs.get(one.pc), one.pc, one.reason, one.at, one.operation) for one in rows]


def asked(decision: str, ticked: Sequence[int], everything: bool, upto: int = 0) -> Asked:
    """What a decision would be about: the PCs of ``ticked`` that still wait, or all, of which the longest waiting.

    ``upto``: of all, those that waited when the decision was shown, up to this row; 0: all now.
    """
    rows = Awaiting.objects.filter(decision="")
    total = rows.count()
    if everything:
        rows = rows.filter(id__lte=upto) if upto else rows
    else:
        rows = rows.filter(pc__in=list(ticked))
    found = list(rows.order_by("id").values_list("id", "pc", "reason")[:MOST_DECIDED])
    pcs = [pc for _id, pc, _reason in found]
    hour_ago = clock.now() - timedelta(hours=1)
    cut = NetworkOrder.objects.filter(ordered_at__gt=hour_ago, by="policy", wanted="deny", pc__isnull=False)
    names = dict(Pc.objects.filter(id__in=pcs[:NAMED]).values_list("id", "host"))
    return Asked(
        decision=decision,
        pcs=len(pcs),
        upto=found[-1][0] if everything and found else 0,
        ticked=pcs if not everything else (),
        reasons=Counter(reason for _id, _pc, reason in found).most_common(5),
        levels=_levels(pcs),
        named=[names.get(pc, str(pc)) for pc in pcs[:NAMED]],
        left=total - len(pcs),
        cut_this_hour=cut.values("pc").distinct().count(),
        cap=int(config.get("network.most_denied_per_hour")),
        without_mac=len(pcs) - _with_mac(pcs),
    )


def waiting_upto(upto: int) -> tuple[int, ...]:
    """The PCs that wait, up to the row ``upto``, the longest first."""
    rows = Awaiting.objects.filter(decision="", id__lte=upto).order_by("id")
    return tuple(rows.values_list("pc", flat=True)[:MOST_DECIDED])


def _levels(pcs: Sequence[int]) -> dict[int, int]:
    """How many of these PCs are at each level now."""
    found: Counter[int] = Counter()
    for at in range(0, len(pcs), 500):
        part = pcs[at : at + 500]
        levels = list(PcState.objects.filter(pc__in=part).values_list("level", flat=True))
        found.update(levels)
        found[0] += len(part) - len(levels)
    return {level: count for level, count in sorted(found.items(), reverse=True) if count}


def _with_mac(pcs: Sequence[int]) -> int:
    owned: set[int] = set()
    for at in range(0, len(pcs), 500):
        marks = Identity.objects.filter(pc__in=pcs[at : at + 500]).values_list("kind", "pc")  # by the index of PCs
        owned.update(pc for kind, pc in marks if kind == "mac")
    return len(owned)


def unmanaged_devices(cursor: str) -> tuple[Page[UnmanagedRow], bool]:
    """A page of devices without inventory, the newest first; and whether there are more than it says in all."""
    order = paging.Order("id", "id", True, paging.read(cursor), PAGE)
    told = setup.newest()
    fixed = FixedDevices(told)
    found: list[Sighting] = []
    at = order
    for _ in range(BATCHES):
        some = at.fetch(unmanaged.sightings())
        found += [row for row in some[: at.size] if row.mac not in fixed]
        if len(found) > order.size or len(some) <= at.size:
            break
        last = some[at.size - 1].id
        at = replace(order, cursor=paging.Cursor(last, last, 1, order.back), size=BATCH)

    def show(rows: Sequence[Sighting]) -> list[UnmanagedRow]:
        entries = {row.mac: row for row in Entry.objects.filter(mac__in=[row.mac for row in rows])}
        states = {row.mac: device(row.mac, entries.get(row.mac), {}, {}, told, fixed).state for row in rows}
        return [UnmanagedRow(row.id, row.mac, row.first_at, states[row.mac], sighting(row)) for row in rows]

    total = counts().unmanaged
    page = order.page(found[: order.size + 1], 0, show)
    return replace(page, total=max(total.n, page.last if page.rows else 0)), total.more


def agents() -> list[AgentShown]:
    """All agents: those that are not well first, revoked ones last."""
    told = {one["name"]: one for one in shown.agents(language())}
    ends = dict(Certificate.objects.values_list("agent").annotate(end=Max("until")).order_by())
    wanted = setup.newest().version
    rows = [
        AgentShown(
            name=row.name, state=told[row.name]["state"] if row.name in told else "silent", enrolled=row.enrolled_at, revoked=row.revoked_at,
            seen=row.seen_at, address=row.address, version=row.version, entries=row.entries, in_step=row.in_step,
            setup=row.setup, setup_wanted=wanted, certified=ends.get(row.id), open=_open(row),
            health=[Said(**one) for one in said.rows(row.health, language())],
            start=_start(told[row.name].get("last_start")) if row.name in told else None,
        )
        for row in Agent.objects.all()
    ]  # fmt: skip
    ranks = {"silent": 0, "unwell": 0, "well": 1}
    return sorted(rows, key=lambda one: (ranks.get(one.state, 2), one.name))


def _start(told: Mapping[str, Any] | None) -> Started | None:
    """The last start of an agent; None when it has not told of one."""
    if told is None:
        return None
    host, before = str(told["host"]), str(told["host_before"])
    caught_up = datetime.fromisoformat(told["caught_up_at"]) if told["caught_up_at"] else None
    at = datetime.fromisoformat(told["at"])
    return Started(host, before if before != host else "", at, int(told["under_way"]), caught_up)


def _open(agent: Agent) -> Counted:
    """The orders that it has not answered yet."""
    return counted(Given.objects.filter(agent=agent, result=""), 1000)
