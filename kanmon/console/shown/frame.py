"""The frame of every page."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of every page: which node answers, and the counts beside the navigation."""

    node: str = ""
    role: str = ""  # active, standby, none
    active: str = ""  # the node that works; empty when none does
    term: str = ""
    pcs: int = 0
    suspected: int = 0
    refused: int = 0
    in_doubt: int = 0
    waiting: int = 0  # PCs about which a person is asked
    held_by: str = ""
    held_since: datetime | None = None  # all actions are held by a person
