"""From where a request comes: what it begins in the journal carries it, so that the audit can say it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kanmon.journal.here import REQUEST_ADDRESS

Answer = Callable[[HttpRequest], HttpResponse]
LOCAL = "local"


def where_from(request: HttpRequest | None) -> str:
    """The address of a request; "local" through the Unix socket."""
    if request is None:
        return ""
    if request.headers.get("X-Kanmon-Local"):
        return LOCAL
    return str(request.META.get("REMOTE_ADDR") or "")


def middleware(get_response: Answer) -> Answer:
    """Entries of the journal that are written for a request get its address."""

    def answer(request: HttpRequest) -> HttpResponse:
        token = REQUEST_ADDRESS.set(where_from(request))
        try:
            return get_response(request)
        finally:
            REQUEST_ADDRESS.reset(token)

    return answer
