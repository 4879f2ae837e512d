"""What a person is asked about actions, and what an answer would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kanmon.action.deciding import Slot


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One action of one step, and for how many PCs a person says whether it is done.

    ``what``: the action in words, with its target. ``deny``: PCs would be cut off the network. ``why``: cap or already.
    ``steps``: how many steps the level has in the policy; 0 when that is not known.
    """

    number: int
    slot: Slot
    policy: str
    what: str
    deny: bool
    why: str
    steps: int
    since: datetime
    operation: int
    pcs: int

    @property
    def place(self) -> int:
        """Which step it is, from 1."""
        return self.slot.step + 1


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    """PCs about which somebody would answer. ``levels`` and ``without_mac`` are of the first ``looked`` of them.

    ``upto``: all that waited when this was the newest entry of what was withheld; None for those that were ticked.
    ``cap``: of an hour, None when there is none; ``reached``: PCs that have their place under it. ``kept_back``: all
    actions are held.
    """

    question: QuestionShown
    decision: str
    pcs: int
    upto: int | None
    ticked: Sequence[int]
    levels: Mapping[int, int]
    named: Sequence[str]
    looked: int
    left: int
    cap: int | None
    reached: int
    without_mac: int
    kept_back: bool

    @property
    def more(self) -> int:
        """How many are meant that ``named`` does not name."""
        return self.pcs - len(self.named)
