"""What the frame of every page needs: node, counts, theme."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from kanmon.console import read
from kanmon.console.shown import Shell

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "kanmon_theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """``shell`` (only for signed-in people) and ``theme``."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    user = getattr(request, "user", None)
    return {
        "theme": theme if theme in THEMES else "auto",
        "shell": _shell() if user is not None and user.is_authenticated else None,
    }


def _shell() -> Shell:
    try:
        return read.shell()
    except DatabaseError:  # the page that says so needs a frame, too
        return Shell()
