"""Results of outside checks as conditions of the item "PC security settings".

The worst result that a rule speaks of speaks for the PC. What says "not applicable" passes nothing: a PC all of whose
results say so has not been found safe by them.
"""

from collections.abc import Iterator

from kanmon.common.facts import CODE_OF, Check
from kanmon.judgment.condition import Condition, Outcome, Part, level_of, treat
from kanmon.judgment.systems import on_system
from kanmon.policy.compare import matcher
from kanmon.policy.rules_checks import OutsideCheck
from kanmon.policy.rules_words import keyed

ITEM = "pc_settings"


def outside_checks(rules: tuple[OutsideCheck, ...]) -> Iterator[Condition]:
    """The conditions ``pc_settings.outside_checks[<name>]``."""
    for condition_id, one in zip(keyed(f"{ITEM}.outside_checks", (one.name for one in rules)), rules, strict=True):
        yield Condition(
            id=condition_id, item=ITEM, level=level_of(one.level), parts=(_part(one),), applies=on_system(one.os)
        )


def _part(rule: OutsideCheck) -> Part:
    outcomes = {
        "pass": Outcome.PASS,
        "fixed": Outcome.PASS,
        "fail": Outcome.FAIL,
        "error": treat(rule.unknown),
        "unknown": treat(rule.unknown),
        "notchecked": treat(rule.not_checked),
        "notapplicable": treat(rule.not_applicable),
    }
    named = matcher(rule.rule)
    sourced = matcher(rule.source) if rule.source else None
    profiled = matcher(rule.profile) if rule.profile else None

    def test(record: Check) -> Outcome:
        if not named(record.rule) or (sourced and not sourced(record.source)):
            return Outcome.IRRELEVANT
        if profiled and not profiled(record.profile):
            return Outcome.IRRELEVANT
        if rule.severities and (record.severity or "unknown") not in rule.severities:
            return Outcome.IRRELEVANT
        return outcomes.get(record.result, Outcome.IRRELEVANT)

    treatments = rule.missing, rule.not_checked, rule.not_applicable, rule.unknown
    return Part(
        key=("check", rule.rule, rule.source, rule.profile, rule.severities, treatments), cls=CODE_OF[Check],
        test=test, empty=treat(rule.missing), untold=treat(rule.missing),
    )  # fmt: skip
