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


def find(token: str) -> ApiToken | None:
    """The token's row, or None when it is unknown or revoked."""
    if not token.startswith(PREFIX):
        return None
    return ApiToken.objects.filter(digest=hashlib.sha256(token.encode()).digest(), revoked_at=None).first()
