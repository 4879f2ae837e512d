"""Policy versions: stored as text, never changed, loaded once a process.

All that changes a policy adds a version: an import, a roll-back (an old content under a new number), a copy. So a
verdict can name the version that judged it, and a deleted policy stays behind it, unseen.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from django.db.models import QuerySet

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import changes
from kanmon.journal.writing import transaction
from kanmon.policy.check import nearest
from kanmon.policy.models import Assignment, Policy, PolicyVersion
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy, load, named, to_yaml

# file, assigned to the whole system, read-only
BUILTIN = (
    ("default.yaml", True, False),
    ("initial.yaml", False, True),
    ("default-action.yaml", True, False),
    ("initial-action.yaml", False, True),
)
KINDS = ("judgment", "action")


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


def live() -> "QuerySet[Policy]":
    """The policies that are not deleted."""
    return Policy.objects.filter(deleted_at=None)


def find(kind: str, name: str) -> Policy:
    """The policy of this kind and name. Raises Refused KNM5050-E with the nearest name."""
    if kind not in KINDS:
        raise Refused("KNM5050-E", status=404, what="kind of policy", name=kind, nearest=nearest(kind, KINDS))
    row = live().filter(kind=kind, name=name).first()
    if row is None:
        names = live().filter(kind=kind).values_list("name", flat=True)
        raise Refused("KNM5050-E", status=404, what=f"{kind} policy", name=name, nearest=nearest(name, names))
    return row


def version(kind: str, name: str, number: int = 0) -> PolicyVersion:
    """A version by its number; 0: the newest. Raises Refused KNM5050-E, KNM5054-E."""
    policy = find(kind, name)
    rows = PolicyVersion.objects.select_related("policy").filter(policy=policy).order_by("-number")
    row = (rows.filter(number=number) if number else rows).first()
    if row is None:
        last = rows.values_list("number", flat=True).first()
        raise Refused("KNM5054-E", status=404, name=name, number=number, last=last)
    return row


def add(policy: JudgmentPolicy | ActionPolicy, author: str, comment: str = "") -> PolicyVersion:
    """The newest version of the policy of this kind and name: a new one, or the present one when it says the same.

    ``comment``: of the version; else the document's. Inside a transaction. Raises Refused KNM3121-E for one that is
    read-only.
    """
    kind = "judgment" if isinstance(policy, JudgmentPolicy) else "action"
    row, _ = Policy.objects.get_or_create(kind=kind, name=policy.name, deleted_at=None)
    if row.read_only:
        raise Refused("KNM3121-E", status=409, name=policy.name)
    Policy.objects.select_for_update().get(id=row.id)  # two at once: one after the other
    text = to_yaml(policy)
    before = PolicyVersion.objects.filter(policy=row).order_by("-number").first()
    if before is not None and to_yaml(load(before.text)) == text:
        return before
    number = 1 if before is None else before.number + 1
    changes.add([("policy", row.id, b"")])
    said = (comment or policy.comment)[:500]
    return PolicyVersion.objects.create(
        policy=row, number=number, text=text, author=author, comment=said, created_at=clock.now()
    )


def roll_back(kind: str, name: str, number: int, author: str, comment: str = "") -> PolicyVersion:
    """A new version with the content of version ``number``. Inside a transaction."""
    old = version(kind, name, number)
    return add(load(old.text), author, comment or f"Back to version {number}")


def copy(kind: str, name: str, new: str, author: str, number: int = 0) -> PolicyVersion:
    """A policy of its own named ``new``, with the content of a version of ``name``. Inside a transaction.

    Raises Refused KNM5051-E when the name is taken.
    """
    old = version(kind, name, number)
    if live().filter(kind=kind, name=new).exists():
        raise Refused("KNM5051-E", status=409, name=new)
    made = add(named(load(old.text), new), author, f"Copy of {name} version {old.number}")
    return made


def delete(kind: str, name: str) -> Policy:
    """Delete a policy that nothing is assigned to. Inside a transaction. Raises Refused KNM5052-E, KNM5053-E."""
    policy = find(kind, name)
    if policy.builtin:
        raise Refused("KNM5053-E", status=409, name=name)
    Policy.objects.select_for_update().get(id=policy.id)
    assigned = Assignment.objects.filter(policy=policy).count()
    if assigned:
        raise Refused("KNM5052-E", status=409, name=name, count=assigned)
    Policy.objects.filter(id=policy.id).update(deleted_at=clock.now())
    changes.add([("policy", policy.id, b"")])
    return policy


def install_builtin() -> None:
    """Put the policies that come with Kanmon in place; an existing one is left as it is."""
    with transaction():
        for file, assigned, read_only in BUILTIN:
            text = files("kanmon.policy").joinpath("builtin", file).read_text("utf-8")
            parsed = load(text)
            kind = "action" if "action" in file else "judgment"
            policy, new = Policy.objects.get_or_create(
                kind=kind, name=parsed.name, deleted_at=None, defaults={"builtin": True, "read_only": read_only}
            )
            if new:
                PolicyVersion.objects.create(
                    policy=policy, number=1, text=text, author="kanmon", comment=parsed.comment, created_at=clock.now()
                )
                changes.add([("policy", policy.id, b"")])
            if assigned:
                Assignment.objects.get_or_create(kind=kind, target="system", target_id=0, defaults={"policy": policy})
