"""Operations of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of the journal."""

    number: int
    kind: str
    subject: str
    state: str
    requester: str
    actor: str
    attempt: int
    max_attempts: int
    begun: datetime
    ended: datetime | None
    outcome: str
    node: str = ""
    redo_of: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One line of an operation's story."""

    at: datetime
    node: str
    term: str
    attempt: int
    event: str
    detail: str


@dataclass(frozen=True, slots=True)
class OperationShown:
    """One operation with its entries."""

    row: OperationRow
    entries: Sequence[EntryShown]
    following: Sequence[OperationRow]
    can: Sequence[str] = ()  # what a person may decide now
    again: int | None = None  # the operation that does it again
    output: str = ""  # the end of what a command wrote, on this node
    evidence: str = ""  # what its end says, or why it is in doubt
