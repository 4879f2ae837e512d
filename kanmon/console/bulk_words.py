"""What a person may do about PCs that are ticked in the list, or about one: a line each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as plazy

from kanmon.accounts.permission import Limited
from kanmon.judgment import managing

MOST_ORDERED = 5_000  # PCs whose network a person changes at once
Counted = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Bulk:
    """``permission``: a verb of accounts. ``asked``, ``confirm``, ``done``: texts for a number of PCs, with ``%(n)s``.

    ``reason``: one is wanted. ``managed``: only PCs under management are meant. ``macs``: only those with a MAC address.
    ``fields``: the template of what else the form asks for. ``clients``: it matters how many PCs have a client.
    ``most``: PCs of a search at once; 0: any number. ``shown``: on the pages of which PCs; ``many``: in the list, too.
    ``limited``: what it is to people who are limited to groups. ``alone``: it has a button on the page of one PC, too; network control has its own there.
    """

    verb: str
    icon: str
    permission: str
    button: object
    effect: object
    asked: Counted
    confirm: Counted
    done: Counted
    reason: bool = False
    managed: bool = False
    macs: bool = False
    danger: bool = False
    alone: bool = False
    clients: bool = False
    fields: str = ""
    most: int = 0
    shown: Literal["present", "managed", "disabled"] = "present"
    many: bool = True
    limited: Limited = "narrowed"

    @property
    def is_of_management(self) -> bool:
        """It ends or begins the management of PCs; on the page of one it stands in a menu of its own."""
        return self.permission == "edit_policy"


BULK = {
    one.verb: one
    for one in (
        Bulk(
            "judge", "judge", "judge", plazy("button", "Judge"),
            lazy("Their newest inventory is judged again by the policies of now, and actions are decided from what comes out."),
            lambda n: ngettext("Judge %(n)s PC?", "Judge %(n)s PCs?", n),
            lambda n: ngettext("Judge %(n)s PC", "Judge %(n)s PCs", n),
            lambda n: ngettext("%(n)s PC is being judged. This is operation %(operation)s.",
                               "%(n)s PCs are being judged. This is operation %(operation)s.", n),
            managed=True, alone=True, shown="managed",
        ),
        Bulk(
            "act", "action", "act", plazy("button", "Act"),
            lazy("What their action policies want at their levels is decided now, and done where it is due: within the caps of"
                 " an hour, and not again where it was done already."),
            lambda n: ngettext("Decide actions for %(n)s PC?", "Decide actions for %(n)s PCs?", n),
            lambda n: ngettext("Act for %(n)s PC", "Act for %(n)s PCs", n),
            lambda n: ngettext("Actions are being decided for %(n)s PC. This is operation %(operation)s.",
                               "Actions are being decided for %(n)s PCs. This is operation %(operation)s.", n),
            managed=True, alone=True, shown="managed",
        ),
        Bulk(
            "message", "message", "act", plazy("button", "Message"),
            lazy("Each gets the message once: its client shows it to whoever is signed in, and its remediation page shows it until"
                 " it expires."),
            lambda n: ngettext("Message to the user of %(n)s PC", "Message to the users of %(n)s PCs", n),
            lambda n: ngettext("Send to %(n)s PC", "Send to %(n)s PCs", n),
            lambda n: ngettext("The message is being written for %(n)s PC. This is operation %(operation)s.",
                               "The message is being written for %(n)s PCs. This is operation %(operation)s.", n),
            alone=True, clients=True, fields="console/bulk_message.html",
        ),
        Bulk(
            "permit", "permit", "act", plazy("order", "Permit"),
            lazy("They are let into the corporate network, whatever policies decide, until somebody withdraws this."),
            lambda n: ngettext("Permit %(n)s PC?", "Permit %(n)s PCs?", n),
            lambda n: ngettext("Permit %(n)s PC", "Permit %(n)s PCs", n),
            lambda n: ngettext("%(n)s PC is being permitted. This is operation %(operation)s.",
                               "%(n)s PCs are being permitted. This is operation %(operation)s.", n),
            reason=True, macs=True, most=MOST_ORDERED,
        ),
        Bulk(
            "refuse", "refuse", "act", plazy("button", "Refuse"),
            lazy("They lose the network at once, and stay refused, whatever policies or persons order, until somebody lifts this."),
            lambda n: ngettext("Refuse %(n)s PC in emergency?", "Refuse %(n)s PCs in emergency?", n),
            lambda n: ngettext("Refuse %(n)s PC", "Refuse %(n)s PCs", n),
            lambda n: ngettext("%(n)s PC is being refused. This is operation %(operation)s.",
                               "%(n)s PCs are being refused. This is operation %(operation)s.", n),
            reason=True, macs=True, danger=True, most=MOST_ORDERED,
        ),
        Bulk(
            "waive", "waiver", "edit_policy", plazy("button", "Waive"),
            lazy("One condition does not count for the level of each of them until the last day is over, or until somebody ends"
                 " it. Each gets a waiver of its own, also those on which it is not found now, and is judged at once."),
            lambda n: ngettext("Waive a condition for %(n)s PC?", "Waive a condition for %(n)s PCs?", n),
            lambda n: ngettext("Waive for %(n)s PC", "Waive for %(n)s PCs", n),
            lambda n: ngettext("The condition is waived for %(n)s PC. This is operation %(operation)s.",
                               "The condition is waived for %(n)s PCs. This is operation %(operation)s.", n),
            reason=True, managed=True, most=managing.MOST, fields="console/bulk_waive.html",
        ),
        Bulk(
            "group", "tree", "edit_policy", plazy("button", "Put into a group"),
            lazy("They leave the groups in which they are. The policies of the new group hold for them, and they are judged at once"
                 " by these. A report does not move them back."),
            lambda n: ngettext("Put %(n)s PC into another group?", "Put %(n)s PCs into another group?", n),
            lambda n: ngettext("Put %(n)s PC there", "Put %(n)s PCs there", n),
            lambda n: ngettext("%(n)s PC is in that group now. This is operation %(operation)s.",
                               "%(n)s PCs are in that group now. This is operation %(operation)s.", n),
            most=managing.MOST, fields="console/bulk_group.html", limited="refused",
        ),
        Bulk(
            "disable", "x", "edit_policy", plazy("button", "Disable management"),
            lazy("They are not judged and no policy acts on them any more; they count at no level until somebody enables them."),
            lambda n: ngettext("Disable the management of %(n)s PC?", "Disable the management of %(n)s PCs?", n),
            lambda n: ngettext("Disable %(n)s PC", "Disable %(n)s PCs", n),
            lambda n: ngettext("The management of %(n)s PC is being disabled. This is operation %(operation)s.",
                               "The management of %(n)s PCs is being disabled. This is operation %(operation)s.", n),
            managed=True, alone=True, reason=True, most=managing.MOST, shown="managed",
        ),
        Bulk(
            "enable", "check", "edit_policy", plazy("button", "Enable management"),
            lazy("They are managed again, judged at once, and policies act on them. Those that are managed stay as they are."),
            lambda n: ngettext("Enable the management of %(n)s PC?", "Enable the management of %(n)s PCs?", n),
            lambda n: ngettext("Enable %(n)s PC", "Enable %(n)s PCs", n),
            lambda n: ngettext("The management of %(n)s PC is being enabled. This is operation %(operation)s.",
                               "The management of %(n)s PCs is being enabled. This is operation %(operation)s.", n),
            alone=True, most=managing.MOST, shown="disabled",
        ),
        Bulk(
            "remove", "x", "edit_policy", plazy("button", "Remove from management"),
            lazy("They are in no list and count nowhere; their past is kept. One that reports again is managed again."),
            lambda n: ngettext("Remove %(n)s PC from management?", "Remove %(n)s PCs from management?", n),
            lambda n: ngettext("Remove %(n)s PC", "Remove %(n)s PCs", n),
            lambda n: ngettext("%(n)s PC is being removed from management. This is operation %(operation)s.",
                               "%(n)s PCs are being removed from management. This is operation %(operation)s.", n),
            alone=True, reason=True, danger=True, most=managing.MOST,
        ),
    )
}  # fmt: skip
"""In the order of the buttons; how each is begun stands in ``change_bulk``."""

BRACES = {
    "host": lazy("Host name of the PC."),
    "level": lazy("Its level, in words."),
    "problems": lazy("What is wrong: the worst findings, at most five, a line each."),
    "contact": lazy("Whom to call."),
    "link": lazy("The address of the PC's own remediation page."),
    "date": lazy("The day on which the message is written."),
}
"""What the words in braces of a message by hand become."""
