"""The editor of a policy, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kanmon.console.policy_form.nodes import Node
from kanmon.console.shown.whatif import WhatIfShown


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the editor. ``off``: an item that is not judged. ``wrong``: something on it is."""

    name: str
    text: str
    count: int
    off: bool
    wrong: bool


@dataclass(frozen=True, slots=True)
class EditorShown:
    """``changes``: what differs from version ``base`` in words; ``others``: what somebody else has saved since."""

    kind: str
    name: str
    item: str
    title: str
    base: int
    newest: int
    draft: bool
    shape: int
    tabs: Sequence[Tab]
    nodes: Sequence[Node]
    controls: Sequence[Node]
    text: str
    problems: Sequence[tuple[str, str]]
    changes: Sequence[str]
    others: Sequence[str]
    what: WhatIfShown | None
    first: int
    open: str

    @property
    def next(self) -> int:
        """The number of the version that saving makes."""
        return self.newest + 1

    @property
    def wrong(self) -> bool:
        """Something in the draft is wrong."""
        return bool(self.problems)
