"""Shapes of bodies and answers. Made by tools/make_client.py: not to be changed by hand."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Acknowledged(TypedDict):
    """Reports that have been seen."""

    terms: list[int]
    terms_said: list[str]
    change: int
    now: bool


class Act(TypedDict):
    """About whom to decide: ``all``, ``pcs`` (asset numbers or hosts), or a ``group`` with what is below."""

    all: NotRequired[bool]
    pcs: NotRequired[list[str]]
    group: NotRequired[str]
    policy: NotRequired[str]
    conditions: NotRequired[bool]
    kinds: NotRequired[list[str]]


class Answer(TypedDict):
    """What a person says: to ``questions`` (their numbers), of ``kinds``, or to all; about ``pcs`` only, or everybody."""

    decision: Literal["approve", "decline"]
    questions: NotRequired[list[int]]
    kinds: NotRequired[list[str]]
    pcs: NotRequired[list[str]]
    all: NotRequired[bool]


class ApiToken(TypedDict):
    """An API token; what it is is kept nowhere."""

    name: str
    role: str
    groups: list[str] | None
    created_at: str
    created_by: str
    state: str
    expires_at: str | None
    last_used_at: str | None


class Applied(TypedDict):
    """What was changed; null: nothing was to do."""

    operation: int | None
    judgment: int | None
    acting: NotRequired[int | None]
    changes: NotRequired[int]
    steps: list[Step]


class Assignment(TypedDict):
    """Which policy holds where: one of ``system``, ``group``, ``pc``."""

    kind: Literal["judgment", "action"]
    policy: str
    system: NotRequired[bool]
    group: NotRequired[str]
    pc: NotRequired[str]


class AuditExport(TypedDict):
    """Sealed rows as lines."""

    lines: list[Any]
    rows: int
    through: int
    next: int | None


class AuditVerified(TypedDict):
    """What does not fit its seal; ``next`` as ``after`` goes on."""

    problems: list[dict[str, Any]]
    seals: int
    rows: int
    next: int | None
    newest: str | None
    unsealed: int
    unsealed_since: Any


class Because(TypedDict):
    """Why it is decided so: kept with the operation, in the Manager log and in the audit."""

    because: NotRequired[str]


class ByHand(TypedDict):
    """What a person wants of a PC: by MACs, else by address, host name, or both."""

    wanted: Literal["refuse", "lift", "permit", "deny", "withdraw", "remove"]
    mac: NotRequired[list[str]]
    ip: NotRequired[str]
    host: NotRequired[str]
    reason: NotRequired[str]


class ByNumber(TypedDict):
    """Which orders, by number."""

    orders: list[int]
    because: NotRequired[str]


class Changed(TypedDict):
    """A change that was made by ``operation``; other fields say what it was."""

    operation: int | None


class Chosen(TypedDict):
    """Which orders, by number, or all that were not delivered (1,000 at a time; of one kind, if it is named)."""

    orders: NotRequired[list[int]]
    all_failed: NotRequired[bool]
    kind: NotRequired[str]
    because: NotRequired[str]


class ClientForgotten(TypedDict):
    """Whose client is listened to no more."""

    pc: int
    host: str
    operation: int


class ClientRow(TypedDict):
    """The client of a PC."""

    pc: int
    host: str
    agent: str
    registered_at: str
    seen_at: str
    refused_at: str | None


class Csv(TypedDict):
    """A list as CSV."""

    text: str
    name: NotRequired[str]
    version: NotRequired[int]


class Delivery(TypedDict):
    """An order and what became of it."""

    order: int
    operation: int
    kind: str
    state: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    run: int
    to: list[str]
    pcs: int
    attempts: int
    sentence: str
    decided_at: str
    ended_at: str | None


class Difference(TypedDict):
    """What differs in words."""

    kind: str
    name: str
    old: int
    new: int
    differences: list[str]


class Effect(TypedDict):
    """What would change if a document held."""

    policy: str
    replaces: list[str]
    pcs: int
    changed: int
    otherwise_found: int
    milliseconds: float
    levels: list[LevelCount]
    matrix: list[dict[str, Any]]
    entered: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    notes: list[str]


Failover = TypedDict(
    "Failover",
    {
        "from": "Leader | None",
        "term": "int",
        "term_said": "str",
        "cause": "str",
        "why": "Said",
        "failed_over": "bool",
        "to": "Leader",
        "last_seen_at": "str | None",
        "at": "str",
        "ready_at": "str | None",
        "unserved": "Unserved | None",
        "put_back": "int",
        "found_in_doubt": "int",
        "acknowledged_by": "str | None",
        "acknowledged_at": "str | None",
    },
)

FailoverReport = TypedDict(
    "FailoverReport",
    {
        "from": "Leader | None",
        "term": "int",
        "term_said": "str",
        "cause": "str",
        "why": "Said",
        "failed_over": "bool",
        "to": "Leader",
        "last_seen_at": "str | None",
        "at": "str",
        "ready_at": "str | None",
        "unserved": "Unserved | None",
        "put_back": "int",
        "found_in_doubt": "int",
        "acknowledged_by": "str | None",
        "acknowledged_at": "str | None",
        "headline": "Said",
        "running": "int",
        "needs_person": "int",
        "outcomes": "dict[str, int]",
        "in_doubt": "list[Reported]",
        "groups": "list[ReportGroup]",
        "earlier": "list[Leader]",
        "next_term": "int | None",
    },
)


class Feed(TypedDict):
    """A feed with its day and age."""

    name: str
    format: str
    covers: NotRequired[Any]
    dated: str
    age_days: int
    imported_at: str
    imported_by: str
    rows: NotRequired[int]
    records: NotRequired[int]
    used: int
    updates: NotRequired[int]
    holes: NotRequired[int]


class Feeds(TypedDict):
    """All that is known from outside."""

    patch_knowledge: int
    too_old: bool
    feeds: list[Feed]
    vulnerabilities_too_old: list[str]
    vulnerabilities: list[Feed]


class Files(TypedDict):
    """The files of a folder: name -> text."""

    files: dict[str, str]
    prune: NotRequired[bool]
    language: NotRequired[str]
    already: NotRequired[Literal["ask", "leave", "act"]]


class Finding(TypedDict):
    """What was found and wanted by one condition, and how to mend it."""

    condition: str
    title: str
    outcome: Literal["failed", "unknown", "waived"]
    found: str
    wanted: str
    mend: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    waiver: str


class Forgotten(TypedDict):
    """A node that is not listed any more."""

    name: str
    change: int
    now: bool


Group = Literal["judgment", "action", "window", "agent_action", "agent_setup"]


class GroupPath(TypedDict):
    """The path of a group; ``to``: its new one."""

    path: str
    to: NotRequired[str]


class GroupRow(TypedDict):
    """A group with its PCs, those below not counted."""

    path: str
    pcs: int


class Health(TypedDict):
    """Warnings; healthy without any."""

    healthy: bool
    warnings: list[HealthWarning]


class HealthWarning(TypedDict):
    """What is not healthy, and what to do."""

    id: str
    severity: str
    params: dict[str, Any]
    since: str | None
    said: Said
    cause: InBoth
    remedy: InBoth


class Held(TypedDict):
    """Whether a person holds all actions."""

    held: bool
    by: str
    since: str | None
    operation: NotRequired[int]


class HeldAction(TypedDict):
    """An action that waits since a restore."""

    id: int
    kind: str
    lane: str
    subject: str
    decided_at: str
    from_backup: bool


class HeldActions(TypedDict):
    """The oldest of those that wait since a restore."""

    lanes: Any
    since: str | None
    count: int
    operations: list[HeldAction]


class History(TypedDict):
    """Runs, newest first; ``next`` as ``cursor`` goes on, empty: the end."""

    runs: list[HistoryRun]
    next: str
    looked_until: str | None


class HistoryLine(TypedDict):
    """What happened at a moment."""

    at: str
    kind: str
    result: str
    run: int | None
    operation: int | None
    cause: str
    requester: str
    actor: str
    level_before: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"] | None
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"] | None
    policy: str
    step: int | None
    subject: str
    pcs: int | None
    changed: int | None
    why: str
    attempts: int
    ended: str | None
    sentence: str


class HistoryRun(TypedDict):
    """A run, or (``run`` null) what was ordered by hand; ``more``: lines that are not listed."""

    run: int | None
    at: str
    cause: str
    actor: str
    asked: str
    judged: int
    changed: int
    lines: list[HistoryLine]
    more: int


class InBoth(TypedDict):
    """A text in both languages."""

    en: str
    ja: str


class Item(TypedDict):
    """One of the six items; ``sub_results``: of antivirus."""

    item: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    findings: list[Finding]
    sub_results: NotRequired[dict[str, Any]]


class Joining(TypedDict):
    """A node that joins: the mark of its token, and its name."""

    mark: str
    node: str


class JournalEntry(TypedDict):
    """What happened to an operation."""

    at: str
    node: str
    term: int
    attempt: int | None
    event: str
    text: str


class JudgeOrder(TypedDict):
    """Whom to judge: all, these PCs (asset numbers or hosts), or a group and what is below it."""

    all: NotRequired[bool]
    pcs: NotRequired[list[str]]
    group: NotRequired[str]
    skip_unchanged: NotRequired[bool]


class Leader(TypedDict):
    """A node in a term."""

    node: str
    term: int
    term_said: str


class LevelCount(TypedDict):
    """PCs at a level before and after."""

    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    before: int
    after: int


class Link(TypedDict):
    """A signed link to the page of a PC."""

    pc: int
    host: str
    link: str
    days: int


class MailGroup(TypedDict):
    """A group of addresses."""

    name: str
    addresses: list[str]
    changed_at: str
    changed_by: str
    policies: list[str]


class MailPreview(TypedDict):
    """The mail that a policy would send."""

    policy: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    step: int
    language: str
    pcs: int
    to: list[str]
    notes: list[str]
    subject: str
    text: str
    html: str
    csv_pcs: int
    csv_bytes: int


class MailUser(TypedDict):
    """The address of a user."""

    user: str
    address: str


class MailUsers(TypedDict):
    """``users``: how many there are."""

    users: int
    rows: list[MailUser]


class Name(TypedDict):
    """What is taken off a list."""

    name: str


class Named(TypedDict):
    """What was changed, by its name."""

    name: str | None
    operation: int
    state: NotRequired[str]
    change: NotRequired[int]


class NetworkAgent(TypedDict):
    """An agent with how it is."""

    name: str
    state: str
    enrolled_at: str | None
    seen_at: str | None
    address: str
    version: str
    entries: int
    in_step: bool
    health: list[dict[str, Any]]
    last_start: dict[str, Any] | None


class NetworkEntry(TypedDict):
    """A line of the connection control list."""

    mac: str
    pc: int | None
    host: str
    state: str
    why: str
    network: str
    since: str
    reason: str
    order: str
    seen: Sighting | None


class NetworkOrder(TypedDict):
    """An order to the network."""

    id: int
    operation: int
    mac: str
    pc: int | None
    wanted: str
    by: str
    reason: str
    progress: str
    ordered_at: str
    acknowledged_at: str | None
    verified_at: str | None
    warned_at: str | None
    sentence: str


class NewAgent(TypedDict):
    """The name of an agent that is invited."""

    name: str


class NewAssignment(TypedDict):
    """The policy to assign; empty: take the assignment of this kind away."""

    system: NotRequired[bool]
    group: NotRequired[str]
    pcs: NotRequired[list[str]]
    kind: NotRequired[Literal["judgment", "action"]]
    policy: NotRequired[str]
    already: NotRequired[Literal["ask", "leave", "act"]]


class NewCopy(TypedDict):
    """The name of the copy, and the version that it has the content of (0: the newest)."""

    name: str
    version: NotRequired[int]


class NewLink(TypedDict):
    """A PC by asset number or host, and how long the link to its page is good."""

    pc: str
    days: NotRequired[int]


class NewList(TypedDict):
    """A list as CSV."""

    text: str
    comment: NotRequired[str]


class NewMailList(TypedDict):
    """A list as CSV."""

    text: str


class NewMembers(TypedDict):
    """PCs to put into a group."""

    path: str
    pcs: list[str]


class NewMessage(TypedDict):
    """A message to all managed PCs, to these (asset numbers or hosts), or to a group and what is below it."""

    all: NotRequired[bool]
    pcs: NotRequired[list[str]]
    group: NotRequired[str]
    title: str
    text: str
    html: NotRequired[str]
    expires_days: NotRequired[int]


class NewPerson(TypedDict):
    """A person to make; ``groups``: paths that limit them, none: the whole system; ``language``: en, ja or ''."""

    name: str
    role: str
    groups: NotRequired[list[str]]
    language: NotRequired[str]


class NewPolicy(TypedDict):
    """A policy document, YAML or JSON."""

    text: str
    comment: NotRequired[str]
    already: NotRequired[Literal["ask", "leave", "act"]]


class NewSchedule(TypedDict):
    """When (cron syntax, in ``zone``; '': that of the setting), and whom: ``groups`` with what is below; none: all."""

    name: str
    cron: str
    zone: NotRequired[str]
    groups: NotRequired[list[str]]
    skip_unchanged: NotRequired[bool]


class NewSettings(TypedDict):
    """``settings``: values by name, null for the default."""

    settings: dict[str, str | bool | int | float | list[str] | None]


class NewToken(TypedDict):
    """A source or API token to make; all but ``name`` counts for API tokens only."""

    name: str
    role: NotRequired[str]
    groups: NotRequired[list[str]]
    days: NotRequired[int | None]


class NewVersions(TypedDict):
    """Either ``products``, or ``text``: a CSV or JSON list of them."""

    products: NotRequired[list[Product]]
    text: NotRequired[str]
    policies: NotRequired[list[str]]


class NewWaiver(TypedDict):
    """What does not count there, why, who has approved it, and until when (that day included)."""

    system: NotRequired[bool]
    group: NotRequired[str]
    pcs: NotRequired[list[str]]
    condition: str
    reason: str
    approver: str
    expires: str
    begins: NotRequired[str | None]
    notice_days: NotRequired[int]


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


class Operation(TypedDict):
    """An operation with its entries; ``again``, ``change`` and ``now``: what a decision on it has done."""

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
    entries: list[JournalEntry]
    again: NotRequired[int | None]
    change: NotRequired[int]
    now: NotRequired[bool]


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


class Order(TypedDict):
    """What a person wants of PCs: asset numbers or hosts."""

    wanted: Literal["remove", "disable", "enable"]
    pcs: list[str]
    reason: NotRequired[str]


class OrdersChanged(TypedDict):
    """Which orders were decided on, and their new operations."""

    orders: list[int]
    operations: list[int]
    change: int
    now: bool


class Output(TypedDict):
    """What a command wrote."""

    operation: int
    node: str
    folder: str
    text: str
    cut: bool


class Pc(TypedDict):
    """One PC with its findings; ``as_of``, ``because`` and ``reproduced``: only when the past was asked for."""

    asset_number: str
    host: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    judged_at: str | None
    group: str
    policy: str | None
    inventory: list[Finding]
    items: list[Item]
    management: NotRequired[Literal["enabled", "disabled", "removed"]]
    source: NotRequired[str | None]
    last_seen_at: NotRequired[str]
    removed: NotRequired[Removed | None]
    as_of: NotRequired[str]
    because: NotRequired[str]
    reproduced: NotRequired[bool | None]


class PcName(TypedDict):
    """Which PC is meant."""

    number: int
    asset_number: str
    host: str


class PcRow(TypedDict):
    """A PC in a list; ``number`` never changes."""

    asset_number: str
    host: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    judged_at: str | None
    management: NotRequired[Literal["enabled", "disabled", "removed"]]
    as_of: NotRequired[str]
    number: int


class Person(TypedDict):
    """Somebody who may sign in."""

    name: str
    role: str
    groups: list[str] | None
    language: str
    state: str
    second_factor: bool
    last_sign_in: str | None
    made_at: str


class PersonAsked(TypedDict):
    """What a person is to be; null stays as it is."""

    role: NotRequired[str | None]
    groups: NotRequired[list[str] | None]
    everything: NotRequired[bool]
    language: NotRequired[str | None]


class PersonLink(TypedDict):
    """A one-time link, shown this once; empty with a ``sentence`` when the same call came again."""

    name: str
    operation: int
    link: str
    sentence: NotRequired[str]


class Plan(TypedDict):
    """What applying a folder would change."""

    steps: list[Step]
    left_over: list[Step]
    what_if: list[dict[str, Any]]


class Planned(TypedDict):
    """Files to plan; ``what_if``: also say what the changed policies would do to the PCs."""

    files: dict[str, str]
    prune: NotRequired[bool]
    language: NotRequired[str]
    already: NotRequired[Literal["ask", "leave", "act"]]
    what_if: NotRequired[bool]


class PolicyText(TypedDict):
    """A version with its text (YAML)."""

    kind: Literal["judgment", "action"]
    name: str
    version: int
    author: str
    comment: str
    read_only: bool
    created_at: str
    text: str


class PreviewOrder(TypedDict):
    """``text``: a document that nobody has saved; else the newest version of ``policy``."""

    policy: NotRequired[str]
    text: NotRequired[str]
    level: NotRequired[str]
    step: NotRequired[int]
    language: NotRequired[str]
    user: NotRequired[bool]
    pcs: NotRequired[list[str]]


class Problem(TypedDict):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    id: str
    how: str
    errors: NotRequired[list[dict[str, Any]]]


class Product(TypedDict):
    """A product with its newest versions; what is empty is not known."""

    product: str
    version: NotRequired[str]
    engine: NotRequired[str]
    definitions: NotRequired[str]


PropertyClass = TypedDict(
    "PropertyClass",
    {
        "class": "str",
        "properties": "list[str]",
        "records": "int",
        "pcs": "int",
    },
)

PropertyRow = TypedDict(
    "PropertyRow",
    {
        "class": "str",
        "property": "str",
        "type": "str",
        "distinct": "int",
        "pcs": "int",
        "of_pcs": "int",
        "values": "list[PropertyValue]",
    },
)


class PropertyValue(TypedDict):
    """A value, and how many PCs have it."""

    value: str
    pcs: int


class Question(TypedDict):
    """About which action a person is asked, and about how many PCs."""

    number: int
    kind: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    step: int
    policy: str
    why: str
    pcs: int
    since: str
    operation: int


class RefusedBody(TypedDict):
    """A body that was not taken in."""

    id: int
    received_at: str
    source: str | None
    address: str | None
    agent: str
    size: int
    message_id: str
    sentence: str


class Rejudged(TypedDict):
    """``judgment`` judges whom the change concerns, ``acting`` decides actions; null: nobody is concerned."""

    operation: int | None
    judgment: int | None
    acting: NotRequired[int | None]


class Release(TypedDict):
    """What becomes of the actions that wait: cancelled, unless this says otherwise."""

    carry_out: NotRequired[bool]
    discard_before: NotRequired[str | None]
    keep: NotRequired[list[int]]
    lanes: NotRequired[list[str]]


class Removed(TypedDict):
    """Since when a PC is removed from management, by whom, and why."""

    at: str
    by: str
    reason: str


class ReportGroup(TypedDict):
    """One of the tables of a report."""

    group: str
    count: int
    after: int | None
    operations: list[Reported]


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


class RollBack(TypedDict):
    """The version whose content is wanted again."""

    version: int
    already: NotRequired[Literal["ask", "leave", "act"]]
    comment: NotRequired[str]


class Said(TypedDict):
    """A sentence in both languages."""

    id: str
    params: dict[str, Any]
    en: str
    ja: str


class Schedule(TypedDict):
    """When is judged, and whom."""

    name: str
    cron: str
    zone: str
    groups: list[str]
    skip_unchanged: bool
    next: str
    last: str | None
    author: str


class SetUp(TypedDict):
    """A version of the setup."""

    version: int | None
    operation: int


class Setting(TypedDict):
    """A setting as it holds on this node."""

    name: str
    value: Any
    default: Any
    unit: str
    least: float | None
    most: float | None
    choices: list[str]
    source: str
    changeable: bool
    changed_at: str | None
    changed_by: str
    meaning: str


class SettingsChanged(TypedDict):
    """What was set; null: the default holds again."""

    settings: dict[str, Any]
    operation: int


class Sighting(TypedDict):
    """Where the network saw a device."""

    network: str
    how: str
    ip: str
    nas: str
    port: str
    agent: str
    at: str
    wrong_since: str | None


class Status(TypedDict):
    """Where this is, and how much there is."""

    version: str
    node: str | None
    term: int
    pcs: int
    levels: dict[str, int]
    operations_open: int | None
    reports_queued: int | None
    actions_held_since: str | None


class Step(TypedDict):
    """What a folder of policies changes; ``now``: what is there at present."""

    does: str
    what: str
    said: list[str]
    now: str


class StoredDay(TypedDict):
    """The day to store; '': today."""

    day: NotRequired[str]


class Suspected(TypedDict):
    """A report that waits for a person."""

    id: int
    received_at: str
    source: str
    device: str
    pc: int | None
    reasons: list[str]


class SuspectedDecision(TypedDict):
    """What a person says of a suspected report; ``pc`` is a PC's number, for 'same'."""

    decision: Literal["same", "new", "reject"]
    pc: NotRequired[int | None]


