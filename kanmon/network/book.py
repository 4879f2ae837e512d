"""The list of what is to be: one entry a MAC, written together with the orders that make it so.

Only the operation "network" writes here, one after the other, so that the number of an order (``version``) says which
of two is newer. An order that was decided before one that stands there already (a clock was set back, an attempt came
late) is passed over.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from kanmon import wire
from kanmon.common import clock
from kanmon.network import setup
from kanmon.network.models import Agent, Entry, Given, NetworkOrder, Sighting
from kanmon.ordering import FixedDevices, decide, holds

OPEN = ("ordered", "acknowledged")
ALL = "all"


class Wish(NamedTuple):
    """What somebody wants of one MAC. ``pc`` is None where no PC is known by it."""

    mac: str
    wanted: wire.Wanted
    by: wire.By
    pc: int | None = None
    ip: str = ""
    host: str = ""
    reason: str = ""


def body_of(row: Entry) -> wire.Entry:
    """The entry of a row, as it travels."""
    return msgspec.json.decode(bytes(row.body), type=wire.Entry)


def rows_of(macs: Collection[str]) -> dict[str, Entry]:
    """The entries of these MACs that there are."""
    return {row.mac: row for row in Entry.objects.filter(mac__in=list(macs))}


def register_of(wish: Wish) -> str:
    """Which register an order writes: policy, person, emergency, or all of them."""
    if wish.by == "policy":
        return "policy"
    if wish.wanted == "remove":
        return ALL
    return "emergency" if wish.wanted in ("refuse", "lift") else "person"


def write(wishes: Iterable[Wish], operation: int, decided_by: int, term: int) -> list[NetworkOrder]:
    """Orders for ``wishes``, each in its entry, and what is to be given to every agent. Inside a transaction.

    ``decided_by``: the operation that decided; what the policy decided later than that is left as it is.
    """
    by_mac = {wish.mac: wish for wish in wishes}
    rows = rows_of(by_mac)
    now = clock.now()
    orders: list[NetworkOrder] = []
    for mac, wish in by_mac.items():
        row = rows.setdefault(mac, Entry(mac=mac, body=msgspec.json.encode(wire.Entry(mac=mac))))
        if wish.by == "policy":
            if decided_by < row.decided_by:
                continue
            row.decided_by = decided_by
        row.version += 1
        row.pc = wish.pc if wish.pc is not None else row.pc
        orders.append(
            NetworkOrder(
                operation=operation, mac=mac, pc=row.pc, ip=wish.ip, host=wish.host, wanted=wish.wanted, by=wish.by,
                register=register_of(wish), term=term, version=row.version, reason=wish.reason, ordered_at=now,
            )
        )  # fmt: skip
    _overtake(orders)
    NetworkOrder.objects.bulk_create(orders)
    for order in orders:
        _note(rows[order.mac], decide(body_of(rows[order.mac]), on_the_wire(order, term), 0).entry)
    _save([rows[order.mac] for order in orders])
    _clear_sightings([rows[order.mac] for order in orders])
    agents = list(Agent.objects.filter(revoked_at=None).values_list("id", flat=True))
    Given.objects.bulk_create([Given(agent_id=agent, order=order) for agent in agents for order in orders])
    return orders


def _clear_sightings(rows: Sequence[Entry]) -> None:
    """Who was seen in the wrong network may be right now: where he is, he belongs. The other way the next sighting tells."""
    told = setup.newest()
    fixed = FixedDevices(told)
    belongs = {row.mac: holds(body_of(row), told, fixed).network for row in rows}
    wrong = Sighting.objects.filter(mac__in=list(belongs)).exclude(wrong_since=None)
    right = [id for id, mac, network in wrong.values_list("id", "mac", "network") if network == belongs[mac]]
    Sighting.objects.filter(id__in=right).update(wrong_since=None)


def on_the_wire(order: NetworkOrder, term: int) -> wire.Order:
    """The order as an agent gets it, under ``term``."""
    return wire.Order(
        id=str(order.id), mac=order.mac, wanted=order.wanted, by=order.by, term=term, version=order.version,
        at=order.ordered_at, ip=order.ip, host=order.host, reason=order.reason,
    )  # fmt: skip


def _note(row: Entry, body: wire.Entry) -> None:
    row.body, row.line = msgspec.json.encode(body), wire.digest_line(body)
    row.state, row.why, row.since = _holding(body)


def _holding(body: wire.Entry) -> tuple[str, str, datetime | None]:
    for why, held in (("emergency", body.emergency), ("person", body.person), ("policy", body.policy)):
        if held.state is not None:
            return held.state, why, held.at
    return "", "", None


def _overtake(orders: Sequence[NetworkOrder]) -> None:
    """Older orders for the same register that are under way, or have failed: nobody waits for them any more."""
    registers: Mapping[str, list[str]] = {}
    for order in orders:
        registers.setdefault(order.register, []).append(order.mac)  # type: ignore[attr-defined]
    for register, macs in registers.items():
        older = NetworkOrder.objects.filter(mac__in=macs, progress__in=[*OPEN, "failed"])
        if register != ALL:
            older = older.filter(register=register)
        ids = list(older.values_list("id", flat=True))
        NetworkOrder.objects.filter(id__in=ids).update(progress="overtaken")
        Given.objects.filter(order__in=ids, result="").delete()


def _save(rows: list[Entry]) -> None:
    Entry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["mac"],
        update_fields=["pc", "state", "why", "since", "version", "decided_by", "line", "body"],
    )  # fmt: skip
