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


def lane(name: str) -> str:
    """What a lane does."""
    return str(words.LANES.get(name, name))


Shape = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
SHAPES: tuple[Shape, ...] = tuple(
    (re.compile(pattern), shown)
    for pattern, shown in (
        (r"all PCs", lambda match: _("all PCs")),
        (r"reports", lambda match: _("all that waited")),
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
            r"(?P<verb>redo|it-ran|close|cancel|release|hold) (?P<n>\d+)",
            lambda match: VERBS[match["verb"]]() % {"n": match["n"]},
        ),
        (r"Source (?P<name>.+): token made", _filled(lambda: _("Token made for source %(name)s"))),
        (r"Source (?P<name>.+): token revoked", _filled(lambda: _("Token of source %(name)s revoked"))),
        (r"API token (?P<name>.+): token made", _filled(lambda: _("API token %(name)s made"))),
        (r"API token (?P<name>.+): revoked", _filled(lambda: _("API token %(name)s revoked"))),
        (r"Account (?P<name>.+): made", _filled(lambda: _("Account %(name)s made"))),
        (r"acknowledge failover", lambda match: _("Acknowledge a failover")),
        (r"release lane (?P<lane>\S+)", lambda match: _("Release held work: %(lane)s") % {"lane": lane(match["lane"])}),
        (r"release of held actions", lambda match: _("Release held actions")),
        (r"forget node (?P<name>\S+)", _filled(lambda: _("Forget node %(name)s"))),
        (r"Action policy (?P<name>.+): imported", _filled(lambda: _("Action policy %(name)s imported"))),
    )
)


def subject(text: str) -> str:
    """``text`` in the reader's language; as it is when it is of no known shape."""
    for pattern, shown in SHAPES:
        if match := pattern.fullmatch(text):
            return shown(match)
    return text
