"""Tokens of the API: made, found, revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q

from kanmon.accounts.models import ApiToken, Role
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction

PREFIX = "kna_"
USED_EVERY = timedelta(minutes=1)  # last_used_at is written at most so often
MOST_DAYS = 3650


def create(name: str, role: str, actor: str, groups_only: list[int] | None = None, days: int | None = None) -> str:
    """A new API token; it is shown this once. ``groups_only``: ids of groups that it is limited to; ``days``: how long
    it is good, 1 to 3,650, None: until it is revoked. Raises Refused KNM7004-E, KNM7005-E, KNM7222-E.
    """
    if role not in Role.values:
        raise Refused("KNM7005-E", name=role, why="roles are " + ", ".join(Role.values))
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Refused("KNM7222-E", days=days, most=MOST_DAYS)
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        if ApiToken.objects.filter(name=name).exists():
            raise Refused("KNM7004-E", status=409, name=name)
        ApiToken.objects.create(
            name=name,
            role=role,
            digest=hashlib.sha256(token.encode()).digest(),
            created_at=clock.now(),
            created_by=actor,
            groups_only=groups_only,
            expires_at=None if days is None else clock.now() + timedelta(days=days),
        )
    return token


def revoke(name: str) -> None:
    """The API token ``name`` is worth nothing from now on. Raises Refused KNM6010-E."""
    with transaction():
        if not ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=clock.now()):
            raise Refused("KNM6010-E", status=404, what="API token", name=name)


def listed() -> list[ApiToken]:
    """All API tokens; what they are is kept nowhere."""
    return list(ApiToken.objects.order_by("name"))


def find(token: str) -> ApiToken | None:
    """The token's row, or None when it is unknown, revoked or over."""
    if not token.startswith(PREFIX):
        return None
    good = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    digest = hashlib.sha256(token.encode()).digest()
    return ApiToken.objects.filter(good, digest=digest, revoked_at=None).first()


def used(token: ApiToken) -> None:
    """Keep that the token was used, at most once a minute."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        with transaction():
            ApiToken.objects.filter(id=token.id).update(last_used_at=now)


def state(token: ApiToken) -> str:
    """``active``, ``revoked`` or ``over``."""
    if token.revoked_at is not None:
        return "revoked"
    return "over" if token.expires_at is not None and token.expires_at <= clock.now() else "active"
