"""What an operation is about, in the reader's language. Subjects are kept in English, as the Manager log shows them."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from kanmon.common.messages import counted
from kanmon.console import words
from kanmon.console.language import language
from kanmon.judgment.wording import level_word

DECISIONS: dict[str, Callable[[], str]] = {
    "same": lambda: _("of the known PC"),
    "new": lambda: _("of a new PC"),
    "reject": lambda: _("rejected"),
}
VERBS: dict[str, Callable[[], str]] = {
    "redo": lambda: _("Redo operation %(n)s"),
    "replay": lambda: _("Send what operation %(n)s told once more"),
    "it-ran": lambda: _("Operation %(n)s did run"),
    "close": lambda: _("Close operation %(n)s"),
    "cancel": lambda: _("Cancel operation %(n)s"),
    "release": lambda: _("Release operation %(n)s"),
    "hold": lambda: _("Hold operation %(n)s"),
}


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _level(match: re.Match[str]) -> str:
    return _("%(level)s, %(pcs)s") % {
        "level": level_word(match["level"], language()),
        "pcs": counted(_number(match["n"]), language()),
    }


def _filled(text: Callable[[], str]) -> Callable[[re.Match[str]], str]:
    return lambda match: text() % match.groupdict()


ORDERS: dict[str, Callable[[], str]] = {
    "permit": lambda: _("Permit: %(pcs)s"),
    "deny": lambda: _("Cut off: %(pcs)s"),
    "refuse": lambda: _("Refuse in emergency: %(pcs)s"),
    "lift": lambda: _("Lift the emergency: %(pcs)s"),
    "withdraw": lambda: _("Withdraw a person's order: %(pcs)s"),
    "remove": lambda: _("Remove from the list: %(pcs)s"),
    "approve": lambda: _("Approve: %(pcs)s"),
    "decline": lambda: _("Decline: %(pcs)s"),
    "follow": lambda: _("New network cards: %(pcs)s"),
}


def _pcs(number: str | None) -> str:
    return counted(_number(number), language()) if number else _("all PCs")


def _ordered(match: re.Match[str]) -> str:
    return ORDERS[match["wanted"]]() % {"pcs": _pcs(match["n"])}


MANAGED: dict[str, Callable[[], str]] = {
    "removal": lambda: _("Remove from management: %(pcs)s"),
    "disabling": lambda: _("Disable management: %(pcs)s"),
    "enabling": lambda: _("Enable management: %(pcs)s"),
}


def _managed(match: re.Match[str]) -> str:
    return MANAGED[match["noun"]]() % {"pcs": counted(_number(match["n"]), language())}


def _message(match: re.Match[str]) -> str:
    pcs = counted(_number(match["n"]), language()) if match["n"] else _("all PCs")
    return _("Message to the users of %(pcs)s") % {"pcs": pcs}


POLICY = r"(?P<kind>Judgment|Action) policy (?P<name>.+?)"
KINDS: dict[str, Callable[[], str]] = {"Judgment": lambda: _("Judgment"), "Action": lambda: _("Action")}
PLACE = re.compile(r"group (?P<path>/.*)|PC (?P<pc>.+)|(?P<n>[\d,]+) PCs?|the whole system")


def _place(text: str) -> str:
    match = PLACE.fullmatch(text)
    if match is None:
        return text
    if match["path"]:
        return _("group %(path)s") % {"path": match["path"]}
    if match["n"]:
        return counted(_number(match["n"]), language())
    return f"PC {match['pc']}" if match["pc"] else _("the whole system")


def _where(text: Callable[[], str]) -> Callable[[re.Match[str]], str]:
    def shown(match: re.Match[str]) -> str:
        told = match.groupdict()
        return text() % (told | {"where": _place(told.get("where") or "")})

    return shown


def _policy(text: Callable[[], str]) -> Callable[[re.Match[str]], str]:
    def shown(match: re.Match[str]) -> str:
        told = match.groupdict() | {"kind": KINDS[match["kind"]]()}
        return text() % (told | {"where": _place(told.get("where") or "")})

    return shown


def lane(name: str) -> str:
    """What a lane does."""
    return str(words.LANES.get(name, name))


Shape = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
SHAPES: tuple[Shape, ...] = tuple(
    (re.compile(pattern), shown)
    for pattern, shown in (
        (r"all PCs", lambda match: _("all PCs")),
        (r"reports", lambda match: _("all that waited")),
        (
            r"PCs that the day (?P<day>[\d-]+) concerns",
            lambda match: _("PCs that %(day)s concerns, as a new day") % match.groupdict(),
        ),
        (r"Schedule (?P<name>.+): added", _filled(lambda: _("Schedule %(name)s added"))),
        (r"Schedule (?P<name>.+): removed", _filled(lambda: _("Schedule %(name)s removed"))),
        (r"(?P<n>[\d,]+) PCs?", lambda match: counted(_number(match["n"]), language())),
        (r"(?P<level>danger|warning|caution|safe|unknown), (?P<n>[\d,]+) PCs?", _level),
        (r"run (?P<n>\d+)", _filled(lambda: _("run %(n)s"))),
        (
            r"report (?P<n>\d+): (?P<decision>same|new|reject)",
            lambda match: (
                _("report %(n)s: %(decision)s") % {"n": match["n"], "decision": DECISIONS[match["decision"]]()}
            ),
        ),
        (
            r"(?P<verb>redo|replay|it-ran|close|cancel|release|hold) (?P<n>\d+)",
            lambda match: VERBS[match["verb"]]() % {"n": match["n"]},
        ),
        (r"retry orders: (?P<n>.+)", _filled(lambda: _("Retry orders: %(n)s"))),
        (r"replay orders: (?P<n>.+)", _filled(lambda: _("Send orders once more: %(n)s"))),
        (r"cancel orders: (?P<n>.+)", _filled(lambda: _("Cancel orders: %(n)s"))),
        (r"Source (?P<name>.+): token made", _filled(lambda: _("Token made for source %(name)s"))),
        (r"Source (?P<name>.+): token revoked", _filled(lambda: _("Token of source %(name)s revoked"))),
        (r"API token (?P<name>.+): token made", _filled(lambda: _("API token %(name)s made"))),
        (r"API token (?P<name>.+): revoked", _filled(lambda: _("API token %(name)s revoked"))),
        (r"Account (?P<name>.+): made", _filled(lambda: _("Account %(name)s made"))),
        (r"Agent (?P<name>.+): invited", _filled(lambda: _("Agent %(name)s invited"))),
        (r"Networks set up: (?P<mark>[0-9a-f]+)", lambda match: _("Networks set up")),
        (r"Agent (?P<name>.+): revoked", _filled(lambda: _("Agent %(name)s revoked"))),
        (rf"(?P<wanted>{'|'.join(ORDERS)}): (?:(?P<n>[\d,]+) PCs?|all PCs)", _ordered),
        (r"All actions: held", lambda match: _("All actions held")),
        (r"All actions: released", lambda match: _("All actions released")),
        (r"(?P<noun>removal|disabling|enabling) of (?P<n>[\d,]+) PCs?", _managed),
        (r"message: (?:(?P<n>[\d,]+) PCs?|all PCs)", _message),
        (r"Client of (?P<name>.+): forgotten", _filled(lambda: _("Client of %(name)s forgotten"))),
        (r"statistics of (?P<day>[\d-]+)", _filled(lambda: _("statistics of %(day)s"))),
        (r"acknowledge failover", lambda match: _("Acknowledge a failover")),
        (r"release lane (?P<lane>\S+)", lambda match: _("Release held work: %(lane)s") % {"lane": lane(match["lane"])}),
        (r"release of held actions", lambda match: _("Release held actions")),
        (r"forget node (?P<name>\S+)", _filled(lambda: _("Forget node %(name)s"))),
        (r"PCs that a change concerns", lambda match: _("PCs that a change concerns")),
        (rf"{POLICY}: edited", _policy(lambda: _("%(kind)s policy %(name)s edited"))),
        (rf"{POLICY}: imported", _policy(lambda: _("%(kind)s policy %(name)s imported"))),
        (rf"{POLICY}: deleted", _policy(lambda: _("%(kind)s policy %(name)s deleted"))),
        (rf"{POLICY}: list (?P<list>\w+) imported", _policy(lambda: _("%(kind)s policy %(name)s: list imported"))),
        (
            rf"{POLICY}: back to version (?P<n>\d+)",
            _policy(lambda: _("%(kind)s policy %(name)s: back to version %(n)s")),
        ),
        (rf"{POLICY}: copied to (?P<new>.+)", _policy(lambda: _("%(kind)s policy %(name)s copied to %(new)s"))),
        (rf"{POLICY}: assigned to (?P<where>.+)", _policy(lambda: _("%(kind)s policy %(name)s assigned to %(where)s"))),
        (
            r"(?P<kind>Judgment|Action) policy: taken from (?P<where>.+)",
            _policy(lambda: _("%(kind)s policy taken from %(where)s")),
        ),
        (r"Policy folder applied: (?P<n>[\d,]+) files", _filled(lambda: _("Folder of policies applied, files: %(n)s"))),
        (r"Group (?P<path>/.*): made", _filled(lambda: _("Group %(path)s made"))),
        (r"Group (?P<path>/.*): deleted", _filled(lambda: _("Group %(path)s deleted"))),
        (r"Group (?P<path>/.*): moved to (?P<to>/.*)", _filled(lambda: _("Group %(path)s moved to %(to)s"))),
        (r"Group (?P<path>/.*): PCs put in: (?P<n>[\d,]+)", _filled(lambda: _("PCs put into group %(path)s: %(n)s"))),
        (
            r"Waiver of (?P<condition>.+): added for (?P<where>.+)",
            _where(lambda: _("Waiver of %(condition)s for %(where)s")),
        ),
        (r"Waiver (?P<n>\d+): ended", _filled(lambda: _("Waiver %(n)s ended"))),
    )
)


def subject(text: str) -> str:
    """``text`` in the reader's language; as it is when it is of no known shape."""
    for pattern, shown in SHAPES:
        if match := pattern.fullmatch(text):
            return shown(match)
    return text
