"""Outcomes of conditions -> the level of each PC, as bitmaps. Pure.

The same cascade as in ``judgment.index``, from outcomes that may have been worked out earlier: the worst level first,
and whoever has a level is out of what is left. ``tests/whatif`` holds the two equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from kanmon.judgment.condition import AGENT_ID, INVENTORY, Condition, Outcome
from kanmon.judgment.levels import Level

Outcomes = Mapping[Outcome, BitMap]
NO_WAIVERS: Mapping[str, BitMap] = {}
WORST_FIRST = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.UNKNOWN, Level.SAFE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A condition with the PCs for which it fails, and those for which it is unknown."""

    condition: Condition
    failed: BitMap
    unknown: BitMap


@dataclass(frozen=True, slots=True)
class Standing:
    """How the PCs of a scope stand: who is at which level, and what every condition (by id) said."""

    levels: Mapping[Level, BitMap]
    spoken: Mapping[str, Spoken]


def stand(
    conditions: Sequence[Condition], outcomes: Sequence[Outcomes], scope: BitMap,
    waived: Mapping[str, BitMap] = NO_WAIVERS,
) -> Standing:  # fmt: skip
    """The standing of ``scope`` under ``conditions``, whose ``outcomes`` are those of a scope that holds it.

    ``waived``: id of a condition -> the PCs for which it does not count.
    """
    told = dict(zip((one.id for one in conditions), outcomes, strict=True))
    nothing_known = told[AGENT_ID][Outcome.UNKNOWN] & scope if AGENT_ID in told else BitMap()
    inside = scope - nothing_known
    at: dict[Level, BitMap] = {level: BitMap() for level in WORST_FIRST}
    spoken: dict[str, Spoken] = {}
    for condition in conditions:
        of, where = told[condition.id], scope if condition.item == INVENTORY else inside
        counts = where - waived[condition.id] if condition.id in waived else where
        one = Spoken(condition, of[Outcome.FAIL] & counts, of[Outcome.UNKNOWN] & counts)
        spoken[condition.id] = one
        if condition.id == AGENT_ID:
            continue
        at[condition.level] |= one.failed
        at[Level.UNKNOWN] |= one.unknown
        if condition.item != INVENTORY:
            at[Level.SAFE] |= of[Outcome.PASS] & where
            at[Level.UNKNOWN] |= nothing_known
    return Standing(_cascade(at, scope), spoken)


def _cascade(at: Mapping[Level, BitMap], scope: BitMap) -> dict[Level, BitMap]:
    levels, left = {}, BitMap(scope)
    for level in WORST_FIRST:
        levels[level] = at[level] & left
        left -= levels[level]
    return {**levels, Level.NOT_APPLICABLE: left}


def united(standings: Sequence[Standing], without: BitMap) -> Standing:
    """Standings of scopes that have no PC in common as one; PCs of ``without`` have no policy: not judged."""
    levels = {
        level: BitMap.union(BitMap(), *(one.levels.get(level, BitMap()) for one in standings))
        for level in (*WORST_FIRST, Level.NOT_APPLICABLE)
    }
    spoken: dict[str, Spoken] = {}
    for standing in standings:
        for name, one in standing.spoken.items():
            other = spoken.get(name)
            spoken[name] = one if other is None else _joined(other, one)
    return Standing({**levels, Level.NOT_JUDGED: without}, spoken)


def _joined(one: Spoken, other: Spoken) -> Spoken:
    """Two policies have a condition of this id. The worse level names it: it tells a person where to look."""
    worse = max(one.condition, other.condition, key=lambda condition: condition.level)
    return Spoken(worse, one.failed | other.failed, one.unknown | other.unknown)
