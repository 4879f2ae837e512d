"""Kinds of operations of every shape that the journal knows.

    input       is acknowledged and begins     take     (unless one waits)
    take        recorded a chunk        ->     judge    these PCs;       take   what is left
    judge       wrote verdicts          ->     act
    act         decided                 ->     mail | post | command | probed, by the verdict's number

"count" is long work in chunks. A mail is keyed and can't be fenced, a post is keyed, a command may run once only and
nobody can be asked about it, and of a probed one its receiver can be asked.
"""

import json
import os
from itertools import pairwise
from typing import Any

from kanmon.common import fault
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.worker import InDoubt, Kind, Passing, Stopped, Work
from tests.failover import lines
from tests.failover.slim import mail
from tests.failover.slim.models import Counted, Input, Level, Record, Verdict

TAKE_MOST, JUDGE_CHUNK, COUNT_CHUNK = 8, 3, 20
SAFE, DANGER = 100, 400
SHAPES = ("mail", "post", "command", "probed")
LEDGER = os.environ.get("SLIM_LEDGER", "")
EFFECT_SECONDS = 2.0
MANY = 1000  # tries: what fails here does so because it was made to, and must be done in the end


def take(work: Work) -> None:
    """Record some of what is queued."""
    with work.transaction():
        queued = list(Input.objects.filter(state="queued").order_by("seq")[:TAKE_MOST])
        Record.objects.bulk_create(
            Record(name=one.name, pc=one.pc, value=one.value, operation=work.operation.id) for one in queued
        )
        Input.objects.filter(seq__in=[one.seq for one in queued]).update(state="recorded")
        fault.point("record_chunk")
        work.finish(handed=sorted({one.pc for one in queued}), recorded=len(queued), suspected=0, older=0)


def after_take(work: Work, pcs: list[int]) -> None:
    if pcs:
        begin("judge", f"{len(pcs)} PCs", {"pcs": pcs}, parent=work.operation.id)
    if Input.objects.filter(state="queued").exists():
        begin_taking()


def begin_taking() -> None:
    """As intake does: unless one waits, which is locked so that it can't be claimed before our rows are there."""
    if Operation.objects.select_for_update().filter(kind="take", state="waiting").first() is None:
        begin("take", "inputs", {})


def begin(kind: str, subject: str, input: dict[str, Any], **more: Any) -> Operation:
    return record.begin(
        kind, requester="campaign", subject=subject, input=json.dumps(input).encode(),
        repeat=KINDS[kind].repeat, max_attempts=MANY, **more,
    )  # fmt: skip


def judge(work: Work) -> None:
    """The level of each PC follows from its newest record."""
    pcs = json.loads(bytes(work.operation.input))["pcs"]
    done = int(work.operation.progress.get("done", 0))
    while True:
        if work.stopping.is_set():
            raise Stopped
        with work.transaction():
            for pc in pcs[done : done + JUDGE_CHUNK]:
                newest = Record.objects.filter(pc=pc).latest("id")
                before = Level.objects.filter(pc=pc).values_list("level", flat=True).first() or SAFE
                level = DANGER if newest.value % 2 == 0 else SAFE
                if level != before:
                    Verdict.objects.create(pc=pc, level=level, level_before=before)
                Level.objects.update_or_create(pc=pc, defaults={"level": level})
            done = min(done + JUDGE_CHUNK, len(pcs))
            fault.point("judge_chunk")
            if done == len(pcs):
                work.finish(recorded=done, suspected=0, older=0)
                return
            work.save_progress(done=done, of=len(pcs))


def after_judge(work: Work, _: Any) -> None:
    begin("act", f"judgment {work.operation.id}", {}, key=f"act:{work.operation.id}", parent=work.operation.id)


def act(work: Work) -> None:
    """An order for each PC that has become dangerous."""
    with work.transaction():
        verdicts = list(Verdict.objects.filter(decided=False).order_by("id"))
        for verdict in verdicts:
            if verdict.level == DANGER:
                kind, identity = SHAPES[verdict.id % len(SHAPES)], f"verdict-{verdict.id}"
                key = f"{kind}:{identity}"
                begin(kind, identity, {"identity": identity, "key": key}, key=key, parent=work.operation.id)
        Verdict.objects.filter(id__in=[verdict.id for verdict in verdicts]).update(decided=True)
        fault.point("decided")
        work.finish(recorded=len(verdicts), suspected=0, older=0)


