"""Answers about operations, nodes, failovers, and what became of a change."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from kanmon.api.answers.pcs import LevelWord


class OperationRow(TypedDict):
    """An operation: what was begun, how far it is, and how it ended."""

    id: int
    kind: str
    subject: str
    requester: str
    actor: str
    state: Literal["waiting", "held", "running", "in_doubt", "finished", "failed", "cancelled"]
    attempt: int
    run: int | None
    parent: int | None
    redo_of: int | None
    progress: dict[str, Any] | None
    outcome: dict[str, Any] | None
    begun_at: str
    ended_at: str | None


class JournalEntry(TypedDict):
    """What happened to an operation."""

    at: str
    node: str
    term: int
    attempt: int | None
    event: str
    text: str


class Operation(OperationRow):
    """An operation with its entries; ``again``, ``change`` and ``now``: what a decision on it has done."""

    entries: list[JournalEntry]
    again: NotRequired[int | None]
    change: NotRequired[int]
    now: NotRequired[bool]


class Changed(TypedDict):
    """A change that was made by ``operation``; other fields say what it was."""

    operation: int | None


class Rejudged(Changed):
    """``judgment`` judges whom the change concerns, ``acting`` decides actions; null: nobody is concerned."""

    judgment: int | None
    acting: NotRequired[int | None]


class Named(TypedDict):
    """What was changed, by its name."""

    name: str | None
    operation: int
    state: NotRequired[str]
    change: NotRequired[int]


class Token(TypedDict):
    """A token, shown this once; empty with a ``sentence`` when the same call came again."""

    name: NotRequired[str]
    token: str
    operation: NotRequired[int]
    sentence: NotRequired[str]


class TokenRow(TypedDict):
    """An API token; what it is is kept nowhere."""

    name: str
    role: NotRequired[str]
    created_at: str
    created_by: str
    state: str


class Status(TypedDict):
    """Where this is, and how much there is. Null: not for callers who are limited to groups."""

    version: str
    node: str | None
    term: int
    pcs: int
    levels: dict[LevelWord, int]
    operations_open: int | None
    reports_queued: int | None
    actions_held_since: str | None


class NodeRow(TypedDict):
    """A node of the cluster."""

    name: str
    state: str
    term: str | None
    version: str
    ready: bool
    address: str
    silent_seconds: float | None
    started_at: str


class Said(TypedDict):
    """A sentence in both languages."""

    id: str
    params: dict[str, Any]
    en: str
    ja: str


class InBoth(TypedDict):
    """A text in both languages."""

    en: str
    ja: str


class Leader(TypedDict):
    """A node in a term."""

    node: str
    term: int
    term_said: str


class Unserved(TypedDict):
    """How long nobody served."""

    seconds: float
    exact: bool
    said: Said


_From = TypedDict("_From", {"from": Leader | None})


class Failover(_From):
    """A take-over in one line."""

    term: int
    term_said: str
    cause: str
    why: Said
    failed_over: bool
    to: Leader
    last_seen_at: str | None
    at: str
    ready_at: str | None
    unserved: Unserved | None
    put_back: int
    found_in_doubt: int
    acknowledged_by: str | None
    acknowledged_at: str | None


class Reported(TypedDict):
    """An operation in the report of a take-over."""

    id: int
    kind: str
    subject: str
    group: str
    requester: str
    actor: str
    node: str
    term: int
    attempt: int
    started_at: str | None
    outcome: str
    said: Said
    state: str
    result: str
    sentence: str
    begun_at: str | None
    ended_at: str | None
    again: int | None
    can: list[str]


class ReportGroup(TypedDict):
    """One of the tables of a report."""

    group: str
    count: int
    after: int | None
    operations: list[Reported]


class FailoverReport(Failover):
    """What was running when a node took over, and what became of it."""

    headline: Said
    running: int
    needs_person: int
    outcomes: dict[str, int]
    in_doubt: list[Reported]
    groups: list[ReportGroup]
    earlier: list[Leader]
    next_term: int | None


class Acknowledged(TypedDict):
    """Reports that have been seen."""

    terms: list[int]
    terms_said: list[str]
    change: int
    now: bool


class HealthWarning(TypedDict):
    """What is not healthy, and what to do."""

    id: str
    severity: str
    params: dict[str, Any]
    since: str | None
    said: Said
    cause: InBoth
    remedy: InBoth


class Health(TypedDict):
    """Warnings; healthy without any."""

    healthy: bool
    warnings: list[HealthWarning]


class Forgotten(TypedDict):
    """A node that is not listed any more."""

    name: str
    change: int
    now: bool
