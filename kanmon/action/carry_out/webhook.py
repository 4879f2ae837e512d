"""Webhooks: one signed HTTP request an order, by ``notifiers/webhook.py``; its body is written with the order."""

from kanmon.action import targets
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.notifiers.notifier import Parcel
from kanmon.action.notifiers.notify import Told, notify
from kanmon.action.notifiers.webhook import Webhook
from kanmon.action.targets import Unusable
from kanmon.common import config, messages
from kanmon.journal.worker import Work


def send_webhook(work: Work) -> None:
    """The operation "webhook": carry one order out."""
    attempt = attempts.of(work)
    order = attempt.order
    try:
        notifier = Webhook(targets.find(order.recipients[0]))
    except Unusable as problem:
        sentence = messages.text(problem.message_id, problem.params, str(config.get("server.language")))
        with work.transaction():
            work.finish("not_executed", sentence=sentence)
        return
    parcel = Parcel(
        id=order.message_id, body=order.text.encode(), attempt=attempt.number, may_be_repeat=attempt.may_be_repeat,
        replay=attempt.replay,
    )  # fmt: skip
    notify(work, attempt, notifier, [(parcel, Told(0, 0, 0))])