class Switch(TypedDict):
    """Whether all actions are held."""

    held: bool


class TestMail(TypedDict):
    """Whom the test mail goes to."""

    address: str


class TestReceiver(TypedDict):
    """``receiver``: section and name, as webhook/siem or events/siem."""

    receiver: str


class Timeline(TypedDict):
    """What happened to a PC."""

    asset_number: str
    host: str
    lines: list[HistoryLine]
    next: str


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


class Tried(TypedDict):
    """How one try ended."""

    good: bool
    id: str
    sentence: str


class TriedOut(TypedDict):
    """What was tried out, server by server."""

    tried: list[Tried]
    operation: int


class Unmanaged(TypedDict):
    """A device that no inventory knows."""

    network: str
    how: str
    ip: str
    nas: str
    port: str
    agent: str
    at: str
    wrong_since: str | None
    id: int
    mac: str
    first_at: str


class Unserved(TypedDict):
    """How long nobody served."""

    seconds: float
    exact: bool
    said: Said


class UserMessage(TypedDict):
    """A message with how far it has come."""

    id: int
    pc: int
    host: str
    operation: int
    title: str
    text: str
    state: str
    made_at: str
    expires_at: str
    delivered_at: str | None
    shown_at: str | None
    expired_at: str | None


VerdictRow = TypedDict(
    "VerdictRow",
    {
        "verdict": "int",
        "level": 'Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]',
        "level_before": 'Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]',
        "from": "str",
        "to": "str | None",
        "cause": "str",
        "policy": "str | None",
        "run": "int | None",
        "items": 'dict[str, Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]]',
    },
)


