"""What an action policy does about a PC at its level."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action: what it is, whether it was done, or why not."""

    what: str
    text: str
    icon: str
    mark: str  # class of the drawing, "" for a plain one


@dataclass(frozen=True, slots=True)
class ActionsShown:
    """The actions of the policy in force. ``nothing``: why there are none."""

    policy: str
    lines: Sequence[ActionLine]
    nothing: str = ""
