"""Digests: what is decided in hours goes as one mail at a set time.

Each decision adds its PCs, in its own transaction, to the mail that is due next: an operation with that time under a
key that names it. The mail is written when it is sent, in a transaction of its own before the intent; so what was
collected is as durable as any order, and each try of the mail says the same.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from pyroaring import BitMap

from kanmon.action import mail_groups, mail_text, texts
from kanmon.action.history import touched
from kanmon.action.models import DigestPart, Order
from kanmon.action.wanted import Wanted
from kanmon.common import clock, config, messages, zone
from kanmon.common.messages import counted
from kanmon.journal import record
from kanmon.journal.models import Operation, Run
from kanmon.journal.worker import Work
from kanmon.judgment.levels import Level
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules_action import ActionPolicy, Mail

TRIES = 5  # of finding a time whose mail has not been sent


def next_time(times: Iterable[str], after: datetime) -> datetime:
    """The first moment after ``after`` that is one of ``times`` (HH:MM in ``server.time_zone``), in UTC."""
    day = zone.day_of(after)
    moments = [_at(day + timedelta(days=more), one) for more in (0, 1, 2) for one in times]
    return min(moment for moment in moments if moment > after)


def _at(day: date, one: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(one), zone.zone()).astimezone(UTC)


def collect(wanted: Wanted, mail: Mail) -> str:
    """Add the PCs of ``wanted`` to the mail that is due next; returns the sentence about it."""
    policy = PolicyVersion.objects.values_list("policy_id", flat=True).get(id=wanted.version)
    at = clock.now()
    for _ in range(TRIES):
        at = next_time(mail.digest, at)
        operation = _mail_of(wanted, policy, at)
        # locked, so that it is not claimed before our rows are there
        open_ = Q(state__in=["waiting", "held"], attempt=0)
        if Operation.objects.select_for_update().filter(open_, id=operation.id).exists():
            break
    _, created = DigestPart.objects.get_or_create(
        operation=operation.id, run=wanted.run.id,
        defaults={"policy_version": wanted.version, "pcs": wanted.pcs.serialize(), "added_at": clock.now()},
    )  # fmt: skip
    order, _ = Order.objects.get_or_create(
        operation=operation.id,
        defaults={
            "kind": "mail", "run": wanted.run.id, "policy_version": wanted.version, "level": int(wanted.level),
            "step": wanted.step, "message_id": texts.message_id(operation.id), "created_at": clock.now(),
            "subject": operation.subject, "input": {"digest": at.isoformat()},
        },
    )  # fmt: skip
    if created:
        before = _pcs(order.pcs)
        touched.note(wanted.pcs - before, order.created_at, order=order.id)
        order.pcs, order.pc_count = (before | wanted.pcs).serialize(), len(before | wanted.pcs)
        order.save(update_fields=["pcs", "pc_count"])
    language = str(config.get("server.language"))
    params = {
        "at": at.astimezone(zone.zone()).strftime("%Y-%m-%d %H:%M"), "level": wanted.level.word,
        "counted": counted(len(wanted.pcs), language), "operation": operation.id,
    }  # fmt: skip
    return messages.text("KNM3050-I", params, language)


def _mail_of(wanted: Wanted, policy: int, at: datetime) -> Operation:
    decides = wanted.work.operation
    return record.begin(
        "mail", requester=decides.requester, actor=decides.actor, repeat="keyed", run=wanted.run.id, parent=decides.id,
        subject=f"{wanted.level.word}, {at.astimezone(zone.zone()):%Y-%m-%d %H:%M}", due_at=at,
        key=f"digest:{policy}:{wanted.level.word}:{wanted.step}:{at.isoformat()}",
        max_attempts=int(config.get("action.max_attempts")),
    )  # fmt: skip


def write(work: Work, order: Order) -> None:
    """Write the mail of a digest before it is sent for the first time. The work of others is left as it is."""
    if "digest" not in order.input or order.text:
        return
    language = str(config.get("server.language"))
    with work.transaction():
        parts = list(DigestPart.objects.filter(operation=order.operation).order_by("id"))
        pcs = BitMap.union(BitMap(), *(_pcs(part.pcs) for part in parts))
        version = parts[-1].policy_version if parts else order.policy_version
        policy: ActionPolicy = versions.rules(version)
        level = Level(order.level)
        mail = getattr(policy, level.word).steps[order.step].mail
        order.recipients, notes = mail_groups.receivers(mail, language)
        runs = list(Run.objects.filter(id__in=[part.run for part in parts]).values_list("counts", flat=True))
        about = mail_text.About(
            level=level, pcs=pcs, policy=policy.name, language=language, step=order.step + 1, run=len(parts),
            judged=sum(one.get("judged", 0) for one in runs), changed=sum(one.get("changed", 0) for one in runs),
            operation=order.operation,
        )  # fmt: skip
        said = mail_text.mail(mail, about)
        order.subject, order.text, order.html, order.attachment = said.subject, said.body or " ", said.html, said.csv
        order.policy_version, order.created_at = version, clock.now()
        order.input = order.input | {"notes": notes}
        order.save()
        DigestPart.objects.filter(operation=order.operation).delete()


def _pcs(packed: bytes) -> BitMap:
    return BitMap.deserialize(bytes(packed)) if packed else BitMap()
