"""The user definition: comparisons that people write, on any property of an inventory.

Conditions on one class are asked of one and the same record; conditions on different classes, settings and
columns are joined for the PC. ``fails_when: met`` fails when all hold, ``not_met`` when any does not.
"""

from collections.abc import Callable, Iterator
from typing import Any

from kanmon.common.facts import CLASSES, COLUMNS, TOLD_CLASSES
from kanmon.judgment.condition import Combine, Condition, Fold, Outcome, Part, level_of, treat
from kanmon.policy.compare import as_number, value_holds
from kanmon.policy.rules_items import UserCondition, UserDefinition, UserItem
from kanmon.policy.rules_words import keyed

# Which record speaks: one that meets the conditions, then one of which a value was not given.
_SPEAKS: dict[bool | str | None, int] = {True: 0, None: 1, False: 2}


def user_definition(item: UserDefinition) -> Iterator[Condition]:
    """The conditions ``user_definition[<name>]``."""
    for condition_id, one in zip(keyed("user_definition", (one.name for one in item.items)), item.items, strict=True):
        yield Condition(
            id=condition_id,
            item="user_definition",
            level=level_of(one.level),
            parts=tuple(_part(one, group) for group in together(one.conditions)),
            combine=Combine.ALL_FAIL if one.fails_when == "met" else Combine.ANY_FAILS,
        )


def together(conditions: tuple[UserCondition, ...]) -> list[tuple[UserCondition, ...]]:
    """Conditions on the same record stand together; each setting name and each column is a record of its own."""
    groups: dict[tuple[str, str], list[UserCondition]] = {}
    for one in conditions:
        own = one.property if one.cls in ("pc", "setting") else ""
        groups.setdefault((one.cls, own), []).append(one)
    return [tuple(group) for group in groups.values()]


def _part(item: UserItem, group: tuple[UserCondition, ...]) -> Part:
    cls, missing = group[0].cls, treat(item.missing)
    met, other = (Outcome.FAIL, Outcome.PASS) if item.fails_when == "met" else (Outcome.PASS, Outcome.FAIL)
    key = ("user", group, item.fails_when, item.missing)
    if cls == "pc":
        return Part(
            key=key, column=group[0].property, test=_column_test(group, met, other), untold=missing,
            number=_number(group, met, other),
        )  # fmt: skip
    # Of a class with many records one that does not meet the conditions says nothing: none that does is ``empty``.
    many = cls in TOLD_CLASSES
    answer = _answer(group)
    outcome_of = {True: met, False: Outcome.IRRELEVANT if many else other, None: missing, "": Outcome.IRRELEVANT}
    return Part(
        key=key, cls=CLASSES[cls][0], test=lambda record: outcome_of[answer(record)],
        fold=Fold.BEST, rank=lambda record: _SPEAKS[answer(record)],
        empty=other if many else missing, untold=missing,
    )  # fmt: skip


def _number(group: tuple[UserCondition, ...], met: Outcome, other: Outcome) -> Any:
    if COLUMNS[group[0].property] is str or len(group) > 1:
        return None
    return group[0].comparison, as_number(group[0].value), met, other


def _column_test(group: tuple[UserCondition, ...], met: Outcome, other: Outcome) -> Callable[[Any], Outcome]:
    def test(value: Any) -> Outcome:
        return met if all(value_holds(value, one.comparison, one.value) for one in group) else other

    return test


def _answer(group: tuple[UserCondition, ...]) -> Callable[[Any], bool | str | None]:
    """Whether a record meets all conditions; "" for another setting.

    None when a value was not given and no other condition is against it.
    """
    setting = group[0].property if group[0].cls == "setting" else ""

    def answer(record: Any) -> bool | str | None:
        if setting and record.name != setting:
            return ""
        scheme = getattr(record, "scheme", "other")
        answers = set()
        for one in group:
            value = record.value if setting else getattr(record, one.property)
            answers.add(value_holds(value, one.comparison, one.value, one.property, scheme))
        return False if False in answers else None if None in answers else True

    return answer
