"""For which PCs a policy would hold: in the place of one that is assigned, or as if it were assigned somewhere."""

from dataclasses import dataclass

from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.inventory.models import Group
from kanmon.judgment.engine import Engine
from kanmon.policy.models import Assignment, Policy, PolicyVersion


@dataclass(frozen=True, slots=True)
class Target:
    """One of these at most; none of them: the policy that the document names.

    ``policy``: in the place of the policy of this name. ``group``: as if assigned to this group. ``system``: as if
    assigned to the whole system. The nearest assignment wins, as it does for real.
    """

    policy: str = ""
    group: str = ""
    system: bool = False


def held_by(engine: Engine, name: str, target: Target) -> BitMap:
    """The managed PCs for which a policy called ``name`` would hold.

    Raises Refused KNM2131-E (more than one place), KNM2132-E (no such policy), KNM6010-E (no such group).
    """
    if sum((bool(target.policy), bool(target.group), target.system)) > 1:
        raise Refused("KNM2131-E", status=422)
    if target.system:
        return _of_system(engine)
    if target.group:
        return _of_group(engine, target.group)
    wanted = target.policy or name
    if not Policy.objects.filter(kind="judgment", name=wanted).exists():
        raise Refused("KNM2132-E", status=404, name=wanted)
    parts = engine.parts(engine.managed)
    versions = PolicyVersion.objects.filter(id__in=list(parts), policy__name=wanted).values_list("id", flat=True)
    return BitMap.union(BitMap(), *(parts[version] for version in versions))


def _assigned() -> tuple[set[int], BitMap]:
    """Groups and PCs that have a judgment policy of their own."""
    rows = list(Assignment.objects.filter(kind="judgment").values_list("target", "target_id"))
    return {id for target, id in rows if target == "group"}, BitMap(id for target, id in rows if target == "pc")


def _of_group(engine: Engine, path: str) -> BitMap:
    top = Group.objects.filter(path=path).values_list("id", flat=True).first()
    if top is None:
        raise Refused("KNM6010-E", status=404, what="Group", name=path)
    groups, pcs = _assigned()
    held = BitMap()
    for group, members in list(engine.groups.items()):
        chain = engine.ancestors(group)
        if top in chain and not groups & set(chain[: chain.index(top)]):
            held |= members
    return (held - pcs) & engine.managed


def _of_system(engine: Engine) -> BitMap:
    groups, pcs = _assigned()
    held = BitMap(engine.managed)
    for group, members in list(engine.groups.items()):
        if groups & set(engine.ancestors(group)):
            held -= members
    return held - pcs
