"""Orders and what became of them; and what a person does about those that were not delivered. Verb: deliver.

A *delivery* is the newest operation of an order: what was retried or sent once more is a new operation with
``redo_of``. A *dead letter* is one whose operation has failed for good, or ended without having done anything, and that
nobody has retried or given up. It stays for ever until somebody does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import State
from kanmon.policy.rules_action import ACTIONS

LETTER = "letter"  # a mail to one user, ordered by "user_mail"; not sent when it is not needed any more
KINDS = (*ACTIONS, LETTER)
NOT_EXECUTED = Q(state=State.FINISHED, outcome__result="not_executed")
STATES: dict[str, Q] = {
    "waiting": Q(state=State.WAITING),
    "held": Q(state=State.HELD),
    "running": Q(state=State.RUNNING),
    "in_doubt": Q(state=State.IN_DOUBT),
    "delivered": Q(state=State.FINISHED, outcome__result="success"),
    "partly": Q(state=State.FINISHED, outcome__result="partial_success"),
    "failed": Q(state=State.FAILED) | (NOT_EXECUTED & ~Q(kind=LETTER)),
    "given_up": Q(state=State.FAILED) | NOT_EXECUTED,
    "not_needed": NOT_EXECUTED & Q(kind=LETTER),
    "cancelled": Q(state=State.CANCELLED),
}
"""States of orders as people ask for them. ``failed``: the dead letters."""
GIVEN_UP = "given_up"
DAYS, REACH = 7, 50_000  # of the health warning: how far it looks back, in days and in operations
CHAIN = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """``order``: its number, the same however often it is tried. ``operation``: the newest that carries it out.

    ``to``: a target, a program, addresses. ``sentence``: how it ended, or why it is tried again.
    """

    order: int
    operation: int
    kind: str
    state: str
    level: int
    run: int
    to: tuple[str, ...]
    pcs: int
    attempts: int
    sentence: str
    decided_at: datetime
    ended_at: datetime | None


def deliveries(state: str = "", kind: str = "", before: int = 0, limit: int = 50) -> list[Delivery]:
    """The newest first; ``before``: an operation. Raises Refused KNM3264-E for a state that is none."""
    if state and state not in STATES:
        raise Refused("KNM3264-E", problem=state, states=", ".join(STATES))
    rows = _operations([kind] if kind else KINDS)
    if state:
        rows = rows.filter(STATES[state])
    if state in ("failed", "given_up"):
        rows = rows.filter(_given_up() if state == "given_up" else ~_given_up())
    if before:
        rows = rows.filter(id__lt=before)
    return _told(rows.order_by("-id")[:limit])


def _operations(kinds: Iterable[str]) -> "QuerySet[Operation]":
    """The newest operation of each order: no other was begun in its place."""
    number = Cast(OuterRef("id"), CharField())
    later = Operation.objects.filter(
        Q(key=Concat(Value("redo:"), number)) | Q(key=Concat(Value("replay:"), number))
    )  # fmt: skip
    return Operation.objects.defer("input").filter(~Exists(later), kind__in=list(kinds))


def _given_up() -> Exists:
    return Exists(Entry.objects.filter(operation=OuterRef("id"), event=GIVEN_UP))


def _told(rows: Iterable[Operation]) -> list[Delivery]:
    found = list(rows)
    first = _first(found)
    orders = {
        one.operation: one for one in Order.objects.filter(operation__in=first.values()).defer("text", "attachment")
    }
    given_up = set(
        Entry.objects.filter(operation__in=[one.id for one in found], event=GIVEN_UP).values_list(
            "operation", flat=True
        )
    )
    waiting = _waiting_for([one.id for one in found if one.state == State.WAITING and one.attempt])
    return [
        _delivery(one, orders[first[one.id]], one.id in given_up, waiting.get(one.id, ""))
        for one in found
        if first[one.id] in orders
    ]


def _first(rows: Sequence[Operation]) -> dict[int, int]:
    """Operation -> the operation that the order was written for."""
    first = {one.id: one.redo_of or one.id for one in rows}
    for _ in range(CHAIN):
        numbers = set(first.values())
        up = dict(Operation.objects.filter(id__in=numbers).exclude(redo_of=None).values_list("id", "redo_of"))
        if not up:
            break
        first = {one: up.get(number) or number for one, number in first.items()}
    return first


def _waiting_for(numbers: Sequence[int]) -> dict[int, str]:
    """Why those that are tried again have not been done."""
    newest = Entry.objects.filter(operation__in=numbers, event="retry").values("operation").annotate(seq=Max("seq"))
    rows = Entry.objects.filter(seq__in=[row["seq"] for row in newest]).values_list("operation", "detail")
    return {number: str(detail.get("sentence", "")) for number, detail in rows if number is not None}


def _delivery(one: Operation, order: Order, given_up: bool, why: str) -> Delivery:
    return Delivery(
        order=order.operation, operation=one.id, kind=one.kind, state=_state(one, given_up), level=order.level,
        run=order.run, to=tuple(order.recipients) or (order.subject,), pcs=len(BitMap.deserialize(bytes(order.pcs))),
        attempts=one.attempt, sentence=str((one.outcome or {}).get("sentence", "")) or why,
        decided_at=order.created_at, ended_at=one.ended_at,
    )  # fmt: skip


def _state(one: Operation, given_up: bool) -> str:
    if one.kind == LETTER and one.state == State.FINISHED and record.was_not_done(one) and not given_up:
        return "not_needed"
    if record.was_not_done(one):
        return GIVEN_UP if given_up else "failed"
    if one.state == State.FINISHED:
        return "partly" if (one.outcome or {}).get("result") == "partial_success" else "delivered"
    return str(one.state)


def newest(order: int) -> Operation:
    """The newest operation of an order; ``order`` may be the number of any of its operations. Raises KNM6010-E."""
    found = Operation.objects.filter(id=order, kind__in=KINDS).first()
    if found is None:
        raise Refused("KNM6010-E", status=404, what="Order", name=str(order))
    for _ in range(CHAIN):
        later = Operation.objects.filter(key__in=[f"redo:{found.id}", f"replay:{found.id}"]).first()
        if later is None:
            break
        found = later
    return found


def retry(order: int, actor: str, because: str = "") -> Operation:
    """Carry out what was not: the new operation. Inside a transaction. Raises Refused KNM6010-E, KNM3263-E."""
    found = newest(order)
    if not record.was_not_done(found):
        raise _refused(order, found, "retry", "failed or given up")
    return record.redo(found, actor, because)


def replay(order: int, actor: str, because: str = "") -> Operation:
    """Tell once more what was told, under the same mark: the new operation. Inside a transaction.

    Raises Refused KNM6010-E, and KNM3263-E for what was not delivered, and for commands and network orders.
    """
    found = newest(order)
    if found.state != State.FINISHED or record.was_not_done(found) or found.repeat != "keyed":
        raise _refused(order, found, "replay", "delivered mails, webhooks and events")
    return record.replay(found, actor, because)


def cancel(order: int, actor: str, because: str = "") -> Operation:
    """It is not wanted any more: what waits is not done, a dead letter is given up. Inside a transaction.

    Raises Refused KNM6010-E, KNM3263-E.
    """
    found = newest(order)
    if found.state in (State.WAITING, State.HELD):
        record.cancel(found, actor, because)
    elif record.was_not_done(found):
        if not Entry.objects.filter(operation=found.id, event=GIVEN_UP).exists():
            told = {"operation": found.id, "subject": found.subject, "actor": actor, "sentence": because}
            record.note(found, GIVEN_UP, {"id": "KNM3261-I", **told})
    else:
        raise _refused(order, found, "cancel", "waiting, held or failed")
    return found


def _refused(order: int, found: Operation, verb: str, wanted: str) -> Refused:
    given_up = Entry.objects.filter(operation=found.id, event=GIVEN_UP).exists()
    state = _state(found, given_up).replace("_", " ")
    return Refused("KNM3263-E", status=409, order=order, state=state, verb=verb, wanted=wanted)


def undelivered() -> tuple[int, Operation, datetime] | None:
    """How many dead letters the last days have left, the newest, and since when; None when there are none.

    Orders that nobody can expect to be delivered are not counted: mail where there is no mail server has a warning of
    its own.
    """
    reach = (Operation.objects.aggregate(id=Max("id"))["id"] or 0) - REACH
    rows = _operations(KINDS).filter(
        STATES["failed"] & ~(NOT_EXECUTED & Q(kind__in=("mail", "user_mail"))), ~_given_up()
    )
    rows = rows.filter(id__gt=reach, ended_at__gte=clock.now() - timedelta(days=DAYS))
    last = rows.order_by("-id").first()
    if last is None:
        return None
    oldest = rows.order_by("id").values_list("ended_at", flat=True)[0]
    assert oldest is not None
    return rows.count(), last, oldest
