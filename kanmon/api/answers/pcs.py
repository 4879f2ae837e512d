"""Answers about PCs: their levels, findings and past."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

LevelWord = Literal["danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged"]


class PcRow(TypedDict):
    """A PC in a list; ``number`` never changes. ``as_of``: only when the past was asked for."""

    asset_number: str
    host: str
    level: LevelWord
    judged_at: str | None
    management: NotRequired[Literal["enabled", "disabled", "removed"]]
    as_of: NotRequired[str]
    number: int


class PcName(TypedDict):
    """Which PC is meant."""

    number: int
    asset_number: str
    host: str


class Finding(TypedDict):
    """What was found and wanted by one condition, and how to mend it."""

    condition: str
    title: str
    outcome: Literal["failed", "unknown", "waived"]
    found: str
    wanted: str
    mend: str
    level: LevelWord
    waiver: str


class Item(TypedDict):
    """One of the six items; ``sub_results``: of antivirus."""

    item: str
    level: LevelWord
    findings: list[Finding]
    sub_results: NotRequired[dict[str, Any]]


class Removed(TypedDict):
    """Since when a PC is removed from management, by whom, and why."""

    at: str
    by: str
    reason: str


class Pc(TypedDict):
    """One PC with its findings; ``as_of``, ``because`` and ``reproduced``: only when the past was asked for."""

    asset_number: str
    host: str
    level: LevelWord
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


VerdictRow = TypedDict(
    "VerdictRow",
    {
        "verdict": int,
        "level": LevelWord,
        "level_before": LevelWord,
        "from": str,
        "to": str | None,
        "cause": str,
        "policy": str | None,
        "run": int | None,
        "items": dict[str, LevelWord],
    },
)


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
    level_before: LevelWord | None
    level: LevelWord | None
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


class History(TypedDict):
    """Runs, newest first; ``next`` as ``cursor`` goes on, empty: the end."""

    runs: list[HistoryRun]
    next: str
    looked_until: str | None


class Timeline(TypedDict):
    """What happened to a PC."""

    asset_number: str
    host: str
    lines: list[HistoryLine]
    next: str


class WhyAction(TypedDict):
    """What the action policy does about a PC, and why it does not do it now."""

    kind: str
    level: LevelWord
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


_OfClass = TypedDict("_OfClass", {"class": str})


class PropertyClass(_OfClass):
    """A class of what inventories tell."""

    properties: list[str]
    records: int
    pcs: int


class PropertyValue(TypedDict):
    """A value, and how many PCs have it."""

    value: str
    pcs: int


class PropertyRow(_OfClass):
    """A property with its most frequent values."""

    property: str
    type: str
    distinct: int
    pcs: int
    of_pcs: int
    values: list[PropertyValue]
