"""Explanations of programs and user definitions."""

from kanmon.common.facts import CLASSES, Setting, Software
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.wording import listed, programme, version
from kanmon.policy.rules_items import (
    Alternative,
    MandatoryGroup,
    ProhibitedSoftware,
    UserCondition,
    UserItem,
)


def prohibited(rule: ProhibitedSoftware, case: Case) -> Said:
    """A program that must not be there."""
    names = listed(_programs(case), case.language)
    meant = _versions(rule, case)
    wanted = case.say("not_wanted", meant) if meant else case.say("not_installed")
    mend = case.mend("uninstall", names or rule.name)
    if case.outcome is Outcome.UNKNOWN:
        return Said(rule.name, case.say("not_enough", names) if names else case.untold_on(rule.os), wanted, mend)
    if case.outcome is Outcome.NOT_APPLICABLE:
        return Said(rule.name, case.say("other_system") if case.tells(Software) else case.untold(), wanted, mend)
    if case.failed:
        return Said(rule.name, case.say("installed", names), wanted, mend)
    return Said(rule.name, case.say("no_such_version" if meant else "not_installed"), wanted, mend)


def programs_told(case: Case) -> Said:
    """Whether the inventory has a list of programs at all."""
    title, wanted = case.say("programs"), case.say("programs_wanted")
    if case.outcome is Outcome.UNKNOWN:
        return Said(title, case.untold(), wanted, case.mend("untold_mend"))
    return Said(title, case.say("programs_told"), wanted, "")


def _programs(case: Case) -> list[str]:
    return [programme(one.name, one.version) for one in case.of(Software)]


def _alternative(rule: Alternative, case: Case) -> str:
    meant = _versions(rule, case)
    return f"{rule.name} {meant}" if meant else rule.name


def _versions(rule: ProhibitedSoftware | Alternative, case: Case) -> str:
    """The versions that a rule means, as people read them; empty when it means all."""
    one = version(rule.version, case.language) if rule.version else ""
    return case.say("and").join(part for part in (one, rule.versions) if part)


def mandatory(rule: MandatoryGroup, case: Case) -> Said:
    """A group of programs of which one must be there."""
    names = listed(_programs(case), case.language)
    wanted = case.say("or").join(_alternative(one, case) for one in rule.any_of[:5])
    mend = case.mend("install", wanted)
    if case.outcome is Outcome.UNKNOWN:
        return Said(rule.name, case.say("not_enough", names) if names else case.untold_on(rule.os), wanted, mend)
    none = "other_system" if case.outcome is Outcome.NOT_APPLICABLE else "none_of"
    found = case.say("found", names) if names else case.say(none)
    return Said(rule.name, found, wanted, mend, f"{rule.name}: {found}" if case.failed else "")


def user(rule: UserItem, case: Case) -> Said:
    """An item that people defined; its name is the title."""
    texts = [f"{one.cls}.{one.property} {one.comparison} {one.value}" for one in rule.conditions]
    whole = case.say("and").join(texts)
    wanted = case.say("user_not" if rule.fails_when == "met" else "user_met", whole)
    values = [value for one in rule.conditions for value in _values(one, case)]
    found = listed(values, case.language) or (
        case.untold()
        if case.outcome in (Outcome.UNKNOWN, Outcome.NOT_APPLICABLE) or _missing(rule, case)
        else case.say("none_of")
    )
    return Said(rule.name, found, wanted, case.mend("user_mend"), f"{rule.name}: {found}" if case.failed else "")


def _missing(rule: UserItem, case: Case) -> bool:
    return not any(_told(one, case) for one in rule.conditions)


def _told(one: UserCondition, case: Case) -> bool:
    if one.cls == "pc":
        return case.columns.get(one.property) not in (None, "")
    if one.cls == "setting":
        return any(isinstance(fact, Setting) and fact.name == one.property for fact in case.facts)
    return case.tells(CLASSES[one.cls][1])


def _values(one: UserCondition, case: Case) -> list[str]:
    if one.cls == "pc":
        value = case.columns.get(one.property)
        return [] if value is None or value == "" else [f"{one.property} = {value}"]
    if one.cls == "setting":
        return [
            f"{one.property} = {_plain(fact.value)}"
            for fact in case.of(CLASSES["setting"][1])
            if fact.name == one.property
        ]
    return [
        f"{one.cls}.{one.property} = {_plain(getattr(fact, one.property))}" for fact in case.of(CLASSES[one.cls][1])
    ]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "-" if value in (None, "") else str(value)
