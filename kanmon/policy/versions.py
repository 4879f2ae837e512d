"""Policy versions: stored as text, never changed, loaded once a process."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import changes
from kanmon.journal.writing import transaction
from kanmon.policy.models import Assignment, Policy, PolicyVersion
from kanmon.policy.rules import ActionPolicy, load, to_yaml

# file, assigned to the whole system, read-only
BUILTIN = (
    ("default.yaml", True, False),
    ("initial.yaml", False, True),
    ("default-action.yaml", True, False),
    ("initial-action.yaml", False, True),
)


@lru_cache(maxsize=256)
def rules(version_id: int) -> Any:
    """The rules of a version (JudgmentPolicy or ActionPolicy)."""
    return load(PolicyVersion.objects.values_list("text", flat=True).get(id=version_id))


def label(version_id: int) -> str:
    """How people call a version: "Default version 3"."""
    row = PolicyVersion.objects.select_related("policy").filter(id=version_id).first()
    return f"{row.policy.name} version {row.number}" if row else "-"


def newest(policy_id: int) -> int:
    """Id of the newest version of a policy."""
    found = PolicyVersion.objects.filter(policy_id=policy_id).order_by("-number").values_list("id", flat=True).first()
    if found is None:
        raise LookupError(f"policy {policy_id} has no version")
    return int(found)


def add(policy: ActionPolicy, author: str) -> PolicyVersion:
    """The newest version of the action policy of this name: a new one, or the present one when it says the same.

    Inside a transaction. Raises Refused KNM3121-E for one that is read-only.
    """
    row, _ = Policy.objects.get_or_create(kind="action", name=policy.name)
    if row.read_only:
        raise Refused("KNM3121-E", status=409, name=policy.name)
    Policy.objects.select_for_update().get(id=row.id)  # two at once: one after the other
    text = to_yaml(policy)
    before = PolicyVersion.objects.filter(policy=row).order_by("-number").first()
    if before is not None and to_yaml(load(before.text)) == text:
        return before
    number = 1 if before is None else before.number + 1
    changes.add([("policy", row.id, b"")])
    return PolicyVersion.objects.create(
        policy=row, number=number, text=text, author=author, comment=policy.comment[:500], created_at=clock.now()
    )


def install_builtin() -> None:
    """Put the policies that come with Kanmon in place; an existing one is left as it is."""
    with transaction():
        for file, assigned, read_only in BUILTIN:
            text = files("kanmon.policy").joinpath("builtin", file).read_text("utf-8")
            parsed = load(text)
            kind = "action" if "action" in file else "judgment"
            policy, new = Policy.objects.get_or_create(
                kind=kind, name=parsed.name, defaults={"builtin": True, "read_only": read_only}
            )
            if new:
                PolicyVersion.objects.create(
                    policy=policy, number=1, text=text, author="kanmon", comment=parsed.comment, created_at=clock.now()
                )
                changes.add([("policy", policy.id, b"")])
            if assigned:
                Assignment.objects.get_or_create(kind=kind, target="system", target_id=0, defaults={"policy": policy})
