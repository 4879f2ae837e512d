"""Who may do what: the one place where it is decided.

Roles are those of the original plus the auditor: *administrator* does everything, *security administrator*
all but people and settings, *viewer* searches and exports, *auditor* reads everything, the audit too.

A person or token may besides be limited to groups (``scope.py``). Every page and every endpoint says what it is to
them: ``refused``, it is of the whole system; ``open``, nothing in it is of a PC; ``narrowed``, it shows and changes
their PCs only. Who says nothing has refused.
"""

from dataclasses import dataclass
from typing import Any, Literal

from kanmon.accounts import scope
from kanmon.common import messages

Limited = Literal["refused", "open", "narrowed"]

VERBS = (
    "view",
    "judge",
    "act",
    "edit_policy",
    "import",
    "decide_suspected",
    "manage_tokens",
    "manage_people",
    "manage_cluster",
    "audit",
)
_OF_ROLE: dict[str, frozenset[str]] = {
    "administrator": frozenset(VERBS),
    "security_administrator": frozenset({"view", "judge", "act", "edit_policy", "import", "decide_suspected"}),
    "viewer": frozenset({"view"}),
    "auditor": frozenset({"view", "audit"}),
}


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, and why."""

    allowed: bool
    why: str


def may(user: Any, verb: str, language: str = "en") -> Decision:
    """Decide for a person (``accounts.User``) or a caller with ``role``. Unknown verbs raise ValueError."""
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is no permission")
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", True):
        return Decision(False, messages.text("KNM7002-E", {}, language))
    role = str(getattr(user, "role", ""))
    if verb in _OF_ROLE.get(role, frozenset()):
        return Decision(True, f"role {role}")
    who = getattr(user, "username", "") or "-"
    return Decision(False, messages.text("KNM7001-E", {"verb": verb, "who": who}, language))


def may_here(user: Any, verb: str, limited: Limited, language: str = "en") -> Decision:
    """Decide for a page or an endpoint that needs ``verb``, and is ``limited`` for people who are limited to groups."""
    decision = may(user, verb, language)
    if decision.allowed and limited == "refused" and scope.is_limited(user):
        who = getattr(user, "username", "") or "-"
        return Decision(False, messages.text("KNM7200-E", {"who": who}, language))
    return decision
