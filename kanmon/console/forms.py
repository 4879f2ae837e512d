"""A form that changes something: its one-time key on the way in, and the answer on the way out.

A page gives each form a key (``new_key``). The browser sends it with the form, by the script
``kanmon-connection.js`` or without it; what the form asks for is an operation under that key, done once however often
it is sent. A script is answered by JSON with the address to go on to, a browser without it by a redirect.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kanmon.console import wording
from kanmon.console.change import Done

View = Callable[..., HttpResponse]
_lock = threading.Lock()
_underway: dict[str, int] = {}


def new_key() -> str:
    """A key that nobody has used."""
    return uuid.uuid4().hex


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent. Raises BadRequest when it is none of ours."""
    given = request.POST.get("form_key", "")
    if not is_key(given):
        raise BadRequest
    return given


def is_key(text: str) -> bool:
    """Whether ``text`` has the shape of a key."""
    return len(text) == 32 and text.isascii() and text.isalnum()


def by_script(request: HttpRequest) -> bool:
    """Whether the page's script has sent the form and reads the answer."""
    return request.headers.get("X-Kanmon-Fetch") == "1"


def changes(view: View) -> View:
    """Decorator of views that change something: POST only, with a key, which is the view's second argument."""

    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = key_of(request)
        with underway(key):
            return view(request, key, *args, **kwargs)

    return guarded


@contextmanager
def underway(key: str) -> Iterator[None]:
    """While a form is being worked on here: whoever asks about its key is told to wait, not "not done"."""
    with _lock:
        _underway[key] = _underway.get(key, 0) + 1
    try:
        yield
    finally:
        with _lock:
            _underway[key] -= 1
            if not _underway[key]:
                del _underway[key]


def is_underway(key: str) -> bool:
    """Whether this process works on the form with ``key`` just now."""
    return key in _underway


def answer(request: HttpRequest, done: Done, text: str, location: str) -> HttpResponse:
    """Go on to ``location``, where ``text`` is shown; a form that had been sent before gets that sentence instead."""
    if done.now:
        messages.success(request, text)
    else:
        when = wording.full(done.operation.ended_at or done.operation.begun_at)
        already = _("It had been done already (operation %(operation)s, %(when)s). Nothing was done twice.")
        messages.success(request, already % {"operation": done.operation.id, "when": when})
    return JsonResponse({"location": location}) if by_script(request) else HttpResponseRedirect(location)
