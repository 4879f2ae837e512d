"""Network control of one PC, or of one device: how it stands, its newest order, and what was ordered before."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from kanmon.common import clock
from kanmon.console import network_words, wording
from kanmon.console.read.network import device, in_use, sightings
from kanmon.console.shown.network import AnswerShown, Device, OrderShown, PcNetwork
from kanmon.console.shown.pc import HistoryEntry
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Operation
from kanmon.journal.states import State
from kanmon.network import setup
from kanmon.network.book import OPEN
from kanmon.network.models import Agent, Entry, Given, NetworkOrder
from kanmon.ordering import FixedDevices

YOUNG = timedelta(minutes=15)
MOST_DEVICES = 20
MOST_ORDERS = 200


def of_pc(number: int) -> PcNetwork | None:
    """The network card of PC ``number``; None where network control is not in use."""
    if not in_use():
        return None
    own = _own(number)
    listed = Entry.objects.filter(pc=number).exclude(state="").order_by("mac").values_list("mac", flat=True)
    macs = list(dict.fromkeys([*own, *listed[:MOST_DEVICES]]))[:MOST_DEVICES]
    devices = _devices(macs)
    return PcNetwork(devices, _verbs(devices) if own else (), _agents(), _underway(devices))


def of_mac(mac: str) -> PcNetwork:
    """The network card of a device that is named by its MAC."""
    devices = _devices([mac])
    return PcNetwork(devices, _verbs(devices), _agents(), _underway(devices))


def underway() -> bool:
    """An order is about to be written: what the pages show will change in a moment."""
    return bool(Operation.objects.filter(kind="network", state__in=[State.WAITING, State.RUNNING]).exists())


def owner(mac: str) -> Pc | None:
    """The PC that has this MAC for its own; None when it is nobody's, or several PCs'."""
    owners = list(Identity.objects.filter(kind="mac", value=mac).values_list("pc", flat=True)[:2])
    found: Pc | None = Pc.objects.filter(id=owners[0]).first() if len(owners) == 1 else None
    return found


def _own(number: int) -> list[str]:
    """The MACs of a PC that no other PC has, as ``change.macs_of``; by the index of PCs, for the page of one."""
    marks = Identity.objects.filter(pc=number).values_list("kind", "value")
    macs = sorted(value for kind, value in marks if kind == "mac")
    others = Identity.objects.filter(kind="mac", value__in=macs).exclude(pc=number).values_list("value", flat=True)
    return sorted(set(macs) - set(others))


def _underway(devices: Sequence[Device]) -> bool:
    """Something will be told soon: a page may ask again."""
    young = clock.now() - YOUNG
    orders = [one.order for one in devices if one.order and one.order.warned is None and one.order.ordered > young]
    return any(one.progress in OPEN for one in orders)


def _agents() -> int:
    return int(Agent.objects.filter(revoked_at=None).count())


def _devices(macs: Sequence[str]) -> list[Device]:
    rows = {row.mac: row for row in Entry.objects.filter(mac__in=macs)}
    hosts = dict(Pc.objects.filter(id__in={row.pc for row in rows.values() if row.pc}).values_list("id", "host"))
    told = setup.newest()
    fixed, seen, newest = FixedDevices(told), sightings(macs), _newest(macs)
    return [
        replace(device(mac, rows.get(mac), hosts, seen, told, fixed), order=newest.get(mac))
        for mac in macs
    ]  # fmt: skip


def _newest(macs: Collection[str]) -> dict[str, OrderShown]:
    """Of each MAC the order that was given last, with the agents' answers."""
    rows = [
        row for mac in macs if (row := NetworkOrder.objects.filter(mac=mac).order_by("-version").first()) is not None
    ]
    actors = _actors(rows)
    answers: dict[int, list[AnswerShown]] = {}
    given = Given.objects.filter(order__in=rows, agent__revoked_at=None).select_related("agent").order_by("agent__name")
    for one in given:
        answers.setdefault(one.order_id, []).append(AnswerShown(one.agent.name, one.result, one.sentence))
    return {row.mac: _order(row, actors, answers.get(row.id, [])) for row in rows}


def _actors(rows: Sequence[NetworkOrder]) -> dict[int, str]:
    numbers = {row.operation for row in rows}
    return dict(Operation.objects.filter(id__in=numbers).values_list("id", "actor"))


def _order(row: NetworkOrder, actors: dict[int, str], answers: Sequence[AnswerShown] = ()) -> OrderShown:
    return OrderShown(
        number=row.id, operation=row.operation, wanted=row.wanted, by=row.by, actor=actors.get(row.operation, ""),
        reason=row.reason, progress=row.progress, ordered=row.ordered_at, acknowledged=row.acknowledged_at,
        verified=row.verified_at, warned=row.warned_at, sentence=row.sentence, answers=answers,
    )  # fmt: skip


def _verbs(devices: Sequence[Device]) -> list[str]:
    """What a person may order: what is not so already, and the end of what persons have ordered."""
    persons = {one.person for one in devices if one.person}
    emergency = any(one.emergency for one in devices)
    verbs = ["lift"] if emergency else []
    if not emergency and any(one.why != "fixed" for one in devices):
        if persons != {"permit"}:
            verbs.append("permit")
        if persons != {"deny"}:
            verbs.append("deny")
        verbs.append("refuse")
    return [*verbs, *(["withdraw"] if persons else [])]


def history_of_mac(mac: str, size: int) -> list[HistoryEntry]:
    """What was ordered of a MAC, newest first."""
    return _lines(list(NetworkOrder.objects.filter(mac=mac).order_by("-version")[:size]), size)


def _lines(rows: Sequence[NetworkOrder], size: int) -> list[HistoryEntry]:
    actors = _actors(rows)
    by_operation = {row.operation: row for row in reversed(rows)}
    lines = [_line(_order(row, actors)) for row in by_operation.values()]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:size]


def _line(order: OrderShown) -> HistoryEntry:
    verb = str(network_words.ORDERED.get(order.wanted, order.wanted))
    who = (order.actor or _("a person")) if order.by == "person" else _("policy")
    text = _("%(what)s by %(who)s") % {"what": verb, "who": who}
    if order.reason:
        text = _("%(what)s: %(why)s") % {"what": text, "why": network_words.reason(order.reason)}
    return HistoryEntry(
        order.ordered, network_words.ORDER_ICONS.get(order.wanted, "network"), text, note=_progress(order),
        operation=order.operation,
    )  # fmt: skip


def _progress(order: OrderShown) -> str:
    if order.progress == "verified" and order.verified:
        return _("seen after %(span)s") % {"span": wording.duration(order.verified - order.ordered)}
    return str(network_words.PROGRESS.get(order.progress, order.progress))
