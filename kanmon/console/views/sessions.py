"""Ending sessions: one's own by everybody, those of others by who keeps the people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kanmon.console import change_people, read
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs


def _one(request: HttpRequest, key: str, name: str, session: int, back: str) -> HttpResponse:
    actor, here = request.user.get_username(), request.session.session_key or ""
    done = change_people.end_session(name, session, here, actor, key)
    return answer(request, done, _("The sign-in is ended."), back)


def _all(request: HttpRequest, key: str, name: str, back: str) -> HttpResponse:
    actor, here = request.user.get_username(), request.session.session_key or ""
    done = change_people.end_sessions(name, here, actor, key)
    return answer(request, done, _("The sign-ins are ended."), back)


def _name(number: int) -> str:
    found = read.person(number)
    if found is None:
        raise Http404
    return found.name


@changes
@needs("view", "open")
def end(request: HttpRequest, key: str, session: int) -> HttpResponse:
    """End one of one's own sessions."""
    return _one(request, key, request.user.get_username(), session, reverse("mfa_index"))


@changes
@needs("view", "open")
def end_others(request: HttpRequest, key: str) -> HttpResponse:
    """End all of one's own sessions but this one."""
    return _all(request, key, request.user.get_username(), reverse("mfa_index"))


@changes
@needs("manage_people")
def end_of(request: HttpRequest, key: str, number: int, session: int) -> HttpResponse:
    """End one session of a person."""
    return _one(request, key, _name(number), session, reverse("console:person", args=[number]))


@changes
@needs("manage_people")
def end_all_of(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """End all sessions of a person; of one's own, this one stays."""
    return _all(request, key, _name(number), reverse("console:person", args=[number]))
