"""Which policy version holds for which PCs: system, group, PC; the nearest wins."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.policy.models import Assignment, Policy
from kanmon.policy.versions import newest


def resolve(
    kind: str, scope: BitMap, groups: Mapping[int, BitMap], ancestors: Callable[[int], list[int]]
) -> dict[int, BitMap]:
    """Policy version id -> PCs of ``scope`` for which it holds.

    ``kind``: judgment or action. ``groups``: group id -> the PCs directly in it. ``ancestors(group)``: the group
    and those above it, nearest first. PCs without any policy are in no part.
    """
    system: int | None = None
    by_group: dict[int, int] = {}
    by_pc: dict[int, int] = {}
    for target, target_id, policy in Assignment.objects.filter(kind=kind).values_list("target", "target_id", "policy"):
        if target == "system":
            system = policy
        elif target == "group":
            by_group[target_id] = policy
        else:
            by_pc[target_id] = policy
    parts: dict[int, BitMap] = {}
    rest = BitMap(scope)

    def give(policy: int, pcs: BitMap) -> None:
        nonlocal rest
        if pcs:
            parts[policy] = parts.get(policy, BitMap()) | pcs
            rest -= pcs

    for pc, policy in by_pc.items():
        give(policy, rest & BitMap([pc]))
    if by_group:
        for group, members in groups.items():
            nearest = next((by_group[one] for one in ancestors(group) if one in by_group), None)
            if nearest is not None:
                give(nearest, rest & members)
    if system is not None:
        give(system, rest)
    return {newest(policy): pcs for policy, pcs in parts.items()}


class Assigned(NamedTuple):
    """One assignment: ``target`` is system, group or pc, ``target_id`` the number of the group or PC."""

    kind: str
    target: str
    target_id: int
    policy: str


def listed() -> list[Assigned]:
    """All assignments: the system first, then groups, then PCs."""
    order = {"system": 0, "group": 1, "pc": 2}
    rows = Assignment.objects.values_list("kind", "target", "target_id", "policy__name")
    return sorted((Assigned(*row) for row in rows), key=lambda one: (one.kind, order[one.target], one.target_id))


def assign(policy: Policy, target: str, target_id: int) -> str | None:
    """Assign a policy to the system, a group or a PC, in place of the one of its kind that is there.

    Returns the name of that one (None: there was none). Inside a transaction.
    """
    held = Policy.objects.select_for_update().get(id=policy.id)  # not deleted meanwhile
    if held.deleted_at is not None:
        raise Refused("KNM5050-E", status=404, what=f"{policy.kind} policy", name=policy.name, nearest="-")
    row = Assignment.objects.filter(kind=policy.kind, target=target, target_id=target_id).first()
    if row is None:
        Assignment.objects.create(kind=policy.kind, target=target, target_id=target_id, policy=policy)
        return None
    before = row.policy.name
    Assignment.objects.filter(id=row.id).update(policy=policy)
    return before


def unassign(kind: str, target: str, target_id: int) -> str | None:
    """Take an assignment away: what is farther holds again. Returns the policy's name, None when there was none."""
    row = Assignment.objects.filter(kind=kind, target=target, target_id=target_id).select_related("policy").first()
    if row is None:
        return None
    row.delete()
    return row.policy.name
