"""Endpoints of people, for those who may ``manage_people``: list, make, change, disable, enable, link."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest
from ninja import Router

from kanmon.accounts import people, scope, second_factor
from kanmon.accounts.models import User
from kanmon.action.texts import base_url
from kanmon.api.callers import need
from kanmon.api.changes import change
from kanmon.api.shapes import NewPerson, PersonAsked
from kanmon.common import messages

router = Router()


def _told(person: User) -> dict[str, Any]:
    return {
        "name": person.get_username(),
        "role": person.role,
        "groups": scope.paths(person) if scope.is_limited(person) else None,
        "language": person.language,
        "state": people.state(person),
        "second_factor": second_factor.of(person) is not None,
        "last_sign_in": person.last_login.isoformat() if person.last_login else None,
        "made_at": person.date_joined.isoformat(),
    }


@router.get("")
def list_people(request: HttpRequest) -> list[dict[str, Any]]:
    """Everybody, by name. ``groups`` null: not limited."""
    need(request, "manage_people")
    return [_told(one) for one in people.listed()]


def _with_link(request: HttpRequest, subject: str, name: str, work: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """A change that ends with a one-time link. It is shown this once; the journal keeps that it was made."""
    who = need(request, "manage_people")
    token = ""

    def both() -> dict[str, Any]:
        nonlocal token
        made = work(name)
        token, linked = people.let_in(name, who.username)
        return made or linked

    operation, now = change(request, who, subject, both)
    told = {"name": name, "operation": operation.id, "link": f"{base_url()}/welcome/{token}" if now else ""}
    if not now:
        told["sentence"] = messages.text("KNM7022-I", {"what": "link", "name": name, "operation": operation.id})
    return told


@router.post("")
def make_person(request: HttpRequest, new: NewPerson) -> dict[str, Any]:
    """Make a person. The answer has the one-time link by which they set a password, good for 24 hours."""
    need(request, "manage_people")
    limit = scope.ids_of(new.groups)
    return _with_link(
        request, f"Person {new.name}: made", new.name, lambda name: people.make(name, new.role, limit, new.language)
    )


@router.post("/{name}")
def change_person(request: HttpRequest, name: str, asked: PersonAsked) -> dict[str, Any]:
    """Give a person another role, limit or language; what is null stays."""
    who = need(request, "manage_people")
    limit = people.limit_of(asked.groups, asked.everything)
    work = partial(people.change, name, asked.role or "", limit, asked.language)
    change(request, who, f"Person {name}: changed", work)
    return _told(people.find(name))


@router.post("/{name}/disable")
def disable_person(request: HttpRequest, name: str) -> dict[str, Any]:
    """Let a person sign in no more; the windows they have open are refused from now on."""
    who = need(request, "manage_people")
    change(request, who, f"Person {name}: disabled", lambda: people.disable(name))
    return _told(people.find(name))


@router.post("/{name}/enable")
def enable_person(request: HttpRequest, name: str) -> dict[str, Any]:
    """Let a person who was disabled sign in again."""
    who = need(request, "manage_people")
    change(request, who, f"Person {name}: enabled", lambda: people.enable(name))
    return _told(people.find(name))


@router.post("/{name}/take-second-factor")
def take_second_factor(request: HttpRequest, name: str) -> dict[str, Any]:
    """Remove the second factor of a person whose phone and recovery codes are lost; they may set up another."""
    who = need(request, "manage_people")
    change(request, who, f"Person {name}: second factor taken away", lambda: people.take_second_factor(name))
    return _told(people.find(name))


@router.post("/{name}/link")
def make_link(request: HttpRequest, name: str) -> dict[str, Any]:
    """A one-time link by which a person sets a new password, good for 24 hours; the old password holds until then."""
    return _with_link(request, f"Person {name}: link made", name, lambda name: {})
