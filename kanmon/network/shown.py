"""What is shown of network control: the list, orders, agents, who waits, who is unmanaged. Plain rows for every face."""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import Max, QuerySet

from kanmon import wire
from kanmon.common import clock, config
from kanmon.inventory.models import Pc
from kanmon.network import said, setup
from kanmon.network.book import OPEN, body_of
from kanmon.network.models import Agent, AgentRun, Entry, NetworkOrder, Sighting
from kanmon.network.unmanaged import devices as unmanaged_devices
from kanmon.ordering import FixedDevices, holds

SILENT_SECONDS = 120.0


def _said(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def listed(
    after: str = "", limit: int = 1000, state: str = "", wrong: bool = False, only: frozenset[int] | None = None
) -> list[dict[str, Any]]:
    """The connection control list by MAC after ``after``, each with where the network saw it. ``wrong``: only those
    that were seen in another network than they belong in. ``only``: PCs of these groups (ids).
    """
    rows = Entry.objects.exclude(state="").filter(mac__gt=after).order_by("mac")
    if only is not None:
        rows = rows.filter(pc__in=Pc.objects.filter(group__in=only).values("id"))
    if state:
        rows = rows.filter(state=state)
    if wrong:
        rows = rows.filter(mac__in=Sighting.objects.exclude(wrong_since=None).values("mac"))
    entries = list(rows[:limit])
    hosts = dict(Pc.objects.filter(id__in={one.pc for one in entries if one.pc}).values_list("id", "host"))
    seen = _newest_sightings([one.mac for one in entries])
    told = setup.newest()
    fixed = FixedDevices(told)
    return [_entry(one, hosts, seen.get(one.mac), told, fixed) for one in entries]


def _newest_sightings(macs: list[str]) -> dict[str, Sighting]:
    rows = Sighting.objects.filter(mac__in=macs).select_related("agent").order_by("told_at")
    return {row.mac: row for row in rows}


def _entry(
    row: Entry, hosts: dict[int, str], seen: Sighting | None, told: wire.Setup, fixed: FixedDevices
) -> dict[str, Any]:  # fmt: skip
    body = body_of(row)
    now = holds(body, told, fixed)
    return {
        "mac": row.mac, "pc": row.pc, "host": hosts.get(row.pc or 0) or body.host, "state": now.state, "why": now.why,
        "network": now.network, "since": _said(now.since), "reason": now.reason, "order": now.order or None,
        "seen": _sighting(seen) if seen else None,
    }  # fmt: skip


def _sighting(seen: Sighting) -> dict[str, Any]:
    return {
        "network": seen.network, "how": seen.how, "ip": seen.ip, "nas": seen.nas, "port": seen.port,
        "agent": seen.agent.name, "at": _said(seen.at), "wrong_since": _said(seen.wrong_since),
    }  # fmt: skip


def orders(
    pc: int | None = None, mac: str = "", before: int = 0, limit: int = 50, open_only: bool = False,
    only: frozenset[int] | None = None,
) -> list[Any]:  # fmt: skip
    """Orders, the newest first; ``only``: about PCs of these groups (ids)."""
    rows: QuerySet[NetworkOrder] = NetworkOrder.objects.order_by("-id")
    if only is not None:
        rows = rows.filter(pc__in=Pc.objects.filter(group__in=only).values("id"))
    if pc is not None:
        rows = rows.filter(pc=pc)
    if mac:
        rows = rows.filter(mac=mac)
    if before:
        rows = rows.filter(id__lt=before)
    if open_only:
        rows = rows.filter(progress__in=[*OPEN, "failed"])
    return [
        {
            "id": row.id, "operation": row.operation, "mac": row.mac, "pc": row.pc, "wanted": row.wanted, "by": row.by,
            "reason": row.reason, "progress": row.progress, "ordered_at": _said(row.ordered_at),
            "acknowledged_at": _said(row.acknowledged_at), "verified_at": _said(row.verified_at),
            "warned_at": _said(row.warned_at), "sentence": row.sentence,
        }
        for row in rows[:limit]
    ]  # fmt: skip


def agents(language: str = "en") -> list[dict[str, Any]]:
    """All agents, by name; what they say of themselves in ``language`` ("en" or "ja")."""
    silent = clock.now() - timedelta(seconds=SILENT_SECONDS)
    starts = {run.agent_id: run for run in AgentRun.objects.filter(id__in=_newest_runs())}
    return [
        {
            "name": row.name, "state": _state(row, silent), "enrolled_at": _said(row.enrolled_at),
            "seen_at": _said(row.seen_at), "address": row.address, "version": row.version, "entries": row.entries,
            "in_step": row.in_step, "health": said.rows(row.health, language), "last_start": _start(starts.get(row.id)),
        }
        for row in Agent.objects.order_by("name")
    ]  # fmt: skip


def _newest_runs() -> list[int]:
    return [row["newest"] for row in AgentRun.objects.values("agent").annotate(newest=Max("id"))]


def _start(run: AgentRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "host": run.host, "host_before": run.host_before, "at": _said(run.began_at),
        "silent_since": _said(run.silent_since), "under_way": run.under_way, "healed": run.healed,
        "caught_up_at": _said(run.caught_up_at),
    }  # fmt: skip


def _state(agent: Agent, silent: Any) -> str:
    if agent.revoked_at is not None:
        return "revoked"
    if agent.seen_at is None or agent.seen_at < silent:
        return "silent"
    return "unwell" if any(one.get("id") for one in agent.health) else "well"


def unmanaged(after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """At most ``limit`` of ``kanmon.network.unmanaged``, the newest first, each once; after the one with the id ``after``."""
    found = islice(unmanaged_devices(before=after), limit)
    return [{"id": row.id, "mac": row.mac, "first_at": _said(row.first_at), **_sighting(row)} for row in found]


def addresses() -> list[str]:
    """Where agents find the Managers, as an invitation tells them; empty when nobody listens."""
    listen = str(config.get("agents.listen"))
    if not listen:
        return []
    told = [str(one) for one in config.get("agents.addresses")]
    if told:
        return told
    host, _, port = listen.rpartition(":")
    return [f"https://{_reachable(host)}:{port}"]


def _reachable(host: str) -> str:
    import socket

    return socket.getfqdn() if host.strip("[]") in ("", "0.0.0.0", "::") else host  # noqa: S104  # not bound here
