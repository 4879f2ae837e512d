"""Network control of the invented company: agents, the list, where PCs were seen, who waits, and strangers.

Orders, answers and sightings are written by the functions that write them in the Manager.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from unittest import mock

from pyroaring import BitMap

from kanmon import wire
from kanmon.action import withheld
from kanmon.action.book import Book
from kanmon.action.deciding import Done, Slot
from kanmon.common import clock
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.network import book, seen, setup
from kanmon.network.book import Wish
from kanmon.network.models import Agent, AgentRun, Certificate, NetworkOrder, Sighting
from kanmon.policy.models import PolicyVersion

SETUP = b'{"refused":"refused","fixed":[{"mac":"00:1b:a9","note":"printers"}]}'
STRANGERS = ("3c:22:fb:10:07:11", "a4:83:e7:22:90:0c", "b8:27:eb:5a:11:72", "dc:a6:32:0b:44:09")
PRINTER, PHONE = "00:1b:a9:03:11:5c", "00:04:f2:8a:33:10"


def fill(now: datetime, term: int) -> None:
    """Write it all, under ``term``; a company of a few PCs has less of everything."""
    with transaction():
        setup.change(setup.read(SETUP), "tanabe")
        gateway, radius = _agents(now, term)
        macs = dict(Identity.objects.filter(kind="mac").values_list("pc", "value"))
        levels = dict(PcState.objects.order_by("pc").values_list("pc", "level"))
        bad = [pc for pc, level in levels.items() if level == Level.DANGER]
        good = [pc for pc, level in levels.items() if level in (Level.SAFE, Level.CAUTION, Level.WARNING)]
        cut, waiting = bad[: len(bad) * 2 // 3], bad[len(bad) * 2 // 3 :]
        _ordered(term, now - timedelta(hours=5), good, "permit", "policy", "caution: Standard", macs, (gateway, radius))
        _ordered(term, now - timedelta(minutes=26), cut, "deny", "policy", "danger: Standard", macs, (gateway, radius))
        _ordered(
            term,
            now - timedelta(hours=3),
            good[:1],
            "deny",
            "person",
            "On loan, comes back on Friday",
            macs,
            (gateway, radius),
            "mori",
        )
        _ordered(
            term,
            now - timedelta(minutes=9),
            cut[:1],
            "refuse",
            "person",
            "Worm in line 4, incident 2026-118",
            macs,
            (gateway, radius),
            "tanabe",
        )
        _ordered(
            term,
            now - timedelta(days=2),
            [PHONE],
            "permit",
            "person",
            "Meeting room telephone",
            {},
            (gateway,),
            "tanabe",
        )
        _ordered(term, now - timedelta(minutes=2), good[1:2], "refuse", "person", "Stolen in Osaka", macs, (), "mori")
        _seen(gateway, now, [macs[pc] for pc in good[2:]], "corporate")
        _seen(gateway, now, [macs[pc] for pc in cut[:-2]], "quarantine")
        _seen(radius, now, [macs[pc] for pc in cut[-2:]], "corporate")
        _seen(gateway, now, [PHONE, PRINTER], "corporate")
        _seen(radius, now, STRANGERS, "unauthenticated")
        asked(now, cut, waiting)
        _later(now)


def asked(now: datetime, cut: Sequence[int], waiting: Sequence[int]) -> None:
    """PCs beyond the cap of the network, and PCs that were in danger when the mail of the second step came in."""
    version = PolicyVersion.objects.filter(policy__kind="action", policy__name="Mail administrators").latest("number")
    decided, today = _operation(now, "run 1").id, now.date().toordinal()
    everybody, book = BitMap(Pc.objects.values_list("id", flat=True)), Book()
    in_force = (
        (Level.DANGER, 0, "network"),
        (Level.DANGER, 0, "mail"),
        (Level.DANGER, 1, "mail"),
        (Level.WARNING, 0, "mail"),
    )
    for level, step, kind in in_force:
        book.cover(Slot(version.policy_id, int(level), step, kind), everybody, everybody)
    week = PcState.objects.filter(level=int(Level.DANGER), since_at__lt=now - timedelta(days=8))
    long = sorted(week.values_list("pc", flat=True)) or list(cut[:1])
    cutting, telling = (Slot(version.policy_id, int(Level.DANGER), *rest) for rest in ((0, "network"), (1, "mail")))
    book.set_done(cutting, [Done(today, 1, BitMap(cut))])
    for level in (Level.DANGER, Level.WARNING):
        told = PcState.objects.filter(level=int(level)).values_list("pc", flat=True)
        book.set_done(Slot(version.policy_id, int(level), 0, "mail"), [Done(today, 1, BitMap(told))])
    wait(book, version.id, decided, cutting, "cap", waiting)
    wait(book, version.id, decided, telling, "already", long[:7])
    book.write(decided)


def wait(
    book: Book, version: int, operation: int, slot: Slot, why: Literal["cap", "already"], pcs: Sequence[int]
) -> None:
    """A decision asks a person about ``pcs``."""
    withheld.write(operation, 1, version, slot, why, BitMap(pcs))
    book.set_waiting(slot, why, book.waiting(slot, why) | BitMap(pcs))


def _agents(now: datetime, term: int) -> tuple[Agent, Agent]:
    shared = {"enrolled_at": now - timedelta(days=40), "version": "0.1.0", "highest_term": term, "setup": 1}
    gateway = Agent.objects.create(
        name="gateway-tyo", seen_at=now, address="10.20.0.31", in_step=True, entries=112, **shared,
        health=[{"part": "link", "sentence": "The Manager answers.", "id": ""},
                {"part": "nftables", "sentence": "Table kanmon is in force on br0.", "id": ""}],
    )  # fmt: skip
    radius = Agent.objects.create(
        name="radius-osk", seen_at=now - timedelta(minutes=42), address="10.30.0.31", entries=108, **shared,
        health=[{"part": "radius", "sentence": "osk-sw-3f-01 has not answered 3 requests.", "id": "KNM8205-W"}],
    )  # fmt: skip
    AgentRun.objects.create(
        agent=gateway, run="r1", host="gw-tyo-b", host_before="gw-tyo-a", began_at=now - timedelta(hours=4), under_way=3,
        silent_since=now - timedelta(hours=4, seconds=9), caught_up_at=now - timedelta(hours=4) + timedelta(seconds=2),
    )  # fmt: skip
    Agent.objects.create(
        name="gateway-old", revoked_at=now - timedelta(days=12), seen_at=now - timedelta(days=12), **shared
    )
    for number, agent in enumerate((gateway, radius)):
        Certificate.objects.create(
            serial=f"{number:x}", agent=agent, issued_at=now, until=now + timedelta(days=50)
        )  # fmt: skip
    return gateway, radius


def _operation(at: datetime, subject: str, actor: str = "") -> Operation:
    made: Operation = Operation.objects.create(
        kind="network", subject=subject, requester="inventory" if not actor else "person", actor=actor,
        state="finished", due_at=at, begun_at=at, ended_at=at + timedelta(seconds=0.2), attempt=1, repeat="idempotent",
    )  # fmt: skip
    return made


def _ordered(
    term: int, at: datetime, whom: Sequence[int | str], wanted: wire.Wanted, by: wire.By, reason: str,
    macs: dict[int, str], agents: Iterable[Agent], actor: str = "",
) -> None:  # fmt: skip
    """Orders of PCs by their numbers, or of devices by their MACs; ``agents`` have carried them out at once."""
    if not whom:
        return
    operation = _operation(at, f"{wanted}: {len(whom)} PCs", actor)
    hosts = dict(Pc.objects.filter(id__in=[one for one in whom if isinstance(one, int)]).values_list("id", "host"))
    wishes = [
        Wish(one, wanted, by, None, "", "", reason) if isinstance(one, str)
        else Wish(macs[one], wanted, by, one, "", hosts[one], reason)
        for one in whom
    ]  # fmt: skip
    with mock.patch.object(clock, "now", return_value=at):
        orders = book.write(wishes, operation.id, operation.id, term)
    for agent in agents:
        answers = [
            wire.Answer(order=str(one.id), mac=one.mac, result="done", term=term, at=at + timedelta(seconds=1))
            for one in orders
        ]
        seen.keep_answers(agent, answers)


def _seen(agent: Agent, now: datetime, macs: Sequence[str], network: str) -> None:
    told = [
        wire.Seen(
            mac=mac, at=now - timedelta(minutes=number % 7), network=network, how="accounting",  # type: ignore[arg-type]
            ip=f"10.20.{number // 250}.{number % 250 + 2}", nas=f"tyo-sw-{number // 24 % 9 + 1:02}", port=str(number % 24 + 1),
        )
        for number, mac in enumerate(macs)
    ]  # fmt: skip
    seen.keep_sightings(agent, told)


def _later(now: datetime) -> None:
    """Times as they would be: what was acknowledged and seen, came a moment after it was ordered."""
    for order in NetworkOrder.objects.all():
        order.acknowledged_at = order.ordered_at + timedelta(seconds=1) if order.acknowledged_at else None
        order.verified_at = order.ordered_at + timedelta(seconds=19) if order.verified_at else None
        old = order.ordered_at < now - timedelta(minutes=5) and order.progress in book.OPEN
        order.warned_at = order.ordered_at + timedelta(minutes=5) if old else None
        order.save()
    Sighting.objects.update(first_at=now - timedelta(hours=3))
    Sighting.objects.exclude(wrong_since=None).update(wrong_since=now - timedelta(minutes=20))
