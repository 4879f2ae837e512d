"""Which policy version holds for which PCs: system, group, PC; the nearest wins."""

from collections.abc import Callable, Mapping

from pyroaring import BitMap

from kanmon.policy.models import Assignment
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
