"""What the pages of people and API tokens may change. Secrets that are made are given back once, and kept nowhere."""

from collections.abc import Callable
from typing import Any

from kanmon.accounts import people, sessions, tokens
from kanmon.accounts.models import ApiToken
from kanmon.accounts.people import Limit
from kanmon.common.errors import Refused
from kanmon.console.change import Done, key
from kanmon.journal.once import once


def _once(subject: str, work: Callable[[], dict[str, Any]], actor: str, form_key: str) -> Done:
    operation, now = once(subject, work, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now)


def invite(name: str, role: str, limit: list[int] | None, language: str, actor: str, form_key: str) -> tuple[Done, str]:
    """Make a person; the token of the link by which they set a password, or "" when the form had been sent before."""
    made: list[str] = []

    def work() -> dict[str, Any]:
        told = people.make(name, role, limit, language)
        made.append(people.let_in(name, actor)[0])
        return told

    done = _once(f"Person {name}: made", work, actor, form_key)
    return done, made[0] if done.now else ""


def link(name: str, actor: str, form_key: str) -> tuple[Done, str]:
    """A link by which a person sets a new password; its token, or "" when the form had been sent before."""
    made: list[str] = []

    def work() -> dict[str, Any]:
        token, told = people.let_in(name, actor)
        made.append(token)
        return told

    done = _once(f"Person {name}: link made", work, actor, form_key)
    return done, made[0] if done.now else ""


def change(name: str, role: str, limit: Limit, language: str, actor: str, form_key: str) -> Done:
    """Give a person this role, limit and language."""
    return _once(
        f"Person {name}: changed", lambda: people.change(name, role, limit, language), actor, form_key
    )  # fmt: skip


def disable(name: str, actor: str, form_key: str) -> Done:
    """Let a person sign in no more."""
    return _once(f"Person {name}: disabled", lambda: people.disable(name), actor, form_key)


def enable(name: str, actor: str, form_key: str) -> Done:
    """Let a person sign in again."""
    return _once(f"Person {name}: enabled", lambda: people.enable(name), actor, form_key)


def take_second_factor(name: str, actor: str, form_key: str) -> Done:
    """Remove a person's second factor; they may set up another."""
    what = f"Person {name}: second factor taken away"
    return _once(what, lambda: people.take_second_factor(name), actor, form_key)


def end_session(name: str, number: int, here: str, actor: str, form_key: str) -> Done:
    """End one session of a person; not ``here``, that of who asks."""
    what = f"Person {name}: sign-in {number} ended"
    return _once(what, lambda: sessions.end(people.find(name), number, here), actor, form_key)


def end_sessions(name: str, here: str, actor: str, form_key: str) -> Done:
    """End all sessions of a person but ``here``, that of who asks."""
    what = f"Person {name}: sign-ins ended"
    return _once(what, lambda: sessions.end_all(people.find(name), here), actor, form_key)


def make_token(
    name: str, role: str, limit: list[int] | None, days: int | None, actor: str, form_key: str
) -> tuple[Done, str]:
    """Make an API token; the token, or "" when the form had been sent before."""
    made: list[str] = []

    def work() -> dict[str, Any]:
        made.append(tokens.create(name, role, actor, limit, days))
        return {"event": "token_made", "name": name, "role": role}

    done = _once(f"API token {name}: token made", work, actor, form_key)
    return done, made[0] if done.now else ""


def revoke_token(number: int, actor: str, form_key: str) -> tuple[Done, str]:
    """An API token is worth nothing from now on; its name. Raises Refused KNM6010-E."""
    name = ApiToken.objects.filter(id=number).values_list("name", flat=True).first()
    if name is None:
        raise Refused("KNM6010-E", status=404, what="API token", name=str(number))

    def work() -> dict[str, Any]:
        tokens.revoke(name)
        return {"event": "token_revoked", "name": name}

    return _once(f"API token {name}: revoked", work, actor, form_key), name
