"""The pipeline on one screen: which operation follows which outcome.

    intake          commits receipts and begins      record   (unless one waits)
    record          recorded a chunk           ->    judge    what changed;   record   what is left
    judge           wrote verdicts             ->    act      when the run's collecting window closes
    act             decided                    ->    mail, webhook, command    one for each order
    suspected       a person accepted a report ->    record   the report
    mail, webhook   was sent, or not           ->    nothing
    command         has ended, or was not run  ->    nothing

Each arrow is begun in the transaction that ends the operation before it: nothing is handed over in memory.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from pyroaring import BitMap

from kanmon.action.carry_out.command import run_command
from kanmon.action.carry_out.mail import send_mail
from kanmon.action.carry_out.webhook import send_webhook
from kanmon.action.decide import decide_actions
from kanmon.common import clock, config
from kanmon.common.messages import counted
from kanmon.intake.models import Receipt
from kanmon.intake.store import begin_recording
from kanmon.inventory.record import Recorded, record_reports
from kanmon.inventory.suspected import decide_suspected
from kanmon.journal import record, runs
from kanmon.journal.models import Operation, Run
from kanmon.journal.worker import Kind, Work
from kanmon.judgment.engine import ENGINE, Judged, judge_pcs
from kanmon.judgment.models import PcState


def after_record(work: Work, done: Recorded) -> None:
    """Judge what changed; of what is the same, only PCs that nobody has judged today."""
    scope = done.changed | _due_today(done.same)
    if scope:
        begin_judgment(scope, runs.COLLECTED, work.operation.actor, parent=work.operation.id)
    if Receipt.objects.filter(state=Receipt.QUEUED).exists():
        begin_recording()


def _due_today(pcs: BitMap) -> BitMap:
    """Of PCs whose report says nothing new: those to judge all the same, because time itself changes verdicts."""
    if not pcs or ENGINE.uses_columns():
        return pcs
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    judged = PcState.objects.filter(pc__in=list(pcs), judged_at__gte=midnight).values_list("pc", flat=True)
    return pcs - BitMap(judged)


def begin_judgment(
    scope: BitMap | None, cause: str, actor: str, *, parent: int | None = None, key: str | None = None,
    skip_unchanged: bool = False,
) -> Operation:  # fmt: skip
    """Begin to judge ``scope`` (None: all managed PCs). Inside a transaction."""
    if key is not None:
        earlier = Operation.objects.filter(key=key).first()
        if earlier is not None:
            return record.asked_again(earlier, actor)
    run = runs.collect(collect_seconds()) if cause == runs.COLLECTED else runs.open_run(cause, actor)
    subject = "all PCs" if scope is None else counted(len(scope))
    order = {"scope": scope.serialize() if scope is not None else None, "skip_unchanged": skip_unchanged}
    return record.begin(
        "judge", requester=cause, actor=actor, subject=subject, run=run.id, parent=parent, key=key,
        input=msgspec.msgpack.encode(order),
    )  # fmt: skip


def judged_before(day: date) -> bool:
    """Whether a PC's newest judgment was before ``day`` (UTC)."""
    return PcState.objects.filter(judged_at__lt=datetime.combine(day, time(), UTC)).exists()


def begin_suspected(receipt: int, decision: str, pc: int | None, actor: str, key: str | None) -> Operation:
    """Begin to carry out a person's decision on a suspected report. Inside a transaction."""
    return record.begin(
        "suspected", requester="console", actor=actor, subject=f"report {receipt}: {decision}", key=key,
        input=json.dumps({"receipt": receipt, "decision": decision, "pc": pc}).encode(),
    )  # fmt: skip


def after_suspected(work: Work, queued: bool) -> None:
    """An accepted report is recorded like any other."""
    if queued:
        begin_recording()


def collect_seconds() -> float:
    """How long the window of the next inventory run is: longer when the hour's mails are used up."""
    seconds = float(config.get("action.collect_seconds"))
    hour_ago = clock.now() - timedelta(hours=1)
    sent = list(
        Operation.objects.filter(kind="mail", begun_at__gt=hour_ago)
        .order_by("begun_at")
        .values_list("begun_at", flat=True)
    )
    spare = int(config.get("mail.per_hour"))
    if len(sent) < spare:
        return seconds
    return max(seconds, (sent[-spare] - hour_ago).total_seconds())


def after_judge(work: Work, judged: Judged) -> None:
    """Decide actions when the run's window closes; a run whose actions were decided already hands on to a new one."""
    run = Run.objects.get(id=work.operation.run)
    runs.add_scope(run, judged.pcs, judged.versions, {"judged": len(judged.pcs), "changed": judged.changed})
    if run.ended_at is not None:
        run = runs.collect(collect_seconds())
        runs.add_scope(run, judged.pcs, judged.versions, {"judged": len(judged.pcs), "changed": judged.changed})
    record.begin(
        "act", requester=work.operation.requester, actor=work.operation.actor, subject=f"run {run.id}", run=run.id,
        due_at=run.closes_at, key=f"act:{run.id}", parent=work.operation.id,
    )  # fmt: skip


def close_run(work: Work) -> None:
    """A judgment or a decision has failed for good: what it left undecided is decided with the next run."""
    if work.operation.run is not None:
        runs.close(work.operation.run)


KINDS: Mapping[str, Kind] = {
    "suspected": Kind(decide_suspected, "rows", "KNM1117-I", "KNM1118-I", follow=after_suspected),
    "record": Kind(record_reports, "rows", "KNM2003-I", "KNM2004-I", follow=after_record),
    "judge": Kind(judge_pcs, "rows", "KNM2001-I", "KNM2002-I", follow=after_judge, failed=close_run),
    "act": Kind(decide_actions, "rows", "KNM3001-I", "KNM3002-I", failed=close_run),
    "mail": Kind(send_mail, "mail", "KNM3011-I", "KNM3012-I", repeat="keyed", fenced=False),
    "command": Kind(run_command, "command", "KNM3130-I", "KNM3131-I", repeat="ask", probes=True, fenced=False),
    "webhook": Kind(send_webhook, "webhook", "KNM3100-I", "KNM3101-I", repeat="keyed"),
}
