"""My account: how one signs in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import second_factor
from kanmon.console import read
from kanmon.console.needs import needs


@require_safe
@needs("view", "open")
def me(request: HttpRequest) -> HttpResponse:
    """Second factor, password and sessions of who has signed in."""
    shown = {
        "nav": "me", "factor": second_factor.of(request.user), "codes_left": second_factor.codes_left(request.user),
        "is_wanted": second_factor.is_wanted(request.user),
        "sessions": read.sessions_of(request.user.pk, request.session.session_key),
    }  # fmt: skip
    return render(request, "console/me.html", shown)
