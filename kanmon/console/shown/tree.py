"""The tree of groups, and one group of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kanmon.judgment.levels import Level
from kanmon.policy.waivers import Place

SYSTEM = "/"
DEEPEST = 6
Levels = Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class Node:
    """A group as the table has it; ``parent``: the number of the group above."""

    number: int
    path: str
    name: str
    parent: int | None

    @property
    def deep(self) -> int:
        """How far below the root, 0 to ``DEEPEST``: by how much it is moved in."""
        return 0 if self.path == SYSTEM else min(self.path.count("/"), DEEPEST)


@dataclass(frozen=True, slots=True)
class Holding:
    """The policy that holds in a group, and from where: ``group`` is the number, ``path`` the path of that group."""

    policy: str
    group: int
    path: str
    own: bool


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with what is in it and below, and the policies that hold there (None: none does)."""

    node: Node
    own: int
    pcs: int
    levels: Levels
    judgment: Holding | None
    action: Holding | None


@dataclass(frozen=True, slots=True)
class GroupShown:
    """The page of a group. ``above``: the groups above it, the root first."""

    row: GroupRow
    above: Sequence[Node]
    below: Sequence[GroupRow]
    policies: Mapping[str, Sequence[str]]


def place_of(node: Node) -> Place:
    """Where something is assigned in a group: the root stands for the whole system."""
    return Place("system") if node.path == SYSTEM else Place("group", node.number)


def holding(node: Node, nodes: Mapping[int, Node], assigned: Mapping[Place, str]) -> Holding | None:
    """The policy that holds in ``node``: its own, or that of the nearest group above."""
    at: Node | None = node
    while at is not None:
        name = assigned.get(place_of(at))
        if name is not None:
            return Holding(name, at.number, at.path, at is node)
        at = nodes.get(at.parent) if at.parent is not None else None
    system = assigned.get(Place("system"))  # where no row of the root is there
    return Holding(system, 0, SYSTEM, False) if system is not None else None


@dataclass(frozen=True, slots=True)
class MoveShown:
    """What moving a group to the path ``to`` would do. ``holds``: kind -> the policy now, and after."""

    to: str
    pcs: int
    holds: Sequence[tuple[str, Holding | None, Holding | None]]


def holding_at(node: Node, to: str, nodes: Mapping[int, Node], assigned: Mapping[Place, str]) -> Holding | None:
    """The policy that would hold in ``node`` when its path were ``to``; what is not there yet has nothing of its own."""
    own = assigned.get(place_of(node))
    if own is not None:
        return Holding(own, node.number, to, True)
    by_path = {one.path: one for one in nodes.values() if one is not node}
    above = to
    while above.strip(SYSTEM):
        above = above.rpartition("/")[0]
        if (above or SYSTEM) in by_path:
            found = holding(by_path[above or SYSTEM], nodes, assigned)
            return found and Holding(found.policy, found.group, found.path, False)
    system = assigned.get(Place("system"))
    return Holding(system, 0, SYSTEM, False) if system is not None else None


def summed(own: Mapping[int, Levels], nodes: Mapping[int, Node]) -> dict[int, dict[Level, int]]:
    """By group: how many PCs in it and below are at each level; ``own``: those in it."""
    total: dict[int, dict[Level, int]] = {number: {} for number in nodes}
    for group, levels in own.items():
        at = nodes.get(group)
        while at is not None:
            for level, count in levels.items():
                total[at.number][level] = total[at.number].get(level, 0) + count
            at = nodes.get(at.parent) if at.parent is not None else None
    return total
