"""Actions in words: what is done, where in a policy, and what approving or declining it would do."""

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as plazy

from kanmon.common import clock
from kanmon.console import words
from kanmon.console.wording import day, listed, number
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
    "user_mail": lazy("A mail is sent to the user of each of them."),
    "webhook": lazy("One request that lists them is sent."),
    "event": lazy("One event about each of them is sent."),
    "message": lazy("A message to the user of each of them is written."),
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
    if kind == "user_mail":
        return _("Mail to the user of the PC")
    if kind == "event":
        return _("Events to %(target)s") % {"target": said.to}
    if kind == "command":
        return _("Command %(program)s") % {"program": shlex.join([said.program, *said.arguments])}
    if kind == "message":
        return _("Message to the user of each PC")
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


LOOKS = {
    "done": ("done", "k-mark-safe"), "in_force": ("done", "k-mark-safe"), "due": ("right", ""), "left": ("x", ""),
    "already": ("warning", "k-mark-warning"), "cap": ("warning", "k-mark-warning"), "held": ("pending", ""),
    "dry_run": ("info", ""),
}  # fmt: skip
"""State of an action of a PC -> its drawing, and the class of that; the others wait."""


def why(state: str, told: Mapping[str, Any]) -> str:
    """Why an action was done about a PC, or is not done now; "" for a state without words."""
    says = REASONS.get(state)
    return says(told) if says else ""


def _day(told: Mapping[str, Any]) -> str:
    return day(timezone.make_aware(datetime.fromisoformat(told["day"])), clock.now())


def _done(told: Mapping[str, Any]) -> str:
    text = ngettext("done on %(day)s", "done %(n)s times, last on %(day)s", told["times"])
    return text % {"n": number(told["times"]), "day": _day(told)}


def _days(told: Mapping[str, Any]) -> str:
    n = told["days"]
    return ngettext(
        "not before this level has stood for %(n)s day", "not before this level has stood for %(n)s days", n
    ) % {"n": n}


def _judgments(told: Mapping[str, Any]) -> str:
    n = told["judgments"]
    return ngettext("not before %(n)s judgment in a row", "not before %(n)s judgments in a row", n) % {"n": n}


def _grace(told: Mapping[str, Any]) -> str:
    n = told["grace"]
    return ngettext(
        "not in the first %(n)s day of a new PC", "not in the first %(n)s days of a new PC", n
    ) % {"n": n}  # fmt: skip


REASONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "done": _done,
    "left": lambda told: _("left alone since %(day)s, until the level changes") % {"day": _day(told)},
    "due": lambda told: _("due: it is ordered with the next decision"),
    "grace": _grace,
    "days": _days,
    "judgments": _judgments,
    "not_judged": lambda told: _("with the next judgment"),
    "in_force": lambda told: _("in force already"),
    "already": lambda told: _("waits for a person: this level stood before the action was switched on"),
    "cap": lambda told: _("waits for a person: beyond the cap of an hour"),
    "dry_run": lambda told: _("not done: the policy is on a dry run"),
    "held": lambda told: _("not done: all actions are held"),
}
