"""What came in and needs a look: bodies that were refused, reports that may be of a known PC."""

import json
from collections.abc import Mapping
from typing import Any

from kanmon.console import wording
from kanmon.console.read import paging, reported
from kanmon.console.read.pcs import rows
from kanmon.console.shown.intake import RefusedRow, Suspicion
from kanmon.console.shown.lists import Page
from kanmon.intake.models import Receipt, Refusal
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import TERMINAL, Operation

LIKE_SHOWN = 5


def refused(cursor: str, size: int = 50) -> Page[RefusedRow]:
    """A page of refused bodies, newest first. The bodies themselves are never shown."""
    bodies = Refusal.objects.defer("body").select_related("source")
    order = paging.Order("id", "id", True, paging.read(cursor), size)
    return order.page(order.fetch(bodies), bodies.count(), lambda some: [_refused(one) for one in some])


def _refused(one: Refusal) -> RefusedRow:
    return RefusedRow(
        number=one.id,
        at=one.received_at,
        source=one.source.name if one.source else "",
        address=one.address,
        agent=one.agent,
        size=one.size,
        sentence=wording.sentence([one.message_id, one.params]),
        message_id=one.message_id,
    )


def suspected(cursor: str, size: int = 20) -> Page[Suspicion]:
    """A page of suspected duplicates, oldest first: they wait."""
    waiting = Receipt.objects.defer("body").select_related("source").filter(state=Receipt.SUSPECTED)
    order = paging.Order("id", "id", False, paging.read(cursor), size)
    decided = _decided()
    return order.page(order.fetch(waiting), waiting.count(), lambda some: [_suspicion(one, decided) for one in some])


def _decided() -> dict[int, int]:
    """By receipt: the open operation that carries out a decision on it."""
    rows = Operation.objects.filter(kind="suspected").exclude(state__in=TERMINAL).values_list("id", "input")
    return {json.loads(bytes(order))["receipt"]: number for number, order in rows}


def _like(marks: dict[str, str], pc: int | None) -> list[int]:
    """Numbers of the PCs that the report resembles: the one it was held for, and those that share a mark."""
    numbers = [pc] if pc else []
    for kind in ("serial", "uuid"):
        if marks.get(kind):
            numbers += Identity.objects.filter(kind=kind, value__iexact=marks[kind]).values_list("pc", flat=True)[
                :LIKE_SHOWN
            ]
    for mac in marks.get("mac", "").split():
        numbers += Identity.objects.filter(kind="mac", value=mac).values_list("pc", flat=True)[:LIKE_SHOWN]
    return list(dict.fromkeys(numbers))[:LIKE_SHOWN]


def _suspicion(one: Receipt, decided: Mapping[int, int]) -> Suspicion:
    marks = reported.marks(bytes(one.report))
    like = rows(_like(marks, one.pc))
    known: dict[str, str] = {}
    if like and (pc := Pc.objects.filter(pk=like[0].number).first()):
        macs = Identity.objects.filter(pc=pc.pk, kind="mac").values_list("value", flat=True)
        known = {"host": pc.host, "user": pc.user, "serial": pc.serial, "uuid": pc.uuid, "mac": " ".join(macs)}
    reasons: list[Any] = one.reasons
    return Suspicion(
        number=one.id,
        at=one.received_at,
        source=one.source.name,
        format=one.format,
        host=marks.get("host", "") or one.device_key,
        why=[text for reason in reasons if (text := wording.sentence(reason))],
        pcs=like,
        marks={name: (marks.get(name, ""), known.get(name, "")) for name in ("host", "user", "serial", "uuid", "mac")},
        operation=decided.get(one.id),
    )
