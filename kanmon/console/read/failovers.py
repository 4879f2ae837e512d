"""The reports after a failover, from ``kanmon.cluster.report``, in the reader's language."""

from datetime import timedelta
from typing import Any

from kanmon.cluster import as_json, report
from kanmon.cluster.nodes import NodeSeen, nodes
from kanmon.cluster.outcome import Group
from kanmon.common.errors import Refused
from kanmon.console import wording
from kanmon.console.language import language
from kanmon.console.read import keep
from kanmon.console.shown.cluster import Axis, FailoverRow, FailoverShown, GroupShown, ReportedRow, Unseen
from kanmon.console.shown.lists import Page
from kanmon.console.subject_words import subject
from kanmon.journal import eras
from kanmon.journal.models import Takeover

LISTED = 50
UNSEEN_LOOKED_AT = 200
LOST_X, READY_X = 392.0, 722.0  # of the axis; what lies between is drawn to scale


@keep.for_seconds(3)
def unseen_failovers() -> Unseen | None:
    """The failovers that every page tells about: those that nobody has acknowledged."""
    if report.newest_failover() is None:
        return None
    found = [one for one in report.failovers(UNSEEN_LOOKED_AT) if one.wants_acknowledgement]
    if not found:  # longer ago than anybody looks
        return None
    return Unseen(
        count=len(found), term=found[0].term, at=found[0].at, since=found[-1].at,
        interrupted=sum(one.interrupted for one in found), in_doubt=sum(one.in_doubt for one in found),
    )  # fmt: skip


def failovers(before: int | None = None) -> Page[FailoverRow]:
    """A page of the times that a node became active, newest first; those before term ``before``."""
    total = Takeover.objects.count()
    found = report.failovers(LISTED + 1, before)
    first = 1 if before is None else Takeover.objects.filter(term__gte=before).count() + 1
    more = len(found) > LISTED
    rows = [row(one) for one in found[:LISTED]]
    return Page(rows, total, first if rows else 0, LISTED, next=str(rows[-1].term) if more else "")


def row(one: report.Failover) -> FailoverRow:
    """A take-over in one line."""
    now, lost = language(), one.unserved
    return FailoverRow(
        term=one.term, term_said=one.target.said, before=one.source.said if one.source else "",
        source=one.source.node if one.source else "", target=one.target.node, at=one.at, since=one.last_seen_at,
        ready=one.ready_at, failed_over=one.failed_over, why=wording.sentence([one.why.id, one.why.params]),
        unserved=timedelta(seconds=lost.seconds) if lost and lost.seconds is not None else None,
        unserved_said=lost.said.text(now) if lost else "", interrupted=one.interrupted, in_doubt=one.in_doubt,
        acknowledged_by=one.acknowledged_by, acknowledged=one.acknowledged_at,
        wants_acknowledgement=one.wants_acknowledgement,
    )  # fmt: skip


def failover(term: int) -> FailoverShown:
    """The report of the take-over that began ``term``. Raises Refused KNM6010-E when there is none."""
    whole = report.failover_report(term)
    head = row(whole.failover)
    known = {one.name: one for one in nodes()}
    return FailoverShown(
        row=head,
        headline=whole.headline.text(language()),
        running=whole.running,
        needs_person=whole.needs_person,
        in_doubt=[_reported(one) for one in whole.in_doubt],
        groups=[GroupShown(str(g.group), g.count, [_reported(one) for one in g.rows], g.after) for g in whole.groups],
        source_now=_other(known.get(head.source), head),
        target_now=known.get(head.target),
        axis=_axis(head),
        earlier=[(one.term, one.said, one.node) for one in whole.earlier],
        next_term=whole.next_term,
    )


def failover_json(term: int) -> dict[str, Any]:
    """The report for programs, as the API and ``kanmon report failover --json`` give it."""
    return as_json.report(report.failover_report(term))


def failover_group(term: int, group: str, after: int) -> tuple[FailoverRow, GroupShown]:
    """Rows of one group after operation ``after``. Raises Refused KNM6010-E when there is no such report or group."""
    if group not in set(Group):
        raise Refused("KNM6010-E", status=404, what="Group", name=group)
    whole = report.failover_report(term, rows=1)
    rows = report.reported(term, Group(group), after)
    count = next(one.count for one in whole.groups if one.group == group)
    more = rows[-1].id if len(rows) >= report.ROWS else 0
    return row(whole.failover), GroupShown(group, count, [_reported(one) for one in rows], more)


def _other(node: NodeSeen | None, head: FailoverRow) -> NodeSeen | None:
    return node if head.source != head.target else None


def _reported(one: report.Reported) -> ReportedRow:
    return ReportedRow(
        number=one.id, kind=one.kind, subject=subject(one.subject), requester=one.requester, actor=one.actor,
        node=one.node, term=eras.said(one.term) if one.term else "", started=one.started_at, outcome=str(one.outcome),
        said=wording.sentence([one.said.id, one.said.params]), sentence=one.sentence, ended=one.ended_at, again=one.again, can=one.can,
    )  # fmt: skip


def _axis(head: FailoverRow) -> Axis | None:
    """The drawing; None where nothing was lost, or the clocks make no sense of it."""
    if head.since is None or head.unserved is None or not head.source or head.unserved < timedelta(0):
        return None
    until = head.ready or head.at
    whole = (until - head.since).total_seconds()
    share = (head.at - head.since).total_seconds() / whole if whole > 0 else 1.0
    return Axis(
        lost_x=LOST_X, taken_x=round(LOST_X + (READY_X - LOST_X) * min(1.0, max(0.0, share)), 1), ready_x=READY_X,
        lost=wording.precise(head.since), taken=wording.precise(head.at), ready=wording.precise(until),
        unserved=wording.duration(head.unserved),
    )  # fmt: skip
