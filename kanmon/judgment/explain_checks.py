"""Explanations of results of outside checks."""

from kanmon.common.facts import Check
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.wording import listed
from kanmon.policy.rules_checks import OutsideCheck


def outside_check(rule: OutsideCheck, case: Case) -> Said:
    """The row of a named outside check: titles of the rules that decided, with what came out."""
    results = [f"{one.title or one.rule} ({case.say('check_' + one.result)})" for one in case.of(Check)]
    wanted, mend = case.say("check_wanted"), case.mend("check_mend")
    if not results:
        none = case.say("check_none") if case.tells(Check) else case.untold_on(rule.os)
        return Said(rule.name, none, wanted, mend)
    found = listed(results, case.language, 3)
    if case.outcome is Outcome.FAIL:
        return Said(rule.name, found, wanted, mend, f"{rule.name}: {found}")
    passed = case.outcome is Outcome.PASS and any(one.result in ("pass", "fixed") for one in case.of(Check))
    return Said(rule.name, case.say("check_passed") if passed else found, wanted, mend)
