"""The after-failover report: when, why, from which node to which, how long unserved, and what became of everything
that was running. It is read from the journal each time, so it says how things stand *now*: an operation that was in
doubt and has been closed since is shown as closed.

    failovers(limit)             the newest take-overs, one line each
    failover_report(term)        one of them: head, what is in doubt, and the first rows of each group
    reported(term, group, ...)   further rows of a group, page by page

Everything that people read is a ``Said``: ``.text("en")`` or ``.text("ja")``. Counts are complete, rows are bounded.
"""

from dataclasses import dataclass
from datetime import datetime

from kanmon.cluster import running, unserved
from kanmon.cluster.outcome import Group, Outcome
from kanmon.cluster.rows import Reported as Reported
from kanmon.cluster.running import PAGE, Counted, Span
from kanmon.cluster.said import Said
from kanmon.cluster.unserved import Unserved as Unserved
from kanmon.common.errors import Refused
from kanmon.journal import eras
from kanmon.journal.models import Takeover

ROWS = 200  # of each group in a report; the others are asked for page by page
IN_DOUBT_ROWS = 1000
FAILOVERS = 1000


@dataclass(frozen=True, slots=True)
class Leader:
    """A node in a term."""

    node: str
    term: int

    @property
    def said(self) -> str:
        """The term as people read it: "42", "1763840000-3"."""
        return eras.said(self.term)


@dataclass(frozen=True, slots=True)
class GroupReport:
    """One of the tables. ``count`` is complete; ``rows`` are the first of them, ``after`` asks for more (0: none)."""

    group: Group
    count: int
    rows: tuple[Reported, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Failover:
    """A take-over in one line. ``cause`` is the word that is stored (journal.takeover.Cause), ``why`` its sentence."""

    term: int
    cause: str
    why: Said
    failed_over: bool  # false for a first start, a clean start, a hand-over
    source: Leader | None  # None at the first start
    target: Leader
    last_seen_at: datetime | None
    at: datetime
    ready_at: datetime | None
    unserved: Unserved | None
    interrupted: int  # as the take-over counted them
    in_doubt: int
    acknowledged_by: str
    acknowledged_at: datetime | None

    @property
    def wants_acknowledgement(self) -> bool:
        """Whether it is shown to everybody until somebody has seen it."""
        return self.failed_over and self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class FailoverReport:
    """The whole. ``in_doubt`` first; then ``groups``, all five in order, with every operation that was running
    (those in doubt stand in their group, too). ``outcomes`` counts them all.
    """

    failover: Failover
    headline: Said
    running: int  # all operations of the report
    needs_person: int  # in doubt now, or held
    outcomes: dict[Outcome, int]
    in_doubt: tuple[Reported, ...]
    groups: tuple[GroupReport, ...]
    earlier: tuple[Leader, ...]  # take-overs before this one whose operations had not been begun again, newest first
    next_term: int | None  # of the take-over after this one


def failovers(limit: int = 50, before: int | None = None) -> list[Failover]:
    """The newest take-overs (before term ``before``), first starts and clean starts too; ``limit`` at most 1,000."""
    rows = Takeover.objects.order_by("-term")
    if before is not None:
        rows = rows.filter(term__lt=before)
    return [_failover(row) for row in rows[: max(1, min(limit, FAILOVERS + 1))]]


def newest_failover() -> Failover | None:
    """The newest take-over that was a failover and that nobody has acknowledged: for a banner on every page."""
    row = Takeover.objects.filter(acknowledged_at=None).exclude(cause__in=unserved.ORDERLY).order_by("-term").first()
    return _failover(row) if row else None


def failover_report(term: int | None = None, rows: int = ROWS) -> FailoverReport:
    """The report of the take-over that began ``term`` (None: the newest), ``rows`` of each group.

    Raises Refused KNM6010-E when there is none.
    """
    found = Takeover.objects.filter(term=term) if term is not None else Takeover.objects.order_by("-term")
    takeover = found.first()
    if takeover is None:
        raise Refused("KNM6010-E", status=404, what="Take-over", name="-" if term is None else eras.said(term))
    following = Takeover.objects.filter(term__gt=takeover.term).order_by("term").first()
    span = running.span(takeover)
    counted = running.count(span)
    groups = []
    for group in Group:
        page = running.page(span, group, 0, rows) if counted.groups[group] else []
        more = page[-1].id if 0 < len(page) < counted.groups[group] else 0
        groups.append(GroupReport(group, counted.groups[group], tuple(page), more))
    doubtful = running.in_doubt(span, IN_DOUBT_ROWS) if counted.outcomes.get(Outcome.IN_DOUBT) else []
    return FailoverReport(
        failover=_failover(takeover), headline=_headline(counted), running=counted.total,
        needs_person=counted.needs_person, outcomes=dict(counted.outcomes), in_doubt=tuple(doubtful),
        groups=tuple(groups), earlier=_earlier(span), next_term=following.term if following else None,
    )  # fmt: skip


def reported(term: int, group: Group, after: int = 0, limit: int = ROWS) -> list[Reported]:
    """Operations of ``group`` in the report of ``term`` whose id is above ``after``, at most 1,000."""
    takeover = Takeover.objects.filter(term=term).first()
    if takeover is None:
        raise Refused("KNM6010-E", status=404, what="Take-over", name=eras.said(term))
    return running.page(running.span(takeover), group, after, max(1, min(limit, PAGE + 1)))


def _failover(row: Takeover) -> Failover:
    source = Leader(row.from_node, row.from_term) if row.from_term is not None else None
    return Failover(
        term=row.term, cause=row.cause, why=unserved.why(row), failed_over=row.cause not in unserved.ORDERLY,
        source=source, target=Leader(row.to_node, row.term), last_seen_at=row.last_seen_at, at=row.at,
        ready_at=row.ready_at, unserved=unserved.measured(row), interrupted=int(row.counts.get("interrupted", 0)),
        in_doubt=int(row.counts.get("in_doubt", 0)), acknowledged_by=row.acknowledged_by or "",
        acknowledged_at=row.acknowledged_at,
    )  # fmt: skip


def _headline(counted: Counted) -> Said:
    if not counted.total:
        return Said("KNM4278-I")
    needs = counted.needs_person
    return Said("KNM4277-I", {"running": counted.total, "needs": needs, "nothing": counted.total - needs})


def _earlier(span: Span) -> tuple[Leader, ...]:
    return tuple(Leader(one.to_node, one.term) for one in span.earlier)
