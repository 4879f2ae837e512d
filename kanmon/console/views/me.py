"""My account: how one signs in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kanmon.accounts import second_factor
from kanmon.console import change, read
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


@require_POST
@needs("view", "open")
def keys(request: HttpRequest) -> HttpResponse:
    """Turn keys without Ctrl on or off."""
    change.choose_keys(request.user, request.POST.get("single") == "yes")
    return HttpResponseRedirect(reverse("mfa_index"))
