"""Who calls the API."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kanmon.accounts import tokens
from kanmon.accounts.permission import may
from kanmon.audit import refusals
from kanmon.common.errors import Refused


@dataclass(frozen=True)
class Caller:
    """A program that calls, in the words of ``permission.may``."""

    username: str
    role: str
    is_authenticated: bool = True
    is_active: bool = True


def caller(request: HttpRequest) -> Caller | None:
    """The caller, or None (401). The header of the local socket is set by asgi.py and by nobody else."""
    local = request.headers.get("X-Kanmon-Local")
    if local:
        return Caller(f"os:{local}", "administrator")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        found = tokens.find(token.strip())
        if found is not None:
            return Caller(f"token:{found.name}", found.role)
        refusals.sign_in(request, "", "token")
    return None


def need(request: Any, verb: str) -> Caller:
    """The caller, who may ``verb``. Raises Refused KNM7001-E (403)."""
    found: Caller = request.auth
    decision = may(found, verb)
    if not decision.allowed:
        refusals.permission(request, found.username, verb)
        raise Refused("KNM7001-E", status=403, verb=verb, who=found.username)
    return found
