"""Nodes, health, and the reports after a failover."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kanmon.cluster.nodes import NodeSeen


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that is not healthy. ``severity``: error or warning."""

    id: str
    severity: str
    text: str
    cause: str
    remedy: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An action that waits. ``from_backup``: it was decided before the restore."""

    number: int
    kind: str
    subject: str
    decided: datetime
    from_backup: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Actions that are not begun since a restore, until a person releases them; ``rows`` are the oldest of ``count``."""

    lanes: Sequence[str]
    since: datetime
    count: int
    rows: Sequence[HeldRow]


@dataclass(frozen=True, slots=True)
class ClusterShown:
    """Who works, under which term, and what is not as it should be. ``active`` is empty when nobody works."""

    nodes: Sequence[NodeSeen]
    active: str
    term: str
    warnings: Sequence[Warned]
    held: Held | None


@dataclass(frozen=True, slots=True)
class FailoverRow:
    """A take-over in one line. ``failed_over`` false: a first start, a start after a stop in order, a hand-over."""

    term: int
    term_said: str
    before: str  # term of the node before, "" at the first start
    source: str
    target: str
    at: datetime
    since: datetime | None  # last sign of life of the node before
    ready: datetime | None
    failed_over: bool
    why: str
    unserved: timedelta | None
    unserved_said: str
    interrupted: int
    in_doubt: int
    acknowledged_by: str
    acknowledged: datetime | None
    wants_acknowledgement: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """The failovers that nobody has acknowledged, put together; ``term`` and ``at`` are the newest one's."""

    count: int
    term: int
    at: datetime
    since: datetime
    interrupted: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """An operation of a report."""

    number: int
    kind: str
    subject: str
    requester: str
    actor: str
    node: str
    term: str
    started: datetime | None
    outcome: str
    said: str
    sentence: str
    ended: datetime | None
    again: int | None
    can: Sequence[str]


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One of the five tables of a report; ``after`` asks for the rows that are not shown, 0 when all are."""

    group: str
    count: int
    rows: Sequence[ReportedRow]
    after: int


@dataclass(frozen=True, slots=True)
class Axis:
    """The drawing of a take-over: where the three moments lie, 0 to 1120, and their times."""

    lost_x: float
    taken_x: float
    ready_x: float
    lost: str
    taken: str
    ready: str
    unserved: str

    @property
    def gap_width(self) -> float:
        """Width of the time that was not served."""
        return self.ready_x - self.lost_x

    @property
    def gap_middle(self) -> float:
        """Where its words stand."""
        return (self.ready_x + self.lost_x) / 2

    @property
    def after_width(self) -> float:
        """Width of the new node's bar."""
        return 1100 - self.taken_x


@dataclass(frozen=True, slots=True)
class FailoverShown:
    """The report of a take-over. ``earlier``: take-overs whose work had not been resumed before this one."""

    row: FailoverRow
    headline: str
    running: int
    needs_person: int
    in_doubt: Sequence[ReportedRow]
    groups: Sequence[GroupShown]
    source_now: NodeSeen | None
    target_now: NodeSeen | None
    axis: Axis | None
    earlier: Sequence[tuple[int, str, str]]  # term, as it is said, node
    next_term: int | None


@dataclass(frozen=True, slots=True)
class ChangeDone:
    """A form that was done: by whom, and what it was."""

    operation: int
    actor: str
    what: str
