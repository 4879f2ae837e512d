"""Who may see a page: the decorator of every view but signing in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from kanmon.accounts import second_factor
from kanmon.accounts.permission import Limited, may_here
from kanmon.audit import refusals
from kanmon.common.errors import Refused
from kanmon.console.forms import by_script
from kanmon.console.language import language
from kanmon.console.views import errors

View = Callable[..., HttpResponse]


def needs(verb: str, limited: Limited = "refused") -> Callable[[View], View]:
    """Only for people who may ``verb``; others sign in, or get 403 with the reason.

    ``limited``: what it is to people who are limited to groups, see ``accounts/permission.py``.

    A ``Refused`` raised by the view becomes a page with its sentence.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in(request)
            decision = may_here(request.user, verb, limited, language())
            if not decision.allowed:
                refusals.permission(request, request.user.get_username(), verb)
                raise PermissionDenied(decision.why)
            if second_factor.is_lacking(request.user) and request.resolver_match.url_name != "mfa_index":
                return _set_up(request)
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                return errors.refused(request, refused)

        return guarded

    return wrap


def _set_up(request: HttpRequest) -> HttpResponse:
    """Who needs a second factor and has none is led to set it up, and comes no further."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(reverse("mfa_activate_totp"))
    if by_script(request):
        return JsonResponse({"location": reverse("mfa_activate_totp")})
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None):  # a part of a page: the whole page has to go
        return HttpResponseClientRedirect(f"{reverse('account_login')}?next={reverse('console:overview')}")
    if by_script(request):
        return JsonResponse({}, status=401)
    return redirect_to_login(request.get_full_path(), reverse("account_login"))
