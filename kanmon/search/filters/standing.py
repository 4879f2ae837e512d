"""How a PC stands by its newest verdict: its level, that of an item, a condition that fails or is waived."""

import numpy as np
from pyroaring import BitMap

from kanmon.judgment.condition import STALE_ID, Outcome
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.places import numbers
from kanmon.search.condition import Choice, Filter, counted, one_of
from kanmon.search.roster import FIRST_ITEM, LEVEL, ROSTER

_WORDS = {level.word: level for level in Level}
_ITEM_LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.UNKNOWN, Level.SAFE, Level.NOT_APPLICABLE)
MOST_CONDITIONS = 2_000


def _level_pcs(value: str) -> BitMap:
    return ROSTER.at_level(_WORDS[value])


def _level_counts(among: BitMap, row: int = LEVEL) -> dict[int, int]:
    levels, counts = np.unique(ROSTER.levels_of(numbers(among), row), return_counts=True)
    return dict(zip(levels.tolist(), counts.tolist(), strict=True))


def _levels(among: BitMap) -> list[Choice]:
    counts = _level_counts(among)
    return [Choice(level.word, counts.get(int(level), 0)) for level in Level]


def _read_item(value: str) -> str:
    item, _, level = value.partition(":")
    return value if item in ITEMS and level in _WORDS else ""


def _item_pcs(value: str) -> BitMap:
    item, _, level = value.partition(":")
    return ROSTER.at_level(_WORDS[level], FIRST_ITEM + ITEMS.index(item))


def _items(among: BitMap) -> list[Choice]:
    found = []
    for place, item in enumerate(ITEMS):
        counts = _level_counts(among, FIRST_ITEM + place)
        found += [Choice(f"{item}:{level.word}", counts.get(int(level), 0)) for level in _ITEM_LEVELS]
    return found


def _condition_pcs(value: str) -> BitMap:
    return ROSTER.with_sets(f"failed {value}", lambda: ROSTER.sets.saying(value, Outcome.FAIL))


def _conditions(among: BitMap) -> list[Choice]:
    by_set = ROSTER.by_set(numbers(among))
    found = (
        (one, int(by_set[ROSTER.sets.saying(one, Outcome.FAIL)].sum())) for one in ROSTER.sets.conditions(Outcome.FAIL)
    )
    common = sorted((Choice(*one) for one in found if one[1]), key=lambda one: (-one.pcs, one.value))
    return common[:MOST_CONDITIONS]


def _stale(_value: str) -> BitMap:
    return ROSTER.with_sets("stale", lambda: ROSTER.sets.saying(STALE_ID, Outcome.FAIL))


def _waived(_value: str) -> BitMap:
    return ROSTER.with_sets("waived", lambda: ROSTER.sets.with_outcome(Outcome.WAIVED))


_yes = one_of(("yes",))
LEVELS = Filter("level", "choices", one_of(tuple(_WORDS)), _level_pcs, _levels)
ITEM = Filter("item", "choices", _read_item, _item_pcs, _items)
CONDITION = Filter("condition", "choices", lambda value: value, _condition_pcs, _conditions)
STALE = Filter("stale", "yes", _yes, _stale, counted(("yes",), _stale))
WAIVED = Filter("waived", "yes", _yes, _waived, counted(("yes",), _waived))
