"""Noting that a session is used: once a minute, or when it comes from elsewhere. A page is never held up by it."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from kanmon.accounts import browsers, sessions
from kanmon.accounts.models import SessionUse
from kanmon.common import clock
from kanmon.journal.here import REQUEST_ADDRESS
from kanmon.journal.writing import transaction

Answer = Callable[[HttpRequest], HttpResponse]
Where = dict[str, str]
EVERY_SECONDS = 60.0
MOST_KNOWN = 10_000
BY_ITSELF = frozenset({"node", "change", "pc_network", "network_device_card"})  # a window asks these without a click
SINCE = "kanmon_since"
_lock = threading.Lock()
_noted: "OrderedDict[str, tuple[float, Where]]" = OrderedDict()


def listen() -> None:
    """Keep in each session when it began; once a process."""
    user_logged_in.connect(_began, dispatch_uid="kanmon.accounts.session_use")


def _began(sender: Any, request: Any, user: Any, **_: Any) -> None:
    request.session[SINCE] = clock.now().isoformat()


def middleware(get_response: Answer) -> Answer:
    """Note who is signed in, once the page is made."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        key = request.session.session_key if request.session.accessed else None
        matched = getattr(request.resolver_match, "url_name", "")
        if key and matched not in BY_ITSELF and request.user.is_authenticated:
            _note(key, request)
        return response

    return answer


def _note(key: str, request: HttpRequest) -> None:
    agent = request.headers.get("User-Agent", "")[:500]
    where = {
        "address": (REQUEST_ADDRESS.get() or "")[:64], "browser": browsers.browser(agent),
        "system": browsers.system(agent),
    }  # fmt: skip
    if _is_noted(key, where):
        return
    try:
        with transaction():
            _write(key, request, where)
    except DatabaseError:  # it ended at this moment, or nothing can be written now: the next click notes it
        return
    with _lock:
        _noted[key] = (clock.monotonic(), where)
        _noted.move_to_end(key)
        while len(_noted) > MOST_KNOWN:
            _noted.popitem(last=False)


def _is_noted(key: str, where: Where) -> bool:
    with _lock:
        known = _noted.get(key)
    return known is not None and known[1] == where and clock.monotonic() - known[0] < EVERY_SECONDS


def _write(key: str, request: HttpRequest, where: Where) -> None:
    now = clock.now()
    person: Any = request.user
    if SessionUse.objects.filter(session_id=key, person=person).update(used_at=now, **where):
        return
    told = request.session.get(SINCE)
    since = datetime.fromisoformat(told) if told else now
    SessionUse.objects.create(session_id=key, person=person, since=since, used_at=now, **where)
    sessions.made(person)
