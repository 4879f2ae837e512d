"""Changes by the API: each is one operation, done once for the caller and the Idempotency-Key of the call."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from kanmon.api.callers import Caller
from kanmon.common import messages
from kanmon.common.errors import Refused
from kanmon.journal.models import Operation
from kanmon.journal.once import once

MOST_CHARACTERS = 128


def key_of(request: HttpRequest, who: Caller) -> str | None:
    """The journal's key of a call, of this caller's own; None without the header. Raises Refused KNM7021-E."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not (1 <= len(given) <= MOST_CHARACTERS and given.isascii() and given.isprintable()):
        raise Refused("KNM7021-E")
    return f"api:{hashlib.sha256(who.username.encode()).hexdigest()[:16]}:{given}"


def change(
    request: HttpRequest, who: Caller, subject: str, work: Callable[[], Mapping[str, Any] | None]
) -> tuple[Operation, bool]:
    """Do ``work`` as an operation of its own, once for the key. Returns it, and whether it was done now."""
    return once(subject, work, actor=who.username, requester="api", key=key_of(request, who))


def made(
    request: HttpRequest, who: Caller, what: str, name: str, role: str, create: Callable[[], str]
) -> dict[str, Any]:
    """Make a token once. The journal and the audit keep that it was made, never the token."""
    token = ""

    def work() -> dict[str, str]:
        nonlocal token
        token = create()
        return {"event": "token_made", "name": name, "role": role}

    operation, now = change(request, who, f"{what} {name}: token made", work)
    told: dict[str, Any] = {"name": name, "operation": operation.id, "token": token}
    if not now:
        told["sentence"] = messages.text("KNM7022-I", {"what": what, "name": name, "operation": operation.id})
    return told


def begun(operation: Operation, kind: str) -> Operation:
    """The operation that was begun, if it is of ``kind``. Raises Refused KNM7020-E: the key was given before."""
    if operation.kind != kind:
        raise Refused("KNM7020-E", status=422, subject=operation.subject, operation=operation.id)
    return operation
