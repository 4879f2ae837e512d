"""Answers about policies, groups, feeds, mail lists and the audit."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from kanmon.api.answers.operations import Changed
from kanmon.api.answers.pcs import LevelWord


class Version(TypedDict):
    """A version of a policy."""

    kind: Literal["judgment", "action"]
    name: str
    version: int
    author: str
    comment: str
    read_only: bool
    created_at: str


class PolicyText(Version):
    """A version with its text (YAML)."""

    text: str


class Difference(TypedDict):
    """What differs in words."""

    kind: str
    name: str
    old: int
    new: int
    differences: list[str]


class Csv(TypedDict):
    """A list as CSV."""

    text: str
    name: NotRequired[str]
    version: NotRequired[int]


class Step(TypedDict):
    """What a folder of policies changes; ``now``: what is there at present."""

    does: str
    what: str
    said: list[str]
    now: str


class Plan(TypedDict):
    """What applying a folder would change."""

    steps: list[Step]
    left_over: list[Step]
    what_if: list[dict[str, Any]]


class Applied(Changed):
    """What was changed; null: nothing was to do."""

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


class GroupRow(TypedDict):
    """A group with its PCs, those below not counted."""

    path: str
    pcs: int


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


class LevelCount(TypedDict):
    """PCs at a level before and after."""

    level: LevelWord
    before: int
    after: int


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


class WhatIfPc(TypedDict):
    """A PC that would come to a level."""

    number: int
    asset_number: str
    host: str
    group: str
    before: LevelWord
    after: LevelWord
    because: list[str]
    now: bool


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


class MailGroup(TypedDict):
    """A group of addresses."""

    name: str
    addresses: list[str]
    changed_at: str
    changed_by: str
    policies: list[str]


class MailUser(TypedDict):
    """The address of a user."""

    user: str
    address: str


class MailUsers(TypedDict):
    """``users``: how many there are."""

    users: int
    rows: list[MailUser]


class MailPreview(TypedDict):
    """The mail that a policy would send."""

    policy: str
    level: LevelWord
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


class AuditVerified(TypedDict):
    """What does not fit its seal; ``next`` as ``after`` goes on."""

    problems: list[dict[str, Any]]
    seals: int
    rows: int
    next: int | None
    newest: str | None
    unsealed: int
    unsealed_since: Any


class AuditExport(TypedDict):
    """Sealed rows as lines."""

    lines: list[Any]
    rows: int
    through: int
    next: int | None
