"""API tokens: which there are, what they may do, when they were used; made and revoked."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kanmon.accounts.tokens import MOST_DAYS
from kanmon.console import change_people, read
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.network import text_of
from kanmon.console.views.people import limit_of, offered


def _list(request: HttpRequest, **more: object) -> HttpResponse:
    shown = {"nav": "tokens", "tokens": read.api_tokens(), "most_days": MOST_DAYS, **offered()}
    return render(request, "console/tokens.html", {**shown, **more})


@require_safe
@needs("manage_tokens")
def tokens(request: HttpRequest) -> HttpResponse:
    """All API tokens, and a form to make one."""
    return _list(request)


@never_cache
@changes
@needs("manage_tokens")
def make(request: HttpRequest, key: str) -> HttpResponse:
    """Make a token. It stands on the answer to this form and nowhere else, so it is no redirect."""
    name, role, days = (text_of(request.POST, field, 100) for field in ("name", "role", "days"))
    if not name or (days and not (days.isascii() and days.isdigit())):
        raise BadRequest
    good_for = int(days) if days else None
    done, token = change_people.make_token(name, role, limit_of(request), good_for, request.user.get_username(), key)
    return _list(request, made=name, token=token, operation=done.operation)


@changes
@needs("manage_tokens")
def revoke(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A token is worth nothing from now on."""
    done, name = change_people.revoke_token(number, request.user.get_username(), key)
    return answer(request, done, _("API token %(name)s is revoked.") % {"name": name}, reverse("console:tokens"))
