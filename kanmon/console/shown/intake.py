"""What came in and needs a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.console.shown.pcs import PcRow


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A body that was not taken in."""

    number: int
    at: datetime
    source: str
    address: str
    agent: str
    size: int
    sentence: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A report that may be of a known PC: both sides, field by field, and why it is doubted."""

    number: int
    at: datetime
    source: str
    format: str
    host: str
    why: Sequence[str]
    pcs: Sequence[PcRow]
    marks: Mapping[str, tuple[str, str]]  # host, user, serial...: reported, known
    operation: int | None = None  # somebody has decided, and this carries it out
