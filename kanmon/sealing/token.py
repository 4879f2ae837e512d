"""The one-time token of a node that joins, and what is derived from it; see ``join``. No database."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from kanmon.common.errors import Refused
from kanmon.sealing import keys

PREFIX = "knj_"
FILES = ("signing-key", "data-key", "agent-ca.key", "agent-ca.crt")


@dataclass(frozen=True)
class Token:
    """What is derived from a one-time token."""

    mark: str
    key: bytes


def read_token(text: str) -> Token:
    """Raises Refused KNM4152-E when ``text`` is no token of a node."""
    if not text.startswith(PREFIX) or len(text) < 40:
        raise Refused("KNM4152-E")
    secret = text.encode()
    return Token(keys.derive(secret, "kanmon join mark").hex(), keys.derive(secret, "kanmon join key"))


def unpack(token: Token, sealed: str, url: str) -> dict[str, Any]:
    """The answer of ``url`` to ``token``, opened. Raises Refused KNM4154-E when it is not an answer to it."""
    try:
        told: dict[str, Any] = json.loads(keys.unseal(token.key, token.mark, base64.b64decode(sealed, validate=True)))
    except (keys.WrongKey, ValueError):
        raise Refused("KNM4154-E", url=url) from None
    return told
