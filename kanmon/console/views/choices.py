"""Language and theme: forms that work without scripts and come back to where they were sent from."""

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kanmon.console import change
from kanmon.console.context import THEME_COOKIE, THEMES

YEAR_SECONDS = 365 * 24 * 3600


def back(request: HttpRequest) -> str:
    """The page that the form was on, if it is one of ours."""
    return ours(request, request.POST.get("next", "")) or reverse("console:overview")


def ours(request: HttpRequest, wanted: str) -> str | None:
    """``wanted``, if it is the address of one of our pages."""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if allowed and wanted.startswith("/") else None


def _keep(request: HttpRequest, name: str, value: str) -> HttpResponse:
    response = HttpResponseRedirect(back(request))
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(name, value, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language, for this browser and for the signed-in person."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        change.choose_language(request.user, code)
    return _keep(request, settings.LANGUAGE_COOKIE_NAME, code)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark or as the system, for this browser."""
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        return HttpResponseBadRequest()
    return _keep(request, THEME_COOKIE, wanted)
