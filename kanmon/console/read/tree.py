"""The tree of groups with its PCs by level, and which policies hold where."""

from collections.abc import Iterable

import numpy as np
from pyroaring import BitMap

from kanmon.console.read import keep
from kanmon.console.shown.tree import (
    GroupRow,
    GroupShown,
    Holding,
    MoveShown,
    Node,
    holding,
    holding_at,
    place_of,
    summed,
)
from kanmon.inventory.models import Group
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.places import numbers
from kanmon.policy import assignment, versions
from kanmon.policy.models import Assignment
from kanmon.policy.waivers import Place
from kanmon.search.roster import ROSTER

KINDS = ("judgment", "action")
MOST_SHOWN = 2_000
Ids = frozenset[int]


@keep.for_seconds(3)
def _own_levels() -> dict[int, dict[Level, int]]:
    """By group: how many of its PCs are at each level, those below not counted."""
    ROSTER.catch_up()
    with ROSTER.lock:
        pcs = numbers(ROSTER.listed())
        groups, levels = ROSTER.groups_of(pcs).astype(np.int64), ROSTER.levels_of(pcs).astype(np.int64)
    pairs, counts = np.unique(groups * 1000 + levels, return_counts=True)
    found: dict[int, dict[Level, int]] = {}
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        found.setdefault(pair // 1000, {})[Level(pair % 1000)] = count
    return found


def _nodes() -> dict[int, Node]:
    rows = Group.objects.order_by("path").values_list("id", "path", "name", "parent_id")
    return {row[0]: Node(*row) for row in rows}


def _assigned() -> dict[str, dict[Place, str]]:
    found: dict[str, dict[Place, str]] = {kind: {} for kind in KINDS}
    rows = Assignment.objects.exclude(target="pc").values_list("kind", "target", "target_id", "policy__name")
    for kind, target, target_id, policy in rows:
        found[kind][Place(target, target_id)] = policy
    return found


def tree(only: Ids | None = None) -> tuple[list[GroupRow], bool]:
    """The groups by path, at most ``MOST_SHOWN``, and whether there are more; ``only``: of these ids."""
    nodes = _nodes()
    wanted = [node for node in nodes.values() if only is None or node.number in only]
    return list(_rows(wanted[:MOST_SHOWN], nodes)), len(wanted) > MOST_SHOWN


def _rows(wanted: Iterable[Node], nodes: dict[int, Node]) -> Iterable[GroupRow]:
    own, assigned = _own_levels(), _assigned()
    total = summed(own, nodes)
    for node in wanted:
        levels = dict(sorted(total[node.number].items(), reverse=True))
        judgment, action = (holding(node, nodes, assigned[kind]) for kind in KINDS)
        here = sum(own.get(node.number, {}).values())
        yield GroupRow(node, here, sum(levels.values()), levels, judgment, action)


def group(number: int, only: Ids | None = None) -> GroupShown | None:
    """One group with those directly below; None when it is not there, or not one of ``only``."""
    nodes = _nodes()
    node = nodes.get(number)
    if node is None or (only is not None and number not in only):
        return None
    above: list[Node] = []
    while (at := (above[-1] if above else node).parent) is not None:
        above.append(nodes[at])
    below = [one for one in nodes.values() if one.parent == number]
    first, *rest = _rows([node, *below[:MOST_SHOWN]], nodes)
    names = {
        kind: list(versions.live().filter(kind=kind).order_by("name").values_list("name", flat=True)) for kind in KINDS
    }
    return GroupShown(first, above[::-1], rest, names)


def moved(shown: GroupShown, to: str) -> MoveShown:
    """What moving a group to ``to`` would do."""
    nodes, assigned, node = _nodes(), _assigned(), shown.row.node
    now = {"judgment": shown.row.judgment, "action": shown.row.action}
    holds = [(kind, now[kind], holding_at(nodes[node.number], to, nodes, assigned[kind])) for kind in KINDS]
    return MoveShown(to, shown.row.pcs, holds)


def without_own(number: int, kind: str) -> Holding | None:
    """The policy that would hold in a group whose own assignment is taken away; None: none."""
    nodes = _nodes()
    assigned = _assigned()[kind]
    assigned.pop(place_of(nodes[number]), None)
    return holding(nodes[number], nodes, assigned)


def held_in(number: int, kind: str) -> BitMap:
    """The managed PCs for which a policy of ``kind`` assigned to this group holds: the nearest assignment wins."""
    listed = assignment.listed()
    groups = {one.target_id for one in listed if one.kind == kind and one.target == "group"} - {number}
    pcs = BitMap(one.target_id for one in listed if one.kind == kind and one.target == "pc")
    ENGINE.catch_up()
    with ENGINE.lock:
        held = BitMap()
        for one, members in list(ENGINE.groups.items()):
            chain = ENGINE.ancestors(one)
            if number in chain and not groups & set(chain[: chain.index(number)]):
                held |= members
        return (held - pcs) & ENGINE.managed