def count(work: Work) -> None:
    """Count to a number, in chunks."""
    goal = json.loads(bytes(work.operation.input))["goal"]
    done = int(work.operation.progress.get("done", 0))
    while True:
        if work.stopping.is_set():
            raise Stopped
        with work.transaction():
            after = min(done + COUNT_CHUNK, goal)
            Counted.objects.bulk_create(
                Counted(operation=work.operation.id, number=number) for number in range(done + 1, after + 1)
            )
            done = after
            fault.point("count_chunk")
            if done == goal:
                work.finish(recorded=done, suspected=0, older=0)
                return
            work.save_progress(done=done, of=goal)


def _order(work: Work, do: str) -> dict[str, Any]:
    """What the receiver is told: who orders what, in which attempt, and whether it may be a repeat."""
    order = json.loads(bytes(work.operation.input))
    return {
        "do": do, **order, "attempt": work.operation.attempt, "operation": work.operation.id, "term": work.term,
        "repeat": may_be_repeat(work.operation),
    }  # fmt: skip


def may_be_repeat(operation: Operation) -> bool:
    """Whether an attempt before this one got as far as its intent, and then nobody could tell what became of it."""
    told = (
        Entry.objects.filter(
            operation__in=record.redone(operation), event__in=["intent", "interrupted", "retry", "failed"]
        )
        .order_by("seq")
        .values_list("event", "detail")
    )
    return any(
        before == "intent" and (event == "interrupted" or detail.get("unknown", False))
        for (before, _), (event, detail) in pairwise(told)
    )


def _carry_out(work: Work, do: str) -> None:
    """Intent, effect, result."""
    order = _order(work, do)
    work.intent(identity=order["identity"])
    with lines.Call(LEDGER, EFFECT_SECONDS) as call, work.effect(call.close):
        if work.kind.fenced:
            fault.point("in_effect")
            answer = call.ask(order)
        else:
            with work.unfenced():
                answer = call.ask(order)
    if answer is None:
        raise Passing("the ledger did not answer", unknown=True)
    if answer["said"] == "busy":
        raise Passing("the ledger was busy")
    with work.transaction():
        work.finish()


def post(work: Work) -> None:
    """The receiver knows the key, and takes nothing twice."""
    _carry_out(work, "post")


def command(work: Work) -> None:
    """Nobody can be asked whether it ran."""
    _carry_out(work, "command")


def probed(work: Work) -> None:
    """The receiver can be asked what became of an earlier attempt, and is told to refuse it from now on."""
    if may_be_repeat(work.operation):
        order = json.loads(bytes(work.operation.input))
        with lines.Call(LEDGER, EFFECT_SECONDS) as call, work.effect(call.close):
            asked = {"do": "probe", "key": order["key"], "operation": work.operation.id}
            answer = call.ask(asked | {"attempt": work.operation.attempt})
        if answer is None:
            raise Passing("the ledger did not answer")
        if answer["said"] == "unknown":
            raise InDoubt("The ledger has forgotten what became of it.")
        if answer["said"] == "done":
            with work.transaction():
                record.note(work.operation, "already_done")
                work.finish()
            return
    _carry_out(work, "probed")


def send(work: Work) -> None:
    """A mail, by SMTP; the same Message-ID at each attempt."""
    order = _order(work, "mail")
    work.intent(identity=order["identity"])
    mail.deliver(work, order)
    with work.transaction():
        work.finish()


KINDS = {
    "take": Kind(take, "rows", "KNM2003-I", "KNM2004-I", follow=after_take),
    "judge": Kind(judge, "rows", "KNM2003-I", "KNM2004-I", follow=after_judge),
    "act": Kind(act, "rows", "KNM2003-I", "KNM2004-I"),
    "count": Kind(count, "rows", "KNM2003-I", "KNM2004-I"),
    "mail": Kind(send, "mail", "KNM3011-I", "KNM3012-I", repeat="keyed", fenced=False),
    "post": Kind(post, "post", "KNM3011-I", "KNM3012-I", repeat="keyed"),
    "command": Kind(command, "command", "KNM3011-I", "KNM3012-I", repeat="ask", fenced=False),
    "probed": Kind(probed, "probed", "KNM3011-I", "KNM3012-I", repeat="ask", probes=True),
}
