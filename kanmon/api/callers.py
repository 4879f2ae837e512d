"""Who calls the API."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kanmon.accounts import tokens
from kanmon.accounts.permission import Limited, may, may_here
from kanmon.audit import refusals
from kanmon.common.errors import Refused


@dataclass(frozen=True)
class Caller:
    """A program that calls, in the words of ``permission.may``."""

    username: str
    role: str
    groups_only: tuple[int, ...] | None = None
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
            tokens.used(found)
            only = found.groups_only
            return Caller(f"token:{found.name}", found.role, None if only is None else tuple(only))
        refusals.sign_in(request, "", "token")
    return None


def need(request: Any, verb: str, limited: Limited = "refused") -> Caller:
    """The caller, who may ``verb``; ``limited``: what the endpoint is to callers who are limited to groups.

    Raises Refused KNM7001-E, KNM7200-E (403).
    """
    found: Caller = request.auth
    if not may_here(found, verb, limited).allowed:
        refusals.permission(request, found.username, verb)
        if may(found, verb).allowed:
            raise Refused("KNM7200-E", status=403, who=found.username)
        raise Refused("KNM7001-E", status=403, verb=verb, who=found.username)
    return found
