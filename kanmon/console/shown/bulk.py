"""What an order about several PCs would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulkAsked:
    """``pcs`` are those that it would be done to; the others of those that were ticked are left out, and why."""

    pcs: Sequence[int]
    named: Sequence[str]
    levels: Mapping[int, int]
    unmanaged: int
    without_mac: int

    @property
    def more(self) -> int:
        """How many are meant that ``named`` does not name."""
        return len(self.pcs) - len(self.named)
