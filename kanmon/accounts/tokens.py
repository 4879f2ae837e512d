"""Tokens of the API: made, found, revoked."""

import hashlib
import secrets

from kanmon.accounts.models import ApiToken, Role
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction

PREFIX = "kna_"


def create(name: str, role: str, actor: str) -> str:
    """A new API token; it is shown this once. Raises Refused KNM7004-E, KNM7005-E."""
    if role not in Role.values:
        raise Refused("KNM7005-E", name=role, why="roles are " + ", ".join(Role.values))
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
    """The token's row, or None when it is unknown or revoked."""
    if not token.startswith(PREFIX):
        return None
    return ApiToken.objects.filter(digest=hashlib.sha256(token.encode()).digest(), revoked_at=None).first()
