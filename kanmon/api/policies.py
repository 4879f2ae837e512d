"""Changing policies: in this version, taking in action policies."""

from typing import Any

from django.http import HttpRequest

from kanmon.api.callers import Caller
from kanmon.api.changes import change
from kanmon.common.errors import Refused
from kanmon.policy import rules, versions

NAME_CHARACTERS = 100


def take_in(request: HttpRequest, who: Caller, text: str) -> dict[str, Any]:
    """A new version of the action policy that the document names; none when it says what the newest one says."""
    policy = rules.load(text)
    if not isinstance(policy, rules.ActionPolicy):
        raise Refused("KNM3120-E", name=policy.name)
    if len(policy.name) > NAME_CHARACTERS:
        wanted = f"at most {NAME_CHARACTERS} characters"
        raise Refused("KNM5004-E", line=1, path="name", wanted=wanted, found=f"{len(policy.name)}")

    def work() -> dict[str, Any]:
        return {"name": policy.name, "version": versions.add(policy, who.username).number}

    operation, _ = change(request, who, f"Action policy {policy.name}: imported", work)
    return {"operation": operation.id, **{name: (operation.outcome or {}).get(name) for name in ("name", "version")}}
