"""Two standings compared: the effect of a policy. Pure.

Why a PC comes to a level is told by conditions: coming from a better one, those of the new policy that put it there;
coming from a worse one, those of the present policy that had kept it there and speak against it no more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyroaring import BitMap

from kanmon.judgment.levels import Level
from kanmon.whatif.standing import Spoken, Standing

SHOWN = tuple(sorted(Level, reverse=True))


@dataclass(frozen=True, slots=True)
class Cause:
    """A condition that brings ``pcs`` to a level. ``now`` false: because it does not fail any more."""

    condition: str
    item: str
    now: bool
    pcs: BitMap


@dataclass(frozen=True, slots=True)
class Entered:
    """The PCs that come to a level, and why, the cause of most PCs first."""

    level: Level
    pcs: BitMap
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a policy would change for the PCs of ``scope``. ``otherwise_found``: PCs with other findings."""

    name: str
    replaces: tuple[str, ...]
    scope: BitMap
    matrix: Mapping[tuple[Level, Level], int]
    entered: tuple[Entered, ...]
    otherwise_found: BitMap
    before: Standing
    after: Standing
    milliseconds: float

    @property
    def changed(self) -> int:
        """How many PCs would be at another level."""
        return sum(len(one.pcs) for one in self.entered)

    @property
    def nothing(self) -> bool:
        """Nobody would be at another level, and nobody would have other findings."""
        return not self.changed and not self.otherwise_found

    def came(self, level: Level) -> Entered | None:
        """Who comes to ``level``; None when nobody does."""
        return next((one for one in self.entered if one.level == level), None)


def compare(
    name: str, replaces: tuple[str, ...], scope: BitMap, before: Standing, after: Standing, milliseconds: float
) -> Effect:
    """The effect of ``after`` in the place of ``before`` on ``scope``."""
    matrix = {}
    entered = []
    for level in SHOWN:
        there = after.levels.get(level, BitMap())
        for old in SHOWN:
            if both := len(before.levels.get(old, BitMap()) & there):
                matrix[old, level] = both
        came = there - before.levels.get(level, BitMap())
        if came:
            entered.append(Entered(level, came, tuple(_causes(level, came, before, after))))
    return Effect(name, replaces, scope, matrix, tuple(entered), _otherwise(before, after), before, after, milliseconds)


def _causes(level: Level, came: BitMap, before: Standing, after: Standing) -> list[Cause]:
    better = BitMap.union(BitMap(), *(pcs for old, pcs in before.levels.items() if old < level)) & came
    worse = came - better
    causes = [
        Cause(one.condition.id, one.condition.item, True, pcs)
        for one in after.spoken.values()
        if (pcs := _speaking(one, level) & better)
    ]
    causes += [
        Cause(one.condition.id, one.condition.item, False, pcs)
        for one in before.spoken.values()
        if (pcs := BitMap.union(BitMap(), *_worse_than(one, level)) & worse)
    ]
    return sorted(causes, key=lambda cause: (-len(cause.pcs), cause.condition))


def _speaking(one: Spoken, level: Level) -> BitMap:
    """The PCs that a condition puts at exactly ``level``."""
    if level is Level.UNKNOWN:
        return one.unknown
    return one.failed if one.condition.level == level else BitMap()


def _worse_than(one: Spoken, level: Level) -> Iterator[BitMap]:
    if one.condition.level > level:
        yield one.failed
    if level < Level.UNKNOWN:
        yield one.unknown


def _otherwise(before: Standing, after: Standing) -> BitMap:
    """The PCs with a finding that only one of the two has, or has at another level."""
    found = BitMap()
    for name in before.spoken.keys() | after.spoken.keys():
        old, new = before.spoken.get(name), after.spoken.get(name)
        if old is None or new is None:
            one = old or new
            assert one is not None
            found |= one.failed | one.unknown
        else:
            found |= (old.failed ^ new.failed) | (old.unknown ^ new.unknown)
            if old.condition.level != new.condition.level:
                found |= old.failed | new.failed
    return found
