"""What every effect promises, whatever it is: the contract that ``test_effects.py`` holds each of them to.

An effect is what an operation does beyond the database. To add one, write a file with a subclass of ``Effect`` beside
this one, and name it in ``EFFECTS`` of ``every.py``. The outside is real: a server, a program; it keeps a ledger of
its own, which is all that the tests believe.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kanmon.journal.models import Operation

Promise = Literal["keyed", "ask"]
"""``keyed``: carried out at least once, by one mark, and each repeat says that it may be one. ``ask``: carried out at
most once; where nobody can tell, the operation is in doubt.
"""


@dataclass(frozen=True)
class Happened:
    """One time that it was carried out, as the outside saw it. ``mark``: by which the outside knows a repeat;
    ``flagged``: it was told that it may be one.
    """

    mark: str
    flagged: bool


class Effect(ABC):
    """One effect, with the real outside on which it acts. ``kind``: its name in ``kanmon.flow.KINDS``.

    ``result_commit``: which commit of an undisturbed attempt writes the result (1 is the claim, 2 the intent).
    ``can_be_cut``: while it runs it can be cut off, and nobody can tell then whether it happened; False: it goes on.
    """

    kind: str
    promise: Promise
    result_commit: int = 3
    can_be_cut: bool = True

    def __init__(self, folder: Path) -> None:
        """Begin the outside. ``folder`` is empty, and for this effect alone."""
        self.folder = folder

    @abstractmethod
    def close(self) -> None:
        """End the outside."""

    @property
    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Settings as environment variables, for this process and for those that are killed."""

    @property
    @abstractmethod
    def secrets(self) -> Sequence[str]:
        """What must stand in no entry and in no log."""

    @abstractmethod
    def order(self) -> Operation:
        """Write an order and begin its operation, as deciding does."""

    @abstractmethod
    def ledger(self) -> list[Happened]:
        """What was carried out, in order."""

    @abstractmethod
    def refuse(self, passing: bool) -> None:
        """From now on it fails: in a way that may pass, or for good."""

    @abstractmethod
    def accept(self) -> None:
        """From now on it succeeds, as at the beginning."""

    @abstractmethod
    def hold_up(self) -> None:
        """From now on it hangs in the middle: it has begun to happen, and its end is not told."""

    @abstractmethod
    def has_begun(self) -> bool:
        """Whether the outside has seen one begin that it holds up."""

    @abstractmethod
    def let_go(self) -> None:
        """What is held up ends well."""
