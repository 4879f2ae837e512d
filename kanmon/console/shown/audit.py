"""The audit as its page shows it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the audit, in words."""

    number: int
    at: datetime
    who: str
    sentence: str
    what: str  # the event
    subject: str
    address: str
    operation: int | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of rows, the newest first. ``older``: where the next page begins; 0: there is none."""

    lines: list[AuditLine]
    older: int


@dataclass(frozen=True, slots=True)
class Seals:
    """What the audit is sealed with: the newest seal as people copy it, and what is not sealed yet."""

    newest: str
    unsealed: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of seals has found. ``through``: the last seal looked at; ``next``: where to go on, None: the end."""

    problems: list[str] = field(default_factory=list)
    seals: int = 0
    rows: int = 0
    next: int | None = None
