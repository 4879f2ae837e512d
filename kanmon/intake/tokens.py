"""Sources and their tokens. A token is write-only: it lets its holder send inventory and nothing else."""

import hashlib
import re
import secrets
import time

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.intake.models import Source
from kanmon.journal.writing import transaction

PREFIX = "kni_"
THIS_MACHINE = "this-machine"
BUILTIN = ("import", THIS_MACHINE, "simulation")
_NAME = re.compile(r"[\w.\- ]{1,100}")
_CACHE_SECONDS = 5.0
_known: dict[bytes, tuple[float, int | None]] = {}


def digest(token: str) -> bytes:
    """What is stored of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def create(name: str, actor: str) -> str:
    """A new source and its token, which is shown this once. Raises Refused KNM7004-E, KNM7005-E."""
    if not _NAME.fullmatch(name) or not name.strip():
        raise Refused("KNM7005-E", name=repr(name), why="1 to 100 letters, digits, blanks, . - _")
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        if Source.objects.filter(name=name).exists():
            raise Refused("KNM7004-E", status=409, name=name)
        Source.objects.create(name=name, token_digest=digest(token), created_at=clock.now(), created_by=actor)
    return token


def revoke(name: str) -> None:
    """The token of source ``name`` is worth nothing from now on. Raises Refused KNM6010-E."""
    with transaction():
        if not Source.objects.filter(name=name, revoked_at=None).update(revoked_at=clock.now()):
            raise Refused("KNM6010-E", status=404, what="Source", name=name)
    _known.clear()


def builtin(name: str) -> Source:
    """A source without a token, for reports that come by command."""
    found = Source.objects.filter(name=name).first()
    if found is None:
        with transaction():
            found, _ = Source.objects.get_or_create(
                name=name, defaults={"created_at": clock.now(), "created_by": "kanmon"}
            )
    return found


def cached(token: str) -> int | None:
    """Id of the source of a token that was found in the last 5 s; None: ask ``find``."""
    at, source = _known.get(digest(token), (0.0, None)) if token.startswith(PREFIX) else (0.0, None)
    return source if source is not None and time.monotonic() - at < _CACHE_SECONDS else None


def find(token: str) -> int | None:
    """Id of the source whose token this is; None when unknown or revoked. Looks into the database."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    mark = digest(token)
    source = Source.objects.filter(token_digest=mark, revoked_at=None).values_list("id", flat=True).first()
    if source is not None:
        if len(_known) > 10_000:
            _known.clear()
        _known[mark] = (time.monotonic(), source)
    return source
