"""Pages for what went wrong, in the console's look: what it was, and the next step."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kanmon.common.errors import Refused
from kanmon.console.forms import by_script
from kanmon.console.language import language


def _page(
    request: HttpRequest, status: int, title: str, text: str, hint: str = "", message_id: str = ""
) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"text": f"{title}. {text}", "message_id": message_id}, status=status)
    shown = {"status": status, "title": title, "text": text, "hint": hint, "message_id": message_id}
    return render(request, "console/error.html", shown, status=status)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A ``Refused`` of the domain, with its sentence."""
    title = _("This was not done")
    return _page(request, error.status, title, error.sentence(language()), message_id=error.message_id)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(
        request,
        400,
        _("This address or form can't be understood"),
        _("Something in it is missing or has the wrong shape. Nothing was changed."),
        _("Go back and try it again from the page."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that the permission check gave."""
    return _page(
        request,
        403,
        _("You may not see or do this"),
        str(exception or "") or _("Your role does not include it."),
        _("An administrator can give you another role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(
        request,
        404,
        _("There is nothing at this address"),
        _("It may have been removed, or the address has a typing error."),
        _("Look for it in the PC list, or begin at the overview."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Drawn without a database and without the frame, for both may be what is broken."""
    return HttpResponse(render_to_string("console/broken.html", {"theme": "auto"}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its key: cookies are off, or the page is older than the sign-in."""
    text = (
        _("The browser sent no cookie. Kanmon needs its cookies to know that a form is yours.")
        if reason == REASON_NO_CSRF_COOKIE
        else _("The page is older than your sign-in, or the form came from another site. Nothing was changed.")
    )
    return _page(request, 403, _("The form was not taken"), text, _("Load the page again and repeat it."))
