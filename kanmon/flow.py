"""The pipeline on one screen: which operation follows which outcome.

    intake          commits receipts and begins      record   (unless one waits)
    record          recorded a chunk           ->    judge    what changed;   record   what is left;
                                                     network  PCs that have new network cards
    check again     a PC in quarantine asked   ->    judge    that PC, in a run that waits for no window
    judge           wrote verdicts             ->    act      when the run's collecting window closes
    act             decided                    ->    network, mail, user_mail, webhook, event, command, message: one an order
    a new day, a person, an action policy      ->    act      what is due by time, what was asked for
    suspected       a person accepted a report ->    record   the report
    pcs             removed or disabled PCs    ->    network  removed ones are refused, if the setting says so
    pcs             enabled PCs                ->    judge    them
    antivirus_versions   a policy wants those of its model PC   ->   judge   whom it holds for
    feed            has new knowledge          ->    judge    everything
    user_mail       looked addresses up        ->    letter   one for each PC, a number an hour
    mail, letter, webhook, event   was sent, or not   ->    nothing
    command         has ended, or was not run  ->    nothing
    message         wrote messages             ->    nothing: clients take them (kanmon.message)
    store_statistics   stored a day            ->    nothing
    network         wrote orders               ->    nothing: agents are given them (kanmon.network)

Each arrow is begun in the transaction that ends the operation before it: nothing is handed over in memory.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
from pyroaring import BitMap

from kanmon.action import acting, book, hold
from kanmon.action.acting import Already, Ask
from kanmon.action.carry_out.command import run_command
from kanmon.action.carry_out.event import send_event
from kanmon.action.carry_out.mail import send_mail
from kanmon.action.carry_out.user_mail import order_letters, send_letter
from kanmon.action.carry_out.webhook import send_webhook
from kanmon.action.decide import decide_actions
from kanmon.action.orders import ORDERS
from kanmon.common import clock, config
from kanmon.common.messages import counted
from kanmon.feeds.importing import LANE, Imported, import_feed
from kanmon.intake.models import Receipt
from kanmon.intake.store import begin_recording
from kanmon.inventory import model_pc
from kanmon.inventory.record import Recorded, record_reports
from kanmon.inventory.suspected import decide_suspected
from kanmon.journal import record, runs
from kanmon.journal.models import Operation, Run
from kanmon.journal.worker import ROWS, Kind, Work
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.judging import Judged, judge_pcs
from kanmon.judgment.managing import Managed, manage_pcs
from kanmon.judgment.verdicts import silent_or_unjudged
from kanmon.message.write import write_messages
from kanmon.network import change as network_change
from kanmon.network import recheck, removed
from kanmon.network.change import Asked, new_cards, order_changes
from kanmon.network.change import begin as begin_network
from kanmon.policy.waivers import Place
from kanmon.statistics.storing import store as store_statistics

CONCERNED = "PCs that a change concerns"
NEW_DAY = "PCs that the day {day} concerns"


class Within(NamedTuple):
    """PCs by where they are, looked up when they are judged: places, and judgment policies (ids) that hold for them.

    ``already``: actions are in force for other PCs than before; what becomes of those at their level already.
    """

    places: Sequence[Place] = ()
    policies: Sequence[int] = ()
    already: Already | None = None


def after_record(work: Work, done: Recorded) -> None:
    """Judge what changed; of what is the same, only PCs whose verdict the report changes all the same."""
    scope = done.changed | done.back | _due(done.same)
    hurried = recheck.waiting(scope) if scope else scope
    if hurried:  # it is their turn at once, see network/recheck.py
        again = begin_judgment(hurried, runs.AGAIN, work.operation.actor, parent=work.operation.id)
        recheck.judged_by(hurried, again.id)
        scope = scope - hurried
    if scope:
        begin_judgment(scope, runs.COLLECTED, work.operation.actor, parent=work.operation.id)
    if done.changed and (pcs := new_cards(done.changed)):
        begin_network(Asked("follow", pcs=tuple(pcs)), "kanmon", None)
    if Receipt.objects.filter(state=Receipt.QUEUED).exists():
        begin_recording()


def _due(pcs: BitMap) -> BitMap:
    """Of PCs whose report says nothing new: those that are judged all the same.

    A report alone changes a verdict where a policy asks for columns, and where the PC had been silent for too long.
    """
    if not pcs or ENGINE.uses_columns():
        return pcs
    return silent_or_unjudged(pcs)


def begin_judgment(
    scope: BitMap | None, cause: str, actor: str, *, parent: int | None = None, key: str | None = None,
    skip_unchanged: bool = False, within: Within | None = None, step: tuple[date, date] | None = None,
) -> Operation:  # fmt: skip
    """Begin to judge ``scope`` (None: all managed PCs, those ``within``, or those that the ``step`` from one day to
    another concerns). Inside a transaction.
    """
    if key is not None:
        earlier = Operation.objects.filter(key=key).first()
        if earlier is not None:
            return record.asked_again(earlier, actor)
    run = runs.collect(collect_seconds()) if cause == runs.COLLECTED else runs.open_run(cause, actor)
    subject = (
        NEW_DAY.format(day=step[1])
        if step
        else CONCERNED
        if within
        else "all PCs"
        if scope is None
        else counted(len(scope))
    )
    order: dict[str, Any] = {
        "scope": scope.serialize() if scope is not None else None,
        "skip_unchanged": skip_unchanged,
    }
    if step:
        order["step"] = [one.isoformat() for one in step]
    if within:
        order["within"] = {"places": [list(one) for one in within.places], "policies": list(within.policies)}
    return record.begin(
        "judge", requester=cause, actor=actor, subject=subject, run=run.id, parent=parent, key=key,
        input=msgspec.msgpack.encode(order),
    )  # fmt: skip


def begin_acting(ask: Ask, cause: str, actor: str, key: str | None = None, judged: BitMap | None = None) -> Operation:
    """Begin to decide actions in a run of its own. ``judged``: PCs to count as judged in it. Inside a transaction."""
    if key is not None:
        earlier = Operation.objects.filter(key=key).first()
        if earlier is not None:
            return record.asked_again(earlier, actor)
    run = runs.open_run(cause, actor)
    if judged:
        runs.add_scope(run, judged, set(), {})
    subject = "all PCs" if ask.whole else counted(len(ask.pcs))
    return record.begin(
        "act", requester=cause, actor=actor, subject=f"{ask.answer}: {subject}" if ask.answer else subject, run=run.id,
        key=key, input=acting.encode(ask),
    )  # fmt: skip


def action_lanes() -> set[str]:
    """The lanes in which orders are carried out: judging and deciding, on the lane of rows, are never held."""
    return {KINDS[kind].lane for kind in (*ORDERS, "letter")} - {ROWS}


def hold_actions(on: bool, actor: str) -> dict[str, Any]:
    """Hold all actions, or release them and decide on what is due. Inside a transaction."""
    if on:
        return {"held": hold.hold(action_lanes(), actor) > 0}
    released = hold.release()
    if released:
        begin_acting(Ask(whole=True), "hold_released", actor)
    return {"released": released > 0}


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


def after_pcs(work: Work, done: Managed) -> None:
    """Judge who is managed again; refuse who is removed, where that is wanted."""
    if done.wanted == "enable":
        begin_judgment(BitMap(done.pcs), "managed", work.operation.actor, parent=work.operation.id)
        return
    books = book.Book()
    books.forget(BitMap(done.pcs))  # nobody is asked about them any more
    books.write(work.operation.id)
    if done.wanted == "remove":
        removed.refuse(done.pcs, work.operation, done.reason)


def after_antivirus_versions(work: Work, policy: int | None) -> None:
    """A policy that wants newer versions judges the PCs for which it holds anew."""
    if policy is not None:
        within = Within(policies=(policy,))
        begin_judgment(None, "policy", work.operation.actor, parent=work.operation.id, within=within)


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


def in_force(kind: str, wanted: str, pcs: BitMap) -> BitMap:
    """Those of ``pcs`` for which an action of ``kind`` has made it so already."""
    return network_change.in_force(wanted, pcs) if kind == "network" else BitMap()


def close_run(work: Work) -> None:
    """A judgment or a decision has failed for good: what it left undecided is decided with the next run."""
    if work.operation.run is not None:
        runs.close(work.operation.run)


def after_feed(work: Work, imported: Imported) -> None:
    """New knowledge of updates, or policies that follow it: everything is judged anew."""
    if imported.changed:
        begin_judgment(None, "feed", work.operation.actor, parent=work.operation.id, key=f"feed:{work.operation.id}")


KINDS: Mapping[str, Kind] = {
    "feed": Kind(import_feed, LANE, "KNM1207-I", "KNM1208-I", follow=after_feed),
    "suspected": Kind(decide_suspected, "rows", "KNM1117-I", "KNM1118-I", follow=after_suspected),
    "record": Kind(record_reports, "rows", "KNM2003-I", "KNM2004-I", follow=after_record),
    "judge": Kind(judge_pcs, "rows", "KNM2001-I", "KNM2002-I", follow=after_judge, failed=close_run),
    "pcs": Kind(manage_pcs, "rows", "KNM1130-I", "KNM1131-I", follow=after_pcs),
    "antivirus_versions": Kind(model_pc.take_over, "rows", "KNM2050-I", "KNM2051-I", follow=after_antivirus_versions),
    "act": Kind(partial(decide_actions, in_force=in_force), "rows", "KNM3001-I", "KNM3002-I", failed=close_run),
    "mail": Kind(send_mail, "mail", "KNM3011-I", "KNM3012-I", repeat="keyed", fenced=False),
    "user_mail": Kind(order_letters, "rows", "KNM3040-I", "KNM3041-I"),
    "letter": Kind(send_letter, "letter", "KNM3042-I", "KNM3043-I", repeat="keyed", fenced=False),
    "command": Kind(run_command, "command", "KNM3130-I", "KNM3131-I", repeat="ask", probes=True, fenced=False),
    "network": Kind(order_changes, "network", "KNM8403-I", "KNM8404-I"),
    "message": Kind(write_messages, "message", "KNM3200-I", "KNM3201-I"),
    "webhook": Kind(send_webhook, "webhook", "KNM3100-I", "KNM3101-I", repeat="keyed"),
    "event": Kind(send_event, "event", "KNM3240-I", "KNM3249-I", repeat="keyed"),
    "store_statistics": Kind(store_statistics, "rows", "KNM9001-I", "KNM9002-I"),
}
