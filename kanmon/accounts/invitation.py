"""One-time links: how the first person, and later every other one, gets an account."""

import hashlib
import secrets
from datetime import timedelta

from kanmon.accounts.models import Invitation, Role, User
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.once import once, was_done
from kanmon.journal.writing import transaction

VALID_HOURS = 24


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def first_link(base_url: str) -> str | None:
    """A new one-time link for the first administrator, or None when somebody has come in already.

    Each start makes a new one and ends the older ones, so that a link in an old terminal is worth nothing.
    """
    with transaction():
        never_came_in = {"password__startswith": "!", "last_login": None}
        if User.objects.exclude(**never_came_in).exists():
            return None
        now = clock.now()
        Invitation.objects.filter(used_at=None).update(used_at=now)
        token = secrets.token_urlsafe(32)
        Invitation.objects.create(
            digest=_digest(token), role=Role.ADMINISTRATOR, created_at=now,
            expires_at=now + timedelta(hours=VALID_HOURS),
        )  # fmt: skip
    return f"{base_url}/welcome/{token}"


def for_person(person: User, actor: str) -> str:
    """The token of a new link by which ``person`` sets a password; older ones of theirs end. Inside a transaction."""
    now = clock.now()
    Invitation.objects.filter(person=person, used_at=None).update(used_at=now)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        digest=_digest(token), role=person.role, groups_only=person.groups_only, person=person, created_at=now,
        created_by=actor, expires_at=now + timedelta(hours=VALID_HOURS),
    )  # fmt: skip
    return token


def find(token: str) -> Invitation:
    """The open invitation of ``token``. Raises Refused KNM7003-E."""
    open_ones = Invitation.objects.select_related("person")
    found = open_ones.filter(digest=_digest(token), used_at=None, expires_at__gt=clock.now()).first()
    if found is None:
        raise Refused("KNM7003-E", status=410)
    return found


def accept(token: str, username: str, password: str, language: str) -> User:
    """Make the account, or set the password of the person whom the link is of; it is used up in the same transaction.

    Raises Refused KNM7003-E, KNM7020-E.
    """

    def work() -> None:
        invitation = find(token)
        used = Invitation.objects.filter(id=invitation.id, used_at=None).update(used_at=clock.now())
        if not used:
            raise Refused("KNM7003-E", status=410)
        if invitation.person is not None:
            person = User.objects.get(pk=invitation.person.pk, username=username)
            person.set_password(password)
            person.language = language
            person.save(update_fields=["password", "language"])
        else:
            limit = invitation.groups_only
            User.objects.create_user(
                username, password=password, role=invitation.role, language=language, groups_only=limit
            )

    known = Invitation.objects.filter(digest=_digest(token)).first()
    what = "password set" if known is not None and known.person_id is not None else "made"
    once(f"Account {username}: {what}", work, actor=username, requester="console", key=_key(token))
    return User.objects.get(username=username)


def made_by(token: str) -> str:
    """The name of the account that was made by the link of ``token``; "" when none was.

    For a sign-up whose answer was lost and that is sent again: who knows the password is signed in by it.
    """
    done = was_done(_key(token))
    return done.actor if done is not None else ""


def _key(token: str) -> str:
    return f"welcome:{_digest(token).hex()}"
