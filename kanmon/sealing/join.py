"""A second node gets the secrets of the first, by a one-time token.

From the token both sides derive two values: a public *mark*, by which the first node finds the invitation, and a
*key*, under which it seals its answer. The token itself never travels, and the database holds only the mark, and the
key sealed under the data key. So neither who listens on the way nor who reads the database gets the secrets.
A token is good for one hour and for one node; the mark is used up in the transaction that reads the key.
"""

import base64
import json
import secrets
from datetime import timedelta

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction
from kanmon.sealing import keys
from kanmon.sealing.models import NodeInvitation
from kanmon.sealing.store import data_key
from kanmon.sealing.token import FILES, PREFIX, read_token

VALID_SECONDS = 3600


def invite(actor: str) -> str:
    """A new one-time token. Raises Refused KNM4153-E on SQLite, where there is one node at a time."""
    if not config.get("database.url"):
        raise Refused("KNM4153-E", status=409)
    text = PREFIX + secrets.token_urlsafe(32)
    token, now = read_token(text), clock.now()
    with transaction():
        NodeInvitation.objects.create(
            mark=token.mark, sealed_key=keys.seal(data_key(), token.mark, token.key), created_at=now,
            created_by=actor, expires_at=now + timedelta(seconds=VALID_SECONDS),
        )  # fmt: skip
    return text


def answer(mark: str, node: str) -> str:
    """What the invited ``node`` gets: secrets and database address, sealed, base64. Raises Refused KNM4152-E."""
    with transaction():
        rows = NodeInvitation.objects.filter(mark=mark, used_at=None, expires_at__gt=clock.now())
        found = rows.first()
        if found is None or not rows.update(used_at=clock.now(), used_by=node[:100]):
            raise Refused("KNM4152-E", status=410)
        key = keys.unseal(data_key(), mark, bytes(found.sealed_key))
    folder = config.home() / "secrets"
    told = {
        "database_url": str(config.get("database.url")),
        "files": {name: (folder / name).read_text("ascii") for name in FILES if (folder / name).exists()},
    }
    return base64.b64encode(keys.seal(key, mark, json.dumps(told).encode())).decode()
