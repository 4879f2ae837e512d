"""The second judge: one PC, straight from the policy, in plain loops. The index must always say the same.

It shares the comparisons of names and versions with the first judge and nothing else, so that a mistake
in folding, ranking or set algebra shows as a difference between the two.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from kanmon.common.facts import (
    CLASSES,
    COLUMNS,
    TOLD_CLASSES,
    Agent,
    Fact,
    Setting,
)  # fmt: skip
from kanmon.feeds.patches import EMPTY, Knowledge
from kanmon.judgment.levels import ITEMS, Level, parse, worst
from kanmon.judgment.reference_antivirus import antivirus
from kanmon.judgment.reference_pc import FAIL, NONE, PASS, TREAT, UNKNOWN, WAIVED, Pc, Row, first
from kanmon.judgment.reference_settings import settings
from kanmon.judgment.reference_software import mandatory, prohibited
from kanmon.judgment.reference_updates import updates
from kanmon.policy.compare import value_holds
from kanmon.policy.rules import JudgmentPolicy, keyed


class Verdict(NamedTuple):
    """Level of the PC and of each item; findings are (condition, outcome, level) of what failed or is unknown."""

    level: Level
    items: dict[str, Level]
    findings: frozenset[tuple[str, str, Level]]


def judge_one(
    policy: JudgmentPolicy, facts: Collection[Fact], columns: Mapping[str, Any], today: date,
    waived: Collection[str] = (), knowledge: Knowledge = EMPTY,
) -> Verdict:  # fmt: skip
    """The verdict of one PC. ``columns`` has only those columns of which a value is known.

    ``waived``: ids of conditions that do not count for this PC. ``knowledge``: of updates.
    """
    pc = Pc(facts, columns, today, knowledge)
    judges: list[Callable[[JudgmentPolicy, Pc], Iterator[Row]]] = [
        updates,
        antivirus,
        prohibited,
        mandatory,
        settings,
        user,
    ]
    items, findings = dict.fromkeys(ITEMS, Level.NOT_APPLICABLE), set()
    known = any(agent.version for agent in pc.of(Agent))
    for item, judge in zip(ITEMS, judges, strict=True):
        rows = list(judge(policy, pc)) if getattr(policy, item).judge else []
        if rows and not known:
            items[item] = Level.UNKNOWN
            findings.add(("inventory.agent", UNKNOWN, Level.UNKNOWN))
            continue
        for name, outcome, word in rows:
            level = {FAIL: parse(word), UNKNOWN: Level.UNKNOWN, PASS: Level.SAFE, NONE: Level.NOT_APPLICABLE}[outcome]
            if name in waived and outcome in (FAIL, UNKNOWN):
                findings.add((name, WAIVED, level))
                continue
            items[item] = max(items[item], level)
            if outcome in (FAIL, UNKNOWN):
                findings.add((name, outcome, level))
    levels = list(items.values())
    if stale := policy.stale_inventory:
        at = columns.get("reported_at")
        if at is None or datetime.fromtimestamp(at, UTC).date() < today - timedelta(days=stale.after_days):
            level = Level.UNKNOWN if at is None else parse(stale.level)
            outcome = WAIVED if "inventory.stale" in waived else UNKNOWN if at is None else FAIL
            levels += [] if outcome == WAIVED else [level]
            findings.add(("inventory.stale", outcome, level))
    return Verdict(worst(levels), items, frozenset(findings))


def user(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.user_definition.items
    for name, rule in zip(keyed("user_definition", [one.name for one in rules]), rules, strict=True):
        groups: dict[str, list[Any]] = {}
        for one in rule.conditions:
            groups.setdefault(f"{one.cls}.{one.property}" if one.cls in ("pc", "setting") else one.cls, []).append(one)
        met = [holds(pc, group) for group in groups.values()]
        answers = {
            {True: FAIL, False: PASS, None: TREAT[rule.missing]}[one if rule.fails_when == "met" else turned(one)]
            for one in met
        }
        order = (PASS, UNKNOWN, NONE, FAIL) if rule.fails_when == "met" else (FAIL, UNKNOWN, NONE, PASS)
        yield name, first(answers, order, NONE), rule.level


def turned(met: bool | None) -> bool | None:
    return None if met is None else not met


def holds(pc: Pc, group: list[Any]) -> bool | None:
    """Whether a record meets all conditions of ``group``; None when that can't be told."""
    cls = group[0].cls
    many = cls in TOLD_CLASSES
    if cls == "pc":
        records = (
            [{group[0].property: pc.columns[group[0].property]}]
            if group[0].property in COLUMNS and group[0].property in pc.columns
            else []
        )
    elif cls == "setting":
        records = [{one.name: one.value} for one in pc.of(Setting) if one.name == group[0].property]
    else:
        records = [one._asdict() for one in pc.of(CLASSES[cls][1])]
    answers = []
    for record in records:
        found = [
            value_holds(record[one.property], one.comparison, one.value, one.property, record.get("scheme", "other"))
            for one in group
        ]
        answers.append(False if False in found else None if None in found else True)
    if True in answers:
        return True
    if None in answers:
        return None
    return False if (pc.told(CLASSES[cls][1]) if many else answers) else None
