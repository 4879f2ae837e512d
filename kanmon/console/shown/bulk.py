"""What an order about several PCs would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BulkAsked:
    """``pcs`` are those that it would be done to; the others of those that were ticked are left out, and why.

    ``of_search``: all PCs of a search are meant, as it found them ``at`` that time; ``search`` is its part of an address,
    ``said`` the same in words, "" for all PCs. ``clients``: how many have a client that shows messages; ``heard``: from how many of them it was heard of late.
    """

    pcs: Sequence[int]
    named: Sequence[str]
    levels: Mapping[int, int]
    unmanaged: int
    without_mac: int
    clients: int = 0
    heard: int = 0
    of_search: bool = False
    search: str = ""
    said: str = ""
    at: datetime | None = None

    @property
    def clientless(self) -> int:
        """How many have no client."""
        return len(self.pcs) - self.clients

    @property
    def more(self) -> int:
        """How many are meant that ``named`` does not name."""
        return len(self.pcs) - len(self.named)
