"""Actions in words: what is done, where in a policy, and what approving or declining it would do."""

import shlex

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console import words
from kanmon.console.wording import listed, number
from kanmon.policy.rules_action import Step

NAMED = 3  # addresses of a mail
WHY = {
    "cap": plazy("waits", "Beyond the cap of an hour"),
    "already": plazy("waits", "At this level before it was switched on"),
}
APPROVED = {
    "deny": lazy("They reach only the quarantine network, until an action policy permits their level again."),
    "network": lazy("They are let into the corporate network, unless a person has ordered otherwise."),
    "mail": lazy("One mail that lists them is sent."),
    "webhook": lazy("One request that lists them is sent."),
    "command": lazy("The command is started once, about all of them."),
}
DONE = lazy("It is done about them now.")


def what(kind: str, step: Step | None, whole: bool = False) -> str:
    """An action of a step: "Cut off the network", "Mail to security@example.jp". ``whole``: with all addresses."""
    said = getattr(step, kind, None)
    if kind == "network":
        return _("Let back into the network") if said == "permit" else _("Cut off the network")
    if said is None:
        return str(words.KINDS.get(kind, kind))
    if kind == "mail":
        return _("Mail to %(whom)s") % {"whom": whom(said.to, len(said.to) if whole else NAMED)}
    if kind == "webhook":
        return _("Webhook to %(target)s") % {"target": said.to}
    if kind == "command":
        return _("Command %(program)s") % {"program": shlex.join([said.program, *said.arguments])}
    return str(words.KINDS.get(kind, kind))


def whom(to: str | tuple[str, ...], most: int = NAMED) -> str:
    """To whom a mail goes; of many addresses the first ones."""
    if isinstance(to, str):
        return _("the administrators of the settings")
    if len(to) <= most:
        return listed(to)
    return _("%(some)s and %(n)s more") % {"some": listed(to[:most]), "n": number(len(to) - most)}


def effect(kind: str, deny: bool) -> str:
    """What approving does."""
    return str(APPROVED.get("deny" if deny else kind, DONE))
