"""People: who may come in, with which role, and to which groups they are limited."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kanmon.accounts import people as accounts
from kanmon.accounts import scope
from kanmon.accounts.models import Role
from kanmon.common import config
from kanmon.console import change_people, read, words
from kanmon.console.change import Done
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.shown.people import PersonRow
from kanmon.console.views.network import text_of

ROLES = [(role, words.ROLES[role]) for role in Role.values]


def limit_of(request: HttpRequest) -> list[int] | None:
    """The limit that a form asks for: ids of groups, or None for the whole system. Raises Refused KNM7215-E."""
    everything = request.POST.get("limit", "") != "groups"
    given = [one[:1000] for one in request.POST.getlist("group")[:5000]]
    limit = accounts.limit_of(given, everything)
    return None if limit == "stays" else limit


def offered() -> dict[str, Any]:
    """What the fields of role, limit and language offer."""
    return {"roles": ROLES, "groups": read.group_choices(), "languages": settings.LANGUAGES, "most": scope.MOST_GROUPS}


def _link(request: HttpRequest, token: str) -> str:
    base = str(config.get("server.public_url")).rstrip("/") or f"{request.scheme}://{request.get_host()}"
    return f"{base}/welcome/{token}"


def _list(request: HttpRequest, **more: object) -> HttpResponse:
    return render(request, "console/people.html", {"nav": "people", "people": read.everybody(), **offered(), **more})


@require_safe
@needs("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and a form to invite somebody."""
    return _list(request)


@never_cache
@changes
@needs("manage_people")
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Make a person. The link stands on the answer to this form and nowhere else, so it is no redirect."""
    name, role, language = (text_of(request.POST, field, 151) for field in ("name", "role", "language"))
    done, token = change_people.invite(name, role, limit_of(request), language, request.user.get_username(), key)
    return _list(request, **_linked(request, name, done, token))


def _linked(request: HttpRequest, name: str, done: Done, token: str) -> dict[str, object]:
    return {"linked": name, "link": _link(request, token) if token else "", "operation": done.operation}


def _person(number: int) -> PersonRow:
    found = read.person(number)
    if found is None:
        raise Http404
    return found


def _one(request: HttpRequest, number: int, **more: object) -> HttpResponse:
    one = _person(number)
    shown = {"nav": "people", "person": one, **offered(), "groups": read.group_choices(one.groups or ())}
    shown["sessions"] = read.sessions_of(number, request.session.session_key)
    return render(request, "console/person.html", {**shown, **more})


@require_safe
@needs("manage_people")
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person, with what can be changed."""
    return _one(request, number)


@changes
@needs("manage_people")
def change(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Give a person this role, limit and language."""
    name = _person(number).name
    role, language = text_of(request.POST, "role", 60), text_of(request.POST, "language", 10)
    done = change_people.change(name, role, limit_of(request), language, request.user.get_username(), key)
    return answer(request, done, _("%(name)s was changed.") % {"name": name}, reverse("console:person", args=[number]))


@changes
@needs("manage_people")
def switch(request: HttpRequest, key: str, number: int, switch: str) -> HttpResponse:
    """Disable a person, enable them again, or take a second factor away that is lost."""
    name, actor = _person(number).name, request.user.get_username()
    if switch == "disable":
        done, said = change_people.disable(name, actor, key), _("%(name)s is disabled.")
    elif switch == "enable":
        done, said = change_people.enable(name, actor, key), _("%(name)s may sign in again.")
    elif switch == "take-second-factor":
        done = change_people.take_second_factor(name, actor, key)
        said = _("The second factor of %(name)s is taken away.")
    else:
        raise Http404
    return answer(request, done, said % {"name": name}, reverse("console:person", args=[number]))


@never_cache
@changes
@needs("manage_people")
def link(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A link by which a person sets a new password; it stands on the answer to this form alone."""
    name = _person(number).name
    done, token = change_people.link(name, request.user.get_username(), key)
    return _one(request, number, **_linked(request, name, done, token))
