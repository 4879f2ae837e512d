"""Events: an order as one event for each of its PCs and one for the run, by the notifier of its receiver.

Receivers stand in ``events.targets``; the scheme of the address says which notifier (``notifiers/table.py``).
"""

from collections.abc import Iterator

from pyroaring import BitMap

from kanmon.action import events, targets
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out.attempt import Attempt
from kanmon.action.notifiers.notifier import Notifier, Parcel
from kanmon.action.notifiers.notify import Told, notify
from kanmon.action.notifiers.table import NOTIFIERS
from kanmon.action.targets import Unusable
from kanmon.common import config, messages
from kanmon.journal.models import Entry
from kanmon.journal.worker import Work


def send_event(work: Work) -> None:
    """The operation "event": carry one order out."""
    attempt = attempts.of(work)
    try:
        notifier = find(attempt.order.recipients[0])
    except Unusable as problem:
        sentence = messages.text(problem.message_id, problem.params, str(config.get("server.language")))
        with work.transaction():
            work.finish("not_executed", sentence=sentence)
        return
    most = min(notifier.pcs_at_once, int(config.get("events.parcel_pcs")))
    notify(work, attempt, notifier, parcels(attempt, most))


def find(name: str) -> Notifier:
    """The receiver ``name`` of events. Raises Unusable KNM3241-W, KNM3242-W."""
    target = targets.in_section("events", name)
    if target is None:
        raise Unusable("KNM3241-W", target=name)
    if target.scheme not in NOTIFIERS:
        raise Unusable("KNM3242-W", target=name, scheme=target.scheme, known=", ".join(sorted(NOTIFIERS)))
    return NOTIFIERS[target.scheme](target)


def parcels(attempt: Attempt, pcs_at_once: int) -> Iterator[tuple[Parcel, Told]]:
    """What is left to be told, in order of PC number; the last one ends with the event of the run."""
    order, number = attempt.order, attempt.number
    pcs = BitMap.deserialize(bytes(order.pcs))
    left = list(pcs - BitMap(range(_arrived(attempt) + 1)))
    occasion = events.occasion(order)
    repeat = attempt.may_be_repeat
    for start in range(0, max(1, len(left)), pcs_at_once):
        chunk = left[start : start + pcs_at_once]
        last = start + pcs_at_once >= len(left)
        told = events.of_pcs(order, occasion, chunk) + ([events.of_run(order, occasion)] if last else [])
        done = len(pcs) if last else len(pcs) - len(left) + start + len(chunk)
        yield (
            Parcel(id=order.message_id, events=told, attempt=number, may_be_repeat=repeat, replay=attempt.replay),
            Told(chunk[-1] if chunk else 0, done, len(pcs)),
        )
        repeat = attempt.always


def _arrived(attempt: Attempt) -> int:
    """Up to which PC number earlier attempts have told; 0 for none."""
    sent = Entry.objects.filter(operation__in=attempt.operations, event="sent").order_by("-seq").first()
    return int(sent.detail["upto"]) if sent else 0
