"""Which try of an order this is, and whether the receiver may have had it before.

An order that is tried again keeps its mark: Message-ID, webhook-id. So does one that a person asks to be done again
after it has failed (redo): one of its tries may have reached the receiver although nobody knows, and if none did, the
mark is new to the receiver all the same.
"""

from dataclasses import dataclass
from itertools import pairwise

from kanmon.action.models import Order
from kanmon.common import config, messages
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.worker import Permanent, Work

_TOLD = ("intent", "interrupted", "suspended", "retry", "failed", "let_go")


@dataclass(frozen=True, slots=True)
class Attempt:
    """``number``: from 1, counted over all redos of the order. ``may_be_repeat``: see ``may_be_repeat``."""

    order: Order
    number: int
    may_be_repeat: bool


def of(work: Work) -> Attempt:
    """The attempt that ``work`` is."""
    chain = record.redone(work.operation)
    order = order_of(chain)
    before = Operation.objects.filter(id__in=chain[1:]).values_list("attempt", flat=True)
    return Attempt(order, work.operation.attempt + sum(before), may_be_repeat(chain))


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
    it was interrupted, its result could not be written, or the last answer was lost. What waited after a restore and was
    let go may have been done in the time that was lost.
    """
    rows = Entry.objects.filter(operation__in=chain, event__in=_TOLD).order_by("seq")
    told = list(rows.values_list("event", "detail"))
    return any(event == "let_go" for event, _ in told) or any(
        before == "intent" and (event == "interrupted" or detail.get("unknown", False))
        for (before, _), (event, detail) in pairwise(told)
    )
