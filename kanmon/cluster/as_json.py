"""The report and the warnings for programs: plain values, times in ISO 8601, sentences in both languages."""

from datetime import datetime
from typing import Any

from kanmon.cluster.health import HealthWarning
from kanmon.cluster.report import Failover, FailoverReport, GroupReport, Leader, Reported
from kanmon.cluster.said import plain


def report(one: FailoverReport) -> dict[str, Any]:
    """The whole report. ``outcomes`` and ``running`` count everything; ``operations`` of a group may be the first."""
    return {
        **failover(one.failover),
        "headline": one.headline.as_json(),
        "running": one.running,
        "needs_person": one.needs_person,
        "outcomes": {str(outcome): number for outcome, number in one.outcomes.items()},
        "in_doubt": [reported(row) for row in one.in_doubt],
        "groups": [group(part) for part in one.groups],
        "earlier": [leader(earlier) for earlier in one.earlier],
        "next_term": one.next_term,
    }


def failover(one: Failover) -> dict[str, Any]:
    """A take-over in one line."""
    unserved = one.unserved
    return {
        "term": one.term, "term_said": one.target.said, "cause": one.cause, "why": one.why.as_json(),
        "failed_over": one.failed_over, "from": leader(one.source), "to": leader(one.target),
        "last_seen_at": _time(one.last_seen_at), "at": _time(one.at), "ready_at": _time(one.ready_at),
        "unserved": unserved
        and {"seconds": unserved.seconds, "exact": unserved.exact, "said": unserved.said.as_json()},
        "put_back": one.interrupted, "found_in_doubt": one.in_doubt,
        "acknowledged_by": one.acknowledged_by or None, "acknowledged_at": _time(one.acknowledged_at),
    }  # fmt: skip


def group(part: GroupReport) -> dict[str, Any]:
    """One of the tables; ``after``: give it to ask for more, null when these are all."""
    return {
        "group": str(part.group), "count": part.count, "after": part.after or None,
        "operations": [reported(row) for row in part.rows],
    }  # fmt: skip


def reported(row: Reported) -> dict[str, Any]:
    """One operation of the report."""
    return {
        "id": row.id, "kind": row.kind, "subject": row.subject, "group": str(row.group), "requester": row.requester,
        "actor": row.actor, "node": row.node, "term": row.term, "attempt": row.attempt,
        "started_at": _time(row.started_at), "outcome": str(row.outcome), "said": row.said.as_json(),
        "state": row.state, "result": row.result, "sentence": row.sentence, "begun_at": _time(row.begun_at),
        "ended_at": _time(row.ended_at), "again": row.again, "can": list(row.can),
    }  # fmt: skip


def leader(one: Leader | None) -> dict[str, Any] | None:
    """A node in a term."""
    return {"node": one.node, "term": one.term, "term_said": one.said} if one else None


def warning(one: HealthWarning) -> dict[str, Any]:
    """A health warning with what to do."""
    return {
        "id": one.id, "severity": one.severity, "params": plain(one.params), "since": _time(one.since),
        "said": one.said.as_json(),
        "cause": {"en": one.cause("en"), "ja": one.cause("ja")},
        "remedy": {"en": one.remedy("en"), "ja": one.remedy("ja")},
    }  # fmt: skip


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
