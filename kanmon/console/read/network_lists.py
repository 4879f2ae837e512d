"""Who is unmanaged, and the agents."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max

from kanmon.console.read import paging
from kanmon.console.read.network import counted, counts, device, sighting, unmanaged
from kanmon.console.shown.lists import Page
from kanmon.console.shown.network import AgentShown, Counted, Said, Started, UnmanagedRow
from kanmon.network import setup, shown
from kanmon.network.models import Agent, Certificate, Entry, Given, Sighting
from kanmon.ordering import FixedDevices

PAGE = 50
BATCH, BATCHES = 200, 52  # as many as there may be fixed devices, and the first and the last page


def unmanaged_devices(cursor: str) -> tuple[Page[UnmanagedRow], bool]:
    """A page of devices without inventory, the newest first; and whether there are more than it says in all."""
    order = paging.Order("id", "id", True, paging.read(cursor), PAGE)
    told = setup.newest()
    fixed = FixedDevices(told)
    found: list[Sighting] = []
    at = order
    for _ in range(BATCHES):
        some = at.fetch(unmanaged())
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
    told = {one["name"]: one for one in shown.agents()}
    ends = dict(Certificate.objects.values_list("agent").annotate(end=Max("until")).order_by())
    wanted = setup.newest().version
    rows = [
        AgentShown(
            name=row.name, state=told[row.name]["state"] if row.name in told else "silent", enrolled=row.enrolled_at, revoked=row.revoked_at,
            seen=row.seen_at, address=row.address, version=row.version, entries=row.entries, in_step=row.in_step,
            setup=row.setup, setup_wanted=wanted, certified=ends.get(row.id), open=_open(row),
            health=[Said(str(one.get("part", "")), str(one.get("sentence", "")), str(one.get("id", ""))) for one in row.health],
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
