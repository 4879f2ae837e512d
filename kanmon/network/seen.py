"""What agents tell: answers make orders acknowledged, sightings make them verified.

An order is acknowledged when every agent that was given it has carried it out. It is verified when the network itself
has shown the PC, after an agent's answer, in the network where it belongs. An agent's clock is compared with itself only.
A denial or refusal that is not shown in time is warned about once (``warn``): the PC may be switched off, or the device
may not do what it said. A PC that was let back and is seen in quarantine all the same is in the wrong network (``health``).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from kanmon import wire
from kanmon.common import clock, config
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.network import setup
from kanmon.network.book import OPEN, body_of, rows_of
from kanmon.network.models import Agent, Given, NetworkOrder, Sighting
from kanmon.ordering import FixedDevices, holds

WARN_MOST = 500


def keep_answers(agent: Agent, answers: Sequence[wire.Answer]) -> tuple[str, ...]:
    """Keep what ``agent`` answers; the ids of the orders of which it need say no more. Inside a transaction."""
    by_id = {int(one.order): one for one in answers if one.order.isdecimal() and len(one.order) < 19}
    rows = {row.order_id: row for row in Given.objects.filter(agent=agent, order__in=by_id)}
    for id, row in rows.items():
        answer = by_id[id]
        row.result, row.term, row.answered_at = answer.result, answer.term, answer.at
        row.sentence = answer.sentence
    Given.objects.bulk_update(rows.values(), ["result", "term", "answered_at", "sentence"])
    acknowledge(rows.keys())
    return tuple(one.order for one in answers)


def acknowledge(ids: Collection[int]) -> None:
    """Orders for which every agent has answered come to what the answers say. Inside a transaction."""
    told: dict[int, list[Given]] = {}
    for row in Given.objects.filter(order__in=list(ids)):
        told.setdefault(row.order_id, []).append(row)
    now = clock.now()
    done = set()
    for order in NetworkOrder.objects.filter(id__in=list(ids), progress__in=[*OPEN, "failed"]):
        of_order = told.get(order.id, [])
        failed = [row for row in of_order if row.result == "failed"]
        if failed:
            order.progress, order.sentence = "failed", failed[0].sentence
        elif of_order and all(_settled(row) for row in of_order):
            fixed = any(row.result == "fixed" for row in of_order)
            order.progress, order.sentence = ("fixed" if fixed else "acknowledged"), ""
            order.acknowledged_at = order.acknowledged_at or now
        order.save(update_fields=["progress", "sentence", "acknowledged_at"])
        if order.progress == "acknowledged":
            done.add(order.mac)
    _verify(done)


def _settled(row: Given) -> bool:
    """A stale answer by an older term than ours is none: the order is given again, under ours."""
    return row.result in ("done", "fixed") or (row.result == "stale" and row.term >= HERE.term)


def keep_sightings(agent: Agent, seen: Sequence[wire.Seen]) -> None:
    """Keep where PCs were seen, and verify the orders that this shows carried out. Inside a transaction."""
    newest = {one.mac: one for one in sorted(seen, key=lambda one: one.at)}
    if not newest:
        return
    now = clock.now()
    known = {row.mac: row for row in Sighting.objects.filter(agent=agent, mac__in=list(newest))}
    belongs = _belongings(newest)
    rows = []
    for mac, one in newest.items():
        row = known.get(mac) or Sighting(mac=mac, agent=agent, first_at=now)
        if row.id and row.at > one.at:
            continue
        row.ip, row.nas, row.port = one.ip or row.ip, one.nas, one.port
        row.network, row.how, row.at, row.told_at = one.network, one.how, one.at, now
        row.wrong_since = None if one.network in (belongs[mac], "unknown") else row.wrong_since or now
        rows.append(row)
    Sighting.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["mac", "agent"],
        update_fields=["ip", "nas", "port", "network", "how", "at", "told_at", "wrong_since"],
    )  # fmt: skip
    _verify({row.mac for row in rows if row.wrong_since is None and row.network != "unknown"})


def _verify(macs: Collection[str]) -> None:
    """Acknowledged orders of PCs that an agent has seen where they belong, after its own answer.

    Called for sightings and for answers: with several agents, or many answers, a sighting comes before the last answer.
    """
    waiting = {order.id: order for order in NetworkOrder.objects.filter(mac__in=macs, progress="acknowledged")}
    if not waiting:
        return
    known = {order.mac for order in waiting.values()}
    belongs = _belongings(known)
    seen = {(row.mac, row.agent_id): row for row in Sighting.objects.filter(mac__in=known)}
    shown = []
    answers = Given.objects.filter(order__in=list(waiting)).exclude(answered_at=None)
    for id, agent, answered_at in answers.values_list("order", "agent", "answered_at"):
        mac = waiting[id].mac
        row = seen.get((mac, agent))
        if row is not None and row.network == belongs[mac] and row.at >= answered_at:
            shown.append(id)
    NetworkOrder.objects.filter(id__in=shown).update(progress="verified", verified_at=clock.now())


def _belongings(macs: Collection[str]) -> dict[str, wire.Network]:
    """The network that each MAC belongs in now."""
    entries, told = rows_of(macs), setup.newest()
    fixed = FixedDevices(told)
    listed = {mac: body_of(entries[mac]) if mac in entries else wire.Entry(mac=mac) for mac in macs}
    return {mac: holds(entry, told, fixed).network for mac, entry in listed.items()}


def warn(term: int) -> None:
    """A duty: orders that the network has not shown carried out in time are warned about, once each."""
    late = clock.now() - timedelta(seconds=float(config.get("network.verify_seconds")))
    waiting = NetworkOrder.objects.filter(
        progress__in=OPEN, ordered_at__lt=late, warned_at=None, wanted__in=["deny", "refuse"]
    )
    if not waiting.exists():
        return
    with transaction(term):
        rows = list(waiting.order_by("id")[:WARN_MOST])
        for id, operation in {row.operation: Operation.objects.get(id=row.operation) for row in rows}.items():
            mine = [row for row in rows if row.operation == id]
            for progress, message in (("ordered", "KNM8440-W"), ("acknowledged", "KNM8441-W")):
                macs = [row.mac for row in mine if row.progress == progress]
                if macs:
                    record.note(
                        None, "network_not_shown",
                        {"id": message, "operation": operation.id, "macs": ", ".join(macs[:20]), "count": len(macs)},
                    )  # fmt: skip
        NetworkOrder.objects.filter(id__in=[row.id for row in rows]).update(warned_at=clock.now())
