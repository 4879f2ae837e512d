"""People as administrators keep them: made, changed, disabled, given a link to set a password.

Each change is called inside a transaction (``journal.once``) and returns what the audit keeps of it, without secrets.
An account is never deleted: its name stays in what it has done.
"""

from collections.abc import Sequence
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from kanmon.accounts import invitation, scope, second_factor, sessions
from kanmon.accounts.models import Invitation, Role, User
from kanmon.common import clock
from kanmon.common.errors import Refused

Told = dict[str, Any]
UNUSABLE = "!"  # how Django's unusable passwords begin
WHOLE = "/"
Limit = list[int] | None | Literal["stays"]  # ids of groups; None: the whole system


def listed() -> list[User]:
    """Everybody, by name."""
    return list(User.objects.order_by("username"))


def find(name: str) -> User:
    """The person ``name``. Raises Refused KNM6010-E (404)."""
    found = User.objects.filter(username=name).first()
    if found is None:
        raise Refused("KNM6010-E", status=404, what="person", name=name[:150])
    return found


def state(person: User) -> str:
    """``active``, ``invited`` (has no password yet and never came in) or ``disabled``."""
    if not person.is_active:
        return "disabled"
    return "invited" if person.password.startswith(UNUSABLE) and person.last_login is None else "active"


def limit_text(groups_only: Sequence[int] | None) -> str:
    """A limit as paths of groups; "/" for the whole system, "-" for groups that are all gone."""
    if groups_only is None:
        return WHOLE
    return ", ".join(scope.paths_of(groups_only)) or "-"


def make(name: str, role: str, groups_only: list[int] | None, language: str) -> Told:
    """A new account without a password; a link (``let_in``) sets it. Raises Refused KNM7210-E, KNM7212-E, KNM7214-E."""
    _known(role, language)
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        raise Refused("KNM7212-E", name=name[:150]) from None
    if len(name) > 150:
        raise Refused("KNM7212-E", name=name[:150])
    if User.objects.filter(username__iexact=name).exists():
        raise Refused("KNM7210-E", status=409, name=name)
    User.objects.create_user(name, role=role, groups_only=groups_only, language=language)
    return {"event": "person_made", "name": name, "role": role, "limit": limit_text(groups_only)}


def change(name: str, role: str = "", limit: Limit = "stays", language: str | None = None) -> Told:
    """Give a person another role, limit or language; what is not given stays.

    Raises Refused KNM6010-E, KNM7211-E, KNM7214-E.
    """
    person = _held(name)
    role, language = role or person.role, person.language if language is None else language
    groups_only = person.groups_only if limit == "stays" else limit
    _known(role, language)
    was = {"was_role": person.role, "was_limit": limit_text(person.groups_only)}
    User.objects.filter(pk=person.pk).update(role=role, groups_only=groups_only, language=language)
    _check_administrators(person)
    return {"event": "person_changed", "name": name, "role": role, "limit": limit_text(groups_only), **was}


def disable(name: str) -> Told:
    """Who is disabled can't sign in; open windows are refused at their next request. Raises Refused KNM6010-E, KNM7211-E.

    Links that were not used yet are worth nothing any more.
    """
    person = _held(name)
    User.objects.filter(pk=person.pk).update(is_active=False)
    sessions.end_all(person)
    Invitation.objects.filter(person=person, used_at=None).update(used_at=clock.now())
    _check_administrators(person)
    return {"event": "person_disabled", "name": name}


def enable(name: str) -> Told:
    """Who was disabled may sign in again, with the password they had."""
    User.objects.filter(pk=find(name).pk).update(is_active=True)
    return {"event": "person_enabled", "name": name}


def let_in(name: str, actor: str) -> tuple[str, Told]:
    """A one-time link's token by which the person sets a password; links made before end. Raises Refused KNM7213-E."""
    person = find(name)
    if not person.is_active:
        raise Refused("KNM7213-E", status=409, name=name)
    token = invitation.for_person(person, actor)
    return token, {"event": "person_link_made", "name": name}


def limit_of(groups: Sequence[str] | None, everything: bool) -> Limit:
    """What a change asks for: paths of groups, or ``everything``; neither: it stays.

    Raises Refused KNM7215-E, KNM7223-E.
    """
    if everything and groups:
        raise Refused("KNM7223-E")
    if everything:
        return None
    if groups is None:
        return "stays"
    if not [one for one in groups if one.strip()]:
        raise Refused("KNM7215-E")
    return scope.ids_of(groups)


def take_second_factor(name: str) -> Told:
    """Remove a person's second factor, whose phone and codes are lost; they may set up another. Raises KNM6010-E."""
    person = find(name)
    second_factor.take_away(person)
    return {"event": "second_factor_removed", "name": name}


def _known(role: str, language: str) -> None:
    if role not in Role.values:
        raise Refused("KNM7214-E", what="role", given=role[:60], known=", ".join(Role.values))
    languages = [code for code, _ in settings.LANGUAGES]
    if language and language not in languages:
        raise Refused("KNM7214-E", what="language", given=language[:60], known=", ".join(languages))


def _held(name: str) -> User:
    """The person ``name``, once the administrators' rows are locked: who changes two of them at once waits here."""
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("id").values_list("id"))
    return find(name)


def _administrators() -> QuerySet[User]:
    """Who can sign in here with a password and do everything."""
    able = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, groups_only__isnull=True)
    return able.exclude(password__startswith=UNUSABLE)


def _check_administrators(before: User) -> None:
    """After a change of ``before``: somebody is left."""
    was_one = before.role == Role.ADMINISTRATOR and before.is_active and before.groups_only is None
    if not was_one or before.password.startswith(UNUSABLE):
        return
    if not _administrators().exists():
        raise Refused("KNM7211-E", status=409, name=before.get_username())
