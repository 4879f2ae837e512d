"""What the frame of every page needs: node, counts, theme."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from kanmon.accounts import scope, second_factor
from kanmon.accounts.permission import may
from kanmon.console import keys, read
from kanmon.console.shown.cluster import Unseen
from kanmon.console.shown.frame import Shell

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "kanmon_theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """``shell`` (only for signed-in people), ``unseen`` failovers (only for those who decide on it), whether they
    ``may_act``, ``may_set_up``, may change people (``may_people``), read the audit (``may_audit``), need a second
    factor, whether they are ``limited`` to groups, ``key_sections`` and ``theme``.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    acts = signed_in and may(user, "act").allowed
    limited = signed_in and scope.is_limited(user)
    return {
        "theme": theme if theme in THEMES else "auto",
        "key_sections": keys.SECTIONS if signed_in else (),
        "shell": _shell(user) if signed_in else None,
        "limited": limited,
        "unseen": _unseen() if acts and not limited else None,
        "may_act": acts,
        "may_set_up": signed_in and may(user, "manage_cluster").allowed,
        "may_audit": signed_in and not limited and may(user, "audit").allowed,
        "is_second_factor_wanted": signed_in and second_factor.is_wanted(user),
        "may_people": signed_in and not limited and may(user, "manage_people").allowed,
    }


def _unseen() -> Unseen | None:
    try:
        return read.unseen_failovers()
    except DatabaseError:
        return None


def _shell(user: Any) -> Shell:
    try:
        return read.shell(scope.groups(user))
    except DatabaseError:  # the page that says so needs a frame, too
        return Shell()
