"""Who may do what: the one place where it is decided.

Roles are those of the original plus the auditor: *administrator* does everything, *security administrator*
all but people and settings, *viewer* searches and exports, *auditor* reads everything, the audit too.
"""

from dataclasses import dataclass
from typing import Any

from kanmon.common import messages

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
