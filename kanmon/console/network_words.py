"""Words of network control: states, networks, progress, and the orders that a person may give."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console.language import language
from kanmon.judgment.wording import level_word

STATES = {
    "permit": plazy("network", "Permitted"),
    "deny": plazy("network", "Cut off"),
    "refuse": plazy("network", "Refused in emergency"),
    "unregistered": plazy("network", "Not in the list"),
}
STATE_TAGS = {
    "permit": ("k-tag-done", "permit"),
    "deny": ("k-tag-doubt", "unplug"),
    "refuse": ("k-tag-failed", "refuse"),
    "unregistered": ("", "unmanaged"),
}
WHY = {
    "policy": plazy("decided", "by policy"),
    "person": plazy("decided", "by a person"),
    "emergency": plazy("decided", "in emergency"),
    "fixed": plazy("decided", "a fixed device"),
    "unregistered": plazy("decided", "nothing was ordered"),
}
NETWORKS = {
    "corporate": plazy("network", "corporate network"),
    "quarantine": plazy("network", "quarantine network"),
    "unauthenticated": plazy("network", "unauthenticated network"),
    "refused": plazy("network", "network of the refused"),
    "unknown": plazy("network", "a network that was not told"),
}
HOW = {
    "accounting": plazy("seen", "by RADIUS accounting"),
    "counter": plazy("seen", "by a counter of the gateway"),
    "authentication": plazy("seen", "at its authentication"),
}
ORDERED = {
    "permit": plazy("ordered", "Permitted"),
    "deny": plazy("ordered", "Cut off"),
    "refuse": plazy("ordered", "Refused in emergency"),
    "lift": plazy("ordered", "Emergency lifted"),
    "withdraw": plazy("ordered", "A person's order withdrawn"),
    "remove": plazy("ordered", "Removed from the list"),
}
ORDER_ICONS = {
    "permit": "permit",
    "deny": "unplug",
    "refuse": "refuse",
    "lift": "redo",
    "withdraw": "redo",
    "remove": "x",
}
PROGRESS = {
    "ordered": plazy("progress", "not acknowledged yet"),
    "acknowledged": plazy("progress", "acknowledged, not seen yet"),
    "verified": plazy("progress", "seen"),
    "failed": plazy("progress", "could not be carried out"),
    "fixed": plazy("progress", "passed over: a fixed device"),
    "overtaken": plazy("progress", "overtaken by a newer order"),
}
AGENT_STATES = {
    "well": plazy("agent", "Well"),
    "unwell": plazy("agent", "Not well"),
    "silent": plazy("agent", "Silent"),
    "revoked": plazy("agent", "Revoked"),
}
AGENT_TAGS = {
    "well": ("k-tag-done", "done"),
    "unwell": ("k-tag-doubt", "warning"),
    "silent": ("k-tag-doubt", "unplug"),
    "revoked": ("", "x"),
}


@dataclass(frozen=True, slots=True)
class Verb:
    """An order that a person may give: ``%(what)s`` is the PC or device, ``%(operation)s`` what it became."""

    wanted: str
    icon: str
    button: object
    asked: object
    effect: object
    confirm: object
    done: object
    danger: bool = False


VERBS = {
    one.wanted: one
    for one in (
        Verb(
            "permit", "permit", plazy("order", "Permit"), lazy("Permit %(what)s?"),
            lazy("It is let into the corporate network, whatever policies decide, until somebody withdraws this."),
            lazy("Permit %(what)s"), lazy("%(what)s is being permitted. This is operation %(operation)s."),
        ),
        Verb(
            "deny", "unplug", plazy("order", "Deny"), lazy("Cut %(what)s off?"),
            lazy("It reaches only the quarantine network, whatever policies decide, until somebody withdraws this."),
            lazy("Cut off %(what)s"), lazy("%(what)s is being cut off. This is operation %(operation)s."), danger=True,
        ),
        Verb(
            "refuse", "refuse", plazy("order", "Refuse in emergency"), lazy("Refuse %(what)s in emergency?"),
            lazy("It loses the network at once, and stays refused, whatever policies or persons order, until somebody lifts this."),
            lazy("Refuse %(what)s"), lazy("%(what)s is being refused. This is operation %(operation)s."), danger=True,
        ),
        Verb(
            "lift", "redo", plazy("order", "Lift the emergency"), lazy("Lift the emergency of %(what)s?"),
            lazy("What policies or persons have ordered holds again."),
            lazy("Lift it for %(what)s"), lazy("The emergency of %(what)s is being lifted. This is operation %(operation)s."),
        ),
        Verb(
            "withdraw", "redo", plazy("order", "Withdraw"), lazy("Withdraw what a person ordered of %(what)s?"),
            lazy("Policies decide again. A refusal in emergency stays until it is lifted."),
            lazy("Withdraw it for %(what)s"),
            lazy("What a person ordered of %(what)s is being withdrawn. This is operation %(operation)s."),
        ),
    )
}  # fmt: skip

_BY_LEVEL = re.compile(r"(?P<level>danger|warning|caution|safe|unknown): (?P<policy>.+)")


def reason(text: str) -> str:
    """A reason; that of a policy is a level and its name, and is said in the reader's language."""
    match = _BY_LEVEL.fullmatch(text)
    if match is None:
        return text
    told = {"level": level_word(match["level"], language()), "policy": match["policy"]}
    return _("%(level)s, action policy %(policy)s") % told
