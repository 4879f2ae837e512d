"""Writing orders: one function a kind of action, called inside the transaction that decides.

An order is written down in full, so that what is carried out, and carried out again, is the same to the byte. Its
operation is begun under a key that can't be used twice: kind, run, version of the action policy, level, step.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kanmon.action import digest, mail_groups, mail_text, texts, webhook_body
from kanmon.action.command import told
from kanmon.action.history import touched
from kanmon.action.models import Order
from kanmon.action.user_texts import user_texts
from kanmon.action.wanted import Wanted
from kanmon.common import clock, config, messages
from kanmon.common.messages import counted
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules_action import LevelActions


def begin(wanted: Wanted, kind: str, repeat: str) -> Operation:
    """Begin the operation that will carry the order out, or return the one that was begun for it."""
    decides = wanted.work.operation
    return record.begin(
        kind, requester=decides.requester, actor=decides.actor, repeat=repeat,
        subject=f"{wanted.level.word}, {counted(len(wanted.pcs))}", run=wanted.run.id, parent=decides.id,
        key=f"{kind}:{wanted.run.id}:{wanted.version}:{wanted.level.word}:{wanted.step}",
        max_attempts=int(config.get("action.max_attempts")),
    )  # fmt: skip


def write(wanted: Wanted, operation: Operation, **fields: Any) -> None:
    """Write the order of ``operation``; ``fields`` are those of its kind."""
    order, is_new = Order.objects.get_or_create(
        operation=operation.id,
        defaults={
            "kind": operation.kind, "run": wanted.run.id, "policy_version": wanted.version, "level": int(wanted.level),
            "step": wanted.step, "pcs": wanted.pcs.serialize(), "pc_count": len(wanted.pcs),
            "created_at": clock.now(), **fields,
        },
    )  # fmt: skip
    if is_new:
        touched.note(wanted.pcs, order.created_at, order=order.id)


def mail(wanted: Wanted) -> str:
    """Order one mail, or add to the one that is due next; returns the sentence about it."""
    template = wanted.actions.mail
    assert template is not None
    if template.digest:
        return digest.collect(wanted, template)
    to, notes = mail_groups.receivers(template, str(config.get("server.language")))
    operation = begin(wanted, "mail", "keyed")
    text = mail_text.mail(template, _about(wanted, operation))
    write(
        wanted, operation, recipients=to, message_id=texts.message_id(operation.id), subject=text.subject,
        text=text.body, html=text.html, attachment=text.csv, input={"notes": notes} if notes else {},
    )  # fmt: skip
    return " ".join([_sentence("KNM3020-I", wanted, operation), *notes])


def _about(wanted: Wanted, operation: Operation) -> mail_text.About:
    counts = wanted.run.counts
    return mail_text.About(
        wanted.level, wanted.pcs, wanted.policy.name, str(config.get("server.language")), wanted.step + 1, wanted.run.id,
        counts.get("judged", 0), counts.get("changed", 0), operation.id,
    )  # fmt: skip


def user_mail(wanted: Wanted) -> str:
    """Order that the users of these PCs are written to; returns the sentence about it."""
    assert wanted.actions.user_mail is not None
    operation = begin(wanted, "user_mail", "idempotent")
    write(wanted, operation)
    return _sentence("KNM3044-I", wanted, operation)


def webhook(wanted: Wanted) -> str:
    """Order one webhook; returns the sentence about it."""
    assert wanted.actions.webhook is not None
    target = wanted.actions.webhook.to
    operation = begin(wanted, "webhook", "keyed")
    id = f"kanmon_{texts.installation()}_{operation.id}"
    body = webhook_body.build(id, operation.id, wanted.run, wanted.version, wanted.level, wanted.when, wanted.pcs)
    write(wanted, operation, recipients=[target], message_id=id, subject=target, text=body)
    return _sentence("KNM3102-I", wanted, operation, target=target)


def event(wanted: Wanted) -> str:
    """Order one event for each PC and one for the run; returns the sentence about it."""
    assert wanted.actions.event is not None
    target = wanted.actions.event.to
    operation = begin(wanted, "event", "keyed")
    number = PolicyVersion.objects.values_list("number", flat=True).get(id=wanted.version)
    input = {
        "policy": wanted.policy.name, "version": number, "when": wanted.when, "pcs": len(wanted.pcs),
        "requester": wanted.run.cause, "actor": wanted.run.actor or wanted.work.operation.actor,
        "judged": wanted.run.counts.get("judged", 0), "changed": wanted.run.counts.get("changed", 0),
        "verdict": told.newest_verdict(),
    }  # fmt: skip
    mark = f"kanmon_{texts.installation()}_{operation.id}"
    write(wanted, operation, recipients=[target], message_id=mark, subject=target, input=input)
    return _sentence("KNM3250-I", wanted, operation, target=target)


def command(wanted: Wanted) -> str:
    """Order one command; returns the sentence about it."""
    what = wanted.actions.command
    assert what is not None
    operation = begin(wanted, "command", "ask")
    write(wanted, operation, subject=what.program, input=told.decided(what, wanted.policy.name, len(wanted.pcs)))
    return _sentence("KNM3132-I", wanted, operation, program=what.program)


def network(wanted: Wanted) -> str:
    """Order that these PCs are cut off, or let back; returns the sentence about it."""
    what = wanted.actions.network
    assert what is not None
    operation = begin(wanted, "network", "idempotent")
    reason = f"{wanted.level.word}: {wanted.policy.name}"
    write(wanted, operation, subject=what, input={"wanted": what, "reason": reason})
    return _sentence("KNM8401-I" if what == "deny" else "KNM8402-I", wanted, operation)


def message(wanted: Wanted) -> str:
    """Order a message to the user of each of these PCs; returns the sentence about it."""
    what = wanted.actions.message
    assert what is not None
    language = str(config.get("server.language"))
    title, text, html = user_texts(what, wanted.level, language)
    operation = begin(wanted, "message", "idempotent")
    of_level: LevelActions = getattr(wanted.policy, wanted.level.word)
    later = [step for step in of_level.steps[wanted.step + 1 :] if step.network == "deny" and step.after is not None]
    days = min((step.after.days for step in later if step.after is not None), default=None)
    told = {
        "title": title, "text": text, "html": html, "expires_days": what.expires_days, "policy": wanted.policy.name,
        "level": int(wanted.level), "cut_off_days": days,
    }  # fmt: skip
    write(wanted, operation, subject=title, input=told)
    return _sentence("KNM3202-I", wanted, operation)


def _sentence(id: str, wanted: Wanted, operation: Operation, **more: str) -> str:
    language = str(config.get("server.language"))
    params = {"level": wanted.level.word, "counted": counted(len(wanted.pcs), language), "operation": operation.id}
    return messages.text(id, params | more, language)


__all__ = ["ORDERS", "Wanted", "begin", "write"]

ORDERS: Mapping[str, Callable[[Wanted], str]] = {
    "network": network, "mail": mail, "user_mail": user_mail, "webhook": webhook, "event": event,
    "command": command, "message": message,
}  # fmt: skip
"""Action of the policy -> the function that orders it; the names of ``rules_action.ACTIONS``."""
