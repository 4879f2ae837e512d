"""People and API tokens. Both are few: their lists are whole."""

from dataclasses import replace

from kanmon.accounts import people, scope, second_factor, sessions, tokens
from kanmon.accounts.models import ApiToken, User
from kanmon.console.shown.people import GroupChoice, PersonRow, SessionRow, Sessions, TokenRow
from kanmon.inventory.models import Group

MOST_GROUPS = 2000  # that a form offers
DEEPEST = 6


def _limit(one: User | ApiToken) -> tuple[str, ...] | None:
    return tuple(scope.paths(one)) if scope.is_limited(one) else None


def _person(one: User) -> PersonRow:
    return PersonRow(
        one.pk, one.get_username(), one.role, people.state(one), _limit(one), one.language, one.last_login,
        one.date_joined,
    )  # fmt: skip


def everybody() -> list[PersonRow]:
    """All people, by name."""
    return [_person(one) for one in people.listed()]


def person(number: int) -> PersonRow | None:
    """One person, by number."""
    found = User.objects.filter(pk=number).first()
    return None if found is None else replace(_person(found), factor=second_factor.of(found) is not None)


def sessions_of(number: int, here: str | None) -> Sessions:
    """Where a person is signed in, the last used first; ``here``: the key of the session of who is looking."""
    found = User.objects.filter(pk=number).first()
    rows = [] if found is None else sessions.of(found)
    return Sessions([
        SessionRow(one.id, one.browser, one.system, one.address, one.since, one.used_at, one.session_id == here)
        for one in rows
    ])  # fmt: skip


def api_tokens() -> list[TokenRow]:
    """All API tokens: those that are good first, by name."""
    rows = [
        TokenRow(one.id, one.name, one.role, tokens.state(one), _limit(one), one.created_at, one.created_by,
                 one.last_used_at, one.expires_at)
        for one in tokens.listed()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.state != "active", row.name))


def group_choices(chosen: tuple[str, ...] = ()) -> list[GroupChoice]:
    """The groups that a form offers, as a tree, without the root."""
    paths = Group.objects.exclude(path="/").order_by("path").values_list("path", "name")[:MOST_GROUPS]
    return [GroupChoice(path, name, min(path.count("/"), DEEPEST), path in chosen) for path, name in paths]
