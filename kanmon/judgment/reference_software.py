"""The second judge, for prohibited and mandatory software."""

from collections.abc import Iterator
from typing import Any

from kanmon.common.facts import Software
from kanmon.judgment.reference_pc import FAIL, NONE, PASS, UNKNOWN, Pc, Row, on
from kanmon.policy.compare import matcher
from kanmon.policy.ranges import version_fits
from kanmon.policy.rules import JudgmentPolicy, keyed


def program(rule: Any, found: Software) -> bool | str | None:
    """Whether a program is what the rule means; None: not enough is known; "" for another program."""
    if not matcher(rule.name)(found.name):
        return ""
    if rule.publisher and found.publisher and not matcher(rule.publisher)(found.publisher):
        return ""
    fits = version_fits(rule, found.version, found.scheme)
    return None if fits and rule.publisher and not found.publisher else fits


def prohibited(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.prohibited_software.programs
    for name, rule in zip(keyed("prohibited_software", [one.name for one in rules]), rules, strict=True):
        found = [program(rule, one) for one in pc.of(Software)]
        here, otherwise = on(pc, rule.os), PASS if pc.told(Software) else NONE
        outcome = FAIL if True in found else UNKNOWN if None in found else otherwise
        yield name, outcome if here == PASS else here, rule.level
    if rules:
        meant = {on(pc, rule.os) for rule in rules}
        here = PASS if PASS in meant else UNKNOWN if UNKNOWN in meant else NONE
        outcome = PASS if pc.told(Software) else UNKNOWN
        yield "prohibited_software.untold", outcome if here == PASS else here, "caution"


def mandatory(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.mandatory_software.groups
    for name, rule in zip(keyed("mandatory_software", [one.name for one in rules]), rules, strict=True):
        found = [program(one, have) for one in rule.any_of for have in pc.of(Software)]
        told = pc.told(Software) or False in found
        outcome = PASS if True in found else UNKNOWN if None in found or not told else FAIL
        here = on(pc, rule.os)
        yield name, outcome if here == PASS else here, rule.level
