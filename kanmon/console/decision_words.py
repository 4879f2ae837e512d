"""The decisions on an operation, in words: the button, what it would do, what is asked, and that it was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy


@dataclass(frozen=True, slots=True)
class Decision:
    """``asked`` is empty for what needs no confirmation; ``%(n)s`` is the operation, ``%(again)s`` its redo."""

    verb: str
    icon: str
    button: object
    done: object
    asked: object = ""
    effect: object = ""
    confirm: object = ""
    danger: bool = False


DECISIONS = {
    one.verb: one
    for one in (
        Decision(
            "redo", "redo", plazy("button", "Redo"), lazy("Operation %(n)s is done again as operation %(again)s."),
            lazy("Redo operation %(n)s?"),
            lazy("It is done again now, from its beginning, with what it was begun with. If it did run, it runs twice."),
            lazy("Redo operation %(n)s"),
        ),
        Decision(
            "replay", "redo", plazy("button", "Send once more"),
            lazy("What operation %(n)s told is sent once more by operation %(again)s."),
            lazy("Send what operation %(n)s told once more?"),
            lazy("Receivers get it again under the same id, and are told that it may be a repeat."),
            lazy("Send once more what operation %(n)s told"),
        ),
        Decision(
            "it_ran", "check", plazy("button", "It did run"), lazy("Operation %(n)s is recorded as done."),
            lazy("Did operation %(n)s run?"),
            lazy("It is recorded as done, and is not done again. This can't be taken back."),
            lazy("Operation %(n)s did run"),
        ),
        Decision(
            "close", "x", plazy("button", "Close"), lazy("Operation %(n)s is closed."),
            lazy("Close operation %(n)s?"),
            lazy("Whether it was done stays unknown, and it is not done again. This can't be taken back."),
            lazy("Close operation %(n)s"),
        ),
        Decision(
            "cancel", "x", plazy("button", "Cancel"), lazy("Operation %(n)s is cancelled."),
            lazy("Cancel operation %(n)s?"),
            lazy("It has not been done, and will not be. This can't be taken back."),
            lazy("Cancel operation %(n)s"), danger=True,
        ),
        Decision("release", "right", plazy("button", "Release"), lazy("Operation %(n)s is released: it is begun when it is due.")),
    )
}  # fmt: skip


def of(verbs: Sequence[str]) -> list[Decision]:
    """The decisions of ``verbs`` that there are."""
    return [DECISIONS[verb] for verb in verbs if verb in DECISIONS]