class Version(TypedDict):
    """A version of a policy."""

    kind: Literal["judgment", "action"]
    name: str
    version: int
    author: str
    comment: str
    read_only: bool
    created_at: str


class Waiver(TypedDict):
    """What does not count where, and until when."""

    id: int
    condition: str
    system: NotRequired[bool]
    group: NotRequired[str]
    pc: NotRequired[str]
    reason: str
    approver: str
    author: str
    created_at: str
    begins: str
    expires: str
    notice_days: int
    ended_at: str | None
    ended_by: str


class Wanted(TypedDict):
    """What is asked for; a day is meant from its beginning (``since``), to its end (``until``)."""

    since: NotRequired[str]
    until: NotRequired[str]
    cause: NotRequired[str]
    kind: NotRequired[str]
    level: NotRequired[str]
    result: NotRequired[str]
    cursor: NotRequired[str]
    language: NotRequired[Literal["en", "ja"]]


class WantedNumbers(TypedDict):
    """``by``: month, week or day; ``group`` with those ``deep`` levels below it; days from ``since`` to ``until``."""

    by: NotRequired[str]
    group: NotRequired[str]
    deep: NotRequired[int]
    since: NotRequired[str]
    until: NotRequired[str]


class WhatIf(TypedDict):
    """A judgment policy as YAML or JSON, and where it would hold (see ``whatif.Target``); '': by its name."""

    text: str
    policy: NotRequired[str]
    group: NotRequired[str]
    system: NotRequired[bool]
    language: NotRequired[str]


class WhatIfPc(TypedDict):
    """A PC that would come to a level."""

    number: int
    asset_number: str
    host: str
    group: str
    before: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    after: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    because: list[str]
    now: bool


class WhatIfPcs(TypedDict):
    """``level``: of the PCs that would come to it, those after PC number ``after``."""

    text: str
    policy: NotRequired[str]
    group: NotRequired[str]
    system: NotRequired[bool]
    language: NotRequired[str]
    level: str
    after: NotRequired[int]
    limit: NotRequired[int]


class WhyAction(TypedDict):
    """What the action policy does about a PC, and why it does not do it now."""

    kind: str
    level: Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]
    step: int
    policy: str
    state: str
    sentence: str


class WhyActions(TypedDict):
    """All that it does about one PC."""

    asset_number: str
    host: str
    managed: bool
    sentence: str
    waived: str
    actions: list[WhyAction]
