"""Which try of an order this is, and whether the receiver may have had it before.

An order that is tried again keeps its mark: Message-ID, webhook-id. So does one that a person asks to be done again
after it has failed (redo): one of its tries may have reached the receiver although nobody knows, and if none did, the
mark is new to the receiver all the same. One that is sent once more by a person's wish (replay) keeps it, too.
"""

from dataclasses import dataclass
from itertools import pairwise

from kanmon.action.models import Order
from kanmon.common import config, messages
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.worker import Permanent, Work

_TOLD = ("intent", "sent", "interrupted", "suspended", "retry", "failed", "let_go")


@dataclass(frozen=True, slots=True)
class Attempt:
    """``number``: from 1, counted over all redos of the order. ``may_be_repeat``: see ``may_be_repeat``.

    ``always``: so may all that comes after the first parcel. ``replay``: a person wants the receiver to have it once
    more. ``operations``: those that count for how far it is, newest first.
    """

    order: Order
    number: int
    may_be_repeat: bool
    always: bool = False
    replay: bool = False
    operations: tuple[int, ...] = ()


def of(work: Work) -> Attempt:
    """The attempt that ``work`` is."""
    chain = record.redone(work.operation)
    order = order_of(chain)
    before = dict(Operation.objects.filter(id__in=chain[1:]).values_list("id", "attempt"))
    requesters = dict(Operation.objects.filter(id__in=chain).values_list("id", "requester"))
    replayed = next((place for place, one in enumerate(chain) if requesters[one] == record.REPLAY), None)
    let_go = Entry.objects.filter(operation__in=chain, event="let_go").exists()
    return Attempt(
        order, work.operation.attempt + sum(before.values()), replayed is not None or may_be_repeat(chain),
        replayed is not None or let_go, replayed is not None,
        tuple(chain if replayed is None else chain[: replayed + 1]),
    )  # fmt: skip


def order_of(chain: list[int]) -> Order:
    """The order of an operation and those that it does again (``record.redone``): that of the first.

    Raises Permanent KNM3295-E when it was removed with the history.
    """
    order = Order.objects.filter(operation__in=chain).first()
    if order is None:
        raise Permanent(messages.text("KNM3295-E", {}, str(config.get("server.language"))))
    return order


def tell(work: Work, attempt: Attempt, what: str) -> None:
    """Note that ``what`` may be a repeat, if it may."""
    if attempt.may_be_repeat:
        with work.transaction():
            record.note(
                work.operation, "may_be_repeat",
                {"id": "KNM4003-W", "operation": work.operation.id, "what": what, "mark": attempt.order.message_id},
            )  # fmt: skip


def may_be_repeat(chain: list[int]) -> bool:
    """Whether an earlier attempt got as far as its intent, and then nobody could tell whether the effect happened:
    it was interrupted, its result could not be written, or the last answer was lost. What has arrived and is committed
    (``sent``, a part of an order) is not in question. What waited after a restore and was let go may have been done in
    the time that was lost.
    """
    rows = Entry.objects.filter(operation__in=chain, event__in=_TOLD).order_by("seq")
    told = list(rows.values_list("event", "detail"))
    arrived = max((place for place, (event, _) in enumerate(told) if event == "sent"), default=0)
    return any(event == "let_go" for event, _ in told) or any(
        before == "intent" and (event == "interrupted" or detail.get("unknown", False))
        for (before, _), (event, detail) in pairwise(told[arrived:])
    )
