"""What an operation "act" was begun with: about whom it is, and what a person has said."""

from typing import Literal

import msgspec
from pyroaring import BitMap

from kanmon.action.deciding import Slot
from kanmon.journal.models import Operation

Asked = Literal["cap", "already"]
Answer = Literal["", "approve", "decline"]
Already = Literal["ask", "leave", "act"]


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """Input of an operation. Without anything: the PCs of its run, after their judgment.

    ``whole``: all managed PCs, for what comes due by time. ``scope``: PCs that a person names, as a bitmap. ``version``:
    of an action policy, instead of the one in force. ``conditions`` false: whether or not its conditions are met, and
    whether or not it was done. ``answer``: to the question about PCs that wait, of ``scope`` or, without one, all; of
    the actions ``kinds``, and of the questions ``slots`` (an action each, and why it was asked), or all. ``already``: what becomes of PCs that were at their level before the action was in
    force for them: a person is asked, they are left alone until their level changes, or it is done.
    """

    whole: bool = False
    scope: bytes = b""
    version: int | None = None
    conditions: bool = True
    answer: Answer = ""
    kinds: tuple[str, ...] = ()
    slots: tuple[tuple[int, int, int, str, str], ...] = ()
    already: Already = "ask"

    @property
    def pcs(self) -> BitMap:
        """The PCs that a person names."""
        return BitMap.deserialize(self.scope) if self.scope else BitMap()

    @property
    def is_by_hand(self) -> bool:
        """Whether a person has asked."""
        return bool(self.scope or self.answer or self.version or not self.conditions)

    def concerns(self, slot: Slot) -> bool:
        """Whether it is about this action."""
        return (not self.kinds or slot.kind in self.kinds) and bool(not self.slots or self.whys(slot))

    def whys(self, slot: Slot) -> tuple[Asked, ...]:
        """Which questions about this action are answered."""
        if not self.slots:
            return ("cap", "already")
        return tuple(one[4] for one in self.slots if one[:4] == tuple(slot))  # type: ignore[misc]

    def answered(self, everybody: BitMap) -> BitMap:
        """About whom the answer is."""
        return self.pcs if self.scope else everybody


def read(operation: Operation) -> Ask:
    """With what ``operation`` was begun."""
    return msgspec.msgpack.decode(bytes(operation.input), type=Ask) if operation.input else Ask()


def encode(ask: Ask) -> bytes:
    """``ask`` as the input of an operation."""
    return msgspec.msgpack.encode(ask)
