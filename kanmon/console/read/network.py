"""Network control: the list a page at a time, and the counts on top of its pages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kanmon import wire
from kanmon.accounts.scope import pcs_of
from kanmon.action import asked
from kanmon.common import config
from kanmon.common import mac as macs
from kanmon.console.read import keep, paging
from kanmon.console.read.pcs import mac_prefix
from kanmon.console.shown.lists import Page
from kanmon.console.shown.network import Counted, Device, NetworkCounts, NetworkQuery, Seen
from kanmon.inventory.models import Pc
from kanmon.network import setup, shown, unmanaged
from kanmon.network.book import body_of
from kanmon.network.models import Agent, Entry, Sighting
from kanmon.ordering import FixedDevices, holds

MOST_COUNTED = 10_000
MOST_NAMED = 1000  # PCs that are looked up by the beginning of their names
_PARTED = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2})+[:-]?")  # the beginning of a MAC, and no name


def counted(rows: QuerySet[Any], most: int = MOST_COUNTED) -> Counted:
    """How many rows there are, counted up to ``most``."""
    n = rows.order_by()[: most + 1].count()
    return Counted(min(n, most), n > most)


def in_use() -> bool:
    """Network control is there: agents may call or have called, or something is in the list."""
    return bool(config.get("agents.listen")) or Agent.objects.exists() or Entry.objects.exists()


@keep.for_seconds(10)
def counts(only: frozenset[int] | None = None) -> NetworkCounts:
    """What the pages count, at most 10 seconds old; ``only``: about the PCs of these groups."""
    if only is not None:
        return NetworkCounts(
            in_use=in_use(), permitted=counted(_listed(NetworkQuery(state="permit", only=only))),
            cut_off=counted(_listed(NetworkQuery(state="deny", only=only))),
            refused=counted(_listed(NetworkQuery(state="refuse", only=only))),
            wrong=counted(_listed(NetworkQuery(wrong=True, only=only))),
            waiting=Counted(len(asked.everybody(["network"]) & pcs_of(only)), False),
            unmanaged=Counted(0, False), agents=0, unwell=0,
        )  # fmt: skip
    agents = [one["state"] for one in shown.agents() if one["state"] != "revoked"]
    return NetworkCounts(
        in_use=in_use(),
        permitted=counted(Entry.objects.filter(state="permit")),
        cut_off=counted(Entry.objects.filter(state="deny")),
        refused=counted(Entry.objects.filter(state="refuse")),
        waiting=Counted(len(asked.everybody(["network"]))),
        wrong=counted(_listed(NetworkQuery(wrong=True))),
        unmanaged=_unmanaged(),
        agents=len(agents),
        unwell=sum(state != "well" for state in agents),
    )


@keep.for_seconds(30)
def _unmanaged() -> Counted:
    n = sum(1 for _ in islice(unmanaged.devices(), MOST_COUNTED + 1))
    return Counted(min(n, MOST_COUNTED), n > MOST_COUNTED)


def _listed(query: NetworkQuery) -> QuerySet[Entry]:
    rows = Entry.objects.exclude(state="") if not query.state else Entry.objects.filter(state=query.state)
    if query.only is not None:
        rows = rows.filter(pc__in=Pc.objects.filter(group__in=query.only).values("id"))
    if query.why:
        rows = rows.filter(why=query.why)
    if query.wrong:
        rows = rows.filter(mac__in=Sighting.objects.exclude(wrong_since=None).values("mac"))
    return rows.filter(_found(query.text)) if query.text else rows


def _found(text: str) -> Q:
    """Entries whose MAC begins with ``text``, that were seen at this address, or whose PC is called so."""
    if (mac := macs.parse(text)) is not None:
        return Q(mac=mac)
    try:
        at = str(ip_address(text))
        return Q(mac__in=Sighting.objects.filter(ip=at).values("mac"))
    except ValueError:
        prefix = mac_prefix(text)
    begins = Q(mac__gte=prefix, mac__lt=prefix + "g") if prefix else Q()  # "g" comes after all digits
    return begins if prefix and _PARTED.fullmatch(text) else begins | _called(text)


def _called(text: str) -> Q:
    """Entries of PCs whose name or asset number begins with ``text``; of those that have it anywhere, when none does.

    The beginning is looked up in an index. What is anywhere in a name is looked for entry by entry.
    """
    pcs: set[int] = set()
    for said in {text, text.upper(), text.lower()}:
        for column in ("host", "asset_number"):
            begins = {f"{column}__gte": said, f"{column}__lt": said + "\U0010ffff", f"{column}__startswith": said}
            pcs.update(Pc.objects.filter(**begins).values_list("id", flat=True)[: MOST_NAMED + 1])
    if 0 < len(pcs) <= MOST_NAMED:
        return Q(pc__in=pcs)
    found = Q(host__icontains=text) | Q(asset_number__icontains=text)
    return Q(Exists(Pc.objects.filter(found, id=OuterRef("pc"))))


def connections(query: NetworkQuery) -> tuple[Page[Device], bool]:
    """One page of the connection control list by MAC; and whether there are more than the page says in all."""
    rows = _listed(query)
    order = paging.Order("mac", "version", False, paging.read(query.cursor, str), query.size)
    total = counted(rows)
    return order.page(order.fetch(rows), total.n, devices), total.more


def devices(rows: Sequence[Entry]) -> list[Device]:
    """The entries with what holds for each and where the network saw it last."""
    hosts = dict(Pc.objects.filter(id__in={row.pc for row in rows if row.pc}).values_list("id", "host"))
    seen = sightings([row.mac for row in rows])
    told = setup.newest()
    fixed = FixedDevices(told)
    return [device(row.mac, row, hosts, seen, told, fixed) for row in rows]


def device(
    mac: str, row: Entry | None, hosts: Mapping[int, str], seen: Mapping[str, Seen], told: wire.Setup, fixed: FixedDevices
) -> Device:  # fmt: skip
    """What holds for a MAC; ``row`` None: it is not in the list."""
    body = body_of(row) if row is not None else wire.Entry(mac=mac)
    pc = row.pc if row is not None else None
    now = holds(body, told, fixed)
    return Device(
        mac=mac, pc=pc if pc in hosts else None, host=hosts.get(pc or 0) or body.host, state=now.state, why=now.why,
        network=now.network, since=now.since, reason=now.reason, person=body.person.state or "",
        emergency=body.emergency.state or "", policy=body.policy.state or "", seen=seen.get(mac),
    )  # fmt: skip


def sightings(macs: Iterable[str]) -> dict[str, Seen]:
    """Where each of these MACs was seen last."""
    rows = Sighting.objects.filter(mac__in=list(macs)).select_related("agent").order_by("told_at")
    return {row.mac: sighting(row) for row in rows}


def sighting(row: Sighting) -> Seen:
    """A sighting for a page."""
    return Seen(
        network=row.network, how=row.how, ip=row.ip, nas=row.nas, port=row.port, agent=row.agent.name, at=row.at,
        wrong_since=row.wrong_since,
    )  # fmt: skip
