"""Writing orders: one function a kind of action, called inside the transaction that decides.

An order is written down in full, so that what is carried out, and carried out again, is the same to the byte. Its
operation is begun under a key that can't be used twice: kind, run, version of the action policy, level, step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from kanmon.action import texts, webhook_body
from kanmon.action.command import told
from kanmon.action.history import touched
from kanmon.action.models import Order
from kanmon.common import clock, config, messages
from kanmon.common.messages import counted
from kanmon.journal import record
from kanmon.journal.models import Operation, Run
from kanmon.journal.worker import Work
from kanmon.judgment.levels import Level
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Step


@dataclass(frozen=True, slots=True)
class Wanted:
    """An action policy wants something done about these PCs of a run. ``work``: the operation that decides.

    ``step``: the number of the step of the level; 0 is the first.
    """

    work: Work
    run: Run
    version: int
    policy: ActionPolicy
    level: Level
    pcs: BitMap
    step: int = 0

    @property
    def actions(self) -> Step:
        """What the policy says of this step."""
        of_level: LevelActions = getattr(self.policy, self.level.word)
        return of_level.steps[self.step]

    @property
    def when(self) -> str:
        """``level_changed`` or ``every_judgment``."""
        of_level: LevelActions = getattr(self.policy, self.level.word)
        return of_level.when


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
    """Order one mail; returns the sentence about it."""
    template = wanted.actions.mail
    assert template is not None
    to = config.get("mail.administrators") if template.to == "administrators" else list(template.to)
    language = str(config.get("server.language"))
    text = texts.mail(template, wanted.level, wanted.pcs, wanted.policy.name, language)
    operation = begin(wanted, "mail", "keyed")
    domain = str(config.get("mail.sender")).rpartition("@")[2] or "localhost"
    write(
        wanted, operation, recipients=to, message_id=f"<kanmon.{texts.installation()}.{operation.id}@{domain}>",
        subject=text.subject, text=text.body, attachment=text.csv,
    )  # fmt: skip
    return _sentence("KNM3020-I", wanted, operation)


def webhook(wanted: Wanted) -> str:
    """Order one webhook; returns the sentence about it."""
    assert wanted.actions.webhook is not None
    target = wanted.actions.webhook.to
    operation = begin(wanted, "webhook", "keyed")
    id = f"kanmon_{texts.installation()}_{operation.id}"
    body = webhook_body.build(id, operation.id, wanted.run, wanted.version, wanted.level, wanted.when, wanted.pcs)
    write(wanted, operation, recipients=[target], message_id=id, subject=target, text=body)
    return _sentence("KNM3102-I", wanted, operation, target=target)


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


def _sentence(id: str, wanted: Wanted, operation: Operation, **more: str) -> str:
    language = str(config.get("server.language"))
    params = {"level": wanted.level.word, "counted": counted(len(wanted.pcs), language), "operation": operation.id}
    return messages.text(id, params | more, language)


ORDERS: Mapping[str, Callable[[Wanted], str]] = {
    "network": network, "mail": mail, "webhook": webhook, "command": command
}  # fmt: skip
"""Action of the policy -> the function that orders it; the names of ``rules_action.ACTIONS``."""
