"""Health of the work: operations that wait for a person, or that do not get on."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max

from kanmon.cluster.found import Found
from kanmon.cluster.report import newest_failover
from kanmon.common import clock, config, messages
from kanmon.intake.models import Receipt
from kanmon.journal import eras
from kanmon.journal.models import Entry, Hold, Operation
from kanmon.journal.states import State

OVERDUE_SECONDS = 600
REPORTS_SECONDS = 300
AGAIN = 5  # interruptions since it got on; held at rescue.INTERRUPTIONS_MOST
FAILED_HOURS = 24
FAILED_REACH = 50_000  # newest operations that are looked at
ROWS = 20


def failover_not_acknowledged() -> Iterator[Found]:
    """A failover that nobody has acknowledged."""
    newest = newest_failover()
    if newest is not None:
        yield Found({"term": eras.said(newest.term), "why": newest.why.text(_language())}, newest.at)


def in_doubt() -> Iterator[Found]:
    """Operations in doubt."""
    yield from _in_state(State.IN_DOUBT)


def operations_held() -> Iterator[Found]:
    """Operations that wait for their release."""
    yield from _in_state(State.HELD)


def _in_state(state: State) -> Iterator[Found]:
    rows = Operation.objects.filter(state=state)
    oldest = rows.order_by("id").values_list("id", "subject", "begun_at").first()
    if oldest is not None:
        yield Found({"count": rows.count(), "operation": oldest[0], "subject": oldest[1]}, oldest[2])


def lanes_held() -> Iterator[Found]:
    """Lanes of which nothing is begun."""
    for hold in Hold.objects.order_by("lane"):
        known = hold.why in messages.catalogue()
        why = messages.text(hold.why, {"lane": hold.lane, "actor": hold.actor}, _language()) if known else hold.why
        yield Found({"lane": hold.lane, "why": why, "actor": hold.actor}, hold.since)


def waiting_too_long() -> Iterator[Found]:
    """Operations that are overdue, so that either nobody works or there is more work than is done."""
    now = clock.now()
    late = Operation.objects.filter(shard=0, state=State.WAITING, due_at__lt=now - timedelta(seconds=OVERDUE_SECONDS))
    oldest = late.order_by("due_at", "id").values_list("id", "kind", "due_at").first()
    if oldest is not None:
        minutes = int((now - oldest[2]).total_seconds() // 60)
        yield Found(
            {"count": late.count(), "operation": oldest[0], "kind": oldest[1], "minutes": minutes}, oldest[2]
        )  # fmt: skip


def reports_waiting() -> Iterator[Found]:
    """Acknowledged reports that are not recorded."""
    queued = Receipt.objects.filter(state=Receipt.QUEUED)
    oldest = queued.order_by("id").values_list("received_at", flat=True).first()
    if oldest is not None and (clock.now() - oldest).total_seconds() > REPORTS_SECONDS:
        minutes = int((clock.now() - oldest).total_seconds() // 60)
        yield Found({"count": queued.count(), "minutes": minutes}, oldest)


def interrupted_again() -> Iterator[Found]:
    """Operations whose attempts are lost one after the other."""
    rows = Operation.objects.filter(state__in=[State.WAITING, State.RUNNING], attempt__gte=AGAIN).order_by("id")
    for id, subject, begun_at in rows.values_list("id", "subject", "begun_at")[:ROWS]:
        story = Entry.objects.filter(operation=id)
        other = story.filter(event__in=["retry", "suspended", "released"]).aggregate(seq=Max("seq"))["seq"] or 0
        lost = story.filter(event="interrupted", seq__gt=other, detail__has_key="lost").count()
        if lost >= AGAIN:
            yield Found({"operation": id, "subject": subject, "times": lost}, begun_at)


def failed_actions() -> Iterator[Found]:
    """Operations that have failed lately and that nobody has had done again."""
    newest = Operation.objects.aggregate(id=Max("id"))["id"] or 0
    since = clock.now() - timedelta(hours=FAILED_HOURS)
    failed = Operation.objects.filter(id__gt=newest - FAILED_REACH, state=State.FAILED, ended_at__gte=since)
    rows = list(failed.order_by("id").values_list("id", "subject", "ended_at")[:1000])
    done = set(Operation.objects.filter(key__in=[f"redo:{id}" for id, _, _ in rows]).values_list("redo_of", flat=True))
    open = [row for row in rows if row[0] not in done]
    if open:
        newest_one = open[-1]
        yield Found(
            {"count": len(open), "hours": FAILED_HOURS, "operation": newest_one[0], "subject": newest_one[1]},
            open[0][2],
        )


def _language() -> str:
    return str(config.get("server.language"))
