"""Explanations of updates, programs and user definitions."""

from kanmon.common.facts import CLASSES, Patch, PendingUpdate, Software
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.findings import MAX_EVIDENCE
from kanmon.judgment.wording import listed, programme, version
from kanmon.policy.rules_items import (
    Alternative,
    MandatoryGroup,
    ProhibitedSoftware,
    SpecifiedUpdate,
    UserCondition,
    UserItem,
)


def specified(rule: SpecifiedUpdate, case: Case) -> Said:
    """A named Windows update."""
    title = programme(rule.kb, rule.title)
    wanted, mend = case.say("kb_wanted", rule.kb), case.mend("kb_mend", rule.kb)
    if case.outcome is Outcome.UNKNOWN:
        return Said(title, case.say("untold"), wanted, mend)
    if case.failed:
        return Said(title, case.say("kb_missing", rule.kb) if case.tells(Patch) else case.untold(), wanted, mend)
    return Said(title, listed([one.kb for one in case.of(Patch)], case.language) or case.say("kb_in"), wanted, mend)


def pending(word: str, case: Case) -> Said:
    """Updates that wait: ``word`` security or other."""
    names = sorted({programme(one.name, one.version) for one in case.of(PendingUpdate)})
    title, wanted, mend = case.say(f"pending_{word}"), case.say("pending_wanted"), case.mend("pending_mend")
    if case.failed and names:
        many = "pending_one" if len(names) == 1 else "pending_many" if len(names) >= MAX_EVIDENCE else "pending"
        return Said(title, case.say(many, len(names), listed(names, case.language, 3)), wanted, mend)
    if names:
        return Said(title, case.say("pending_unknown", listed(names, case.language, 3)), wanted, mend)
    return Said(title, case.untold() if case.outcome is Outcome.UNKNOWN else case.say("pending_none"), wanted, mend)


def prohibited(rule: ProhibitedSoftware, case: Case) -> Said:
    """A program that must not be there."""
    names = listed(_programs(case), case.language)
    wanted = case.say("not_wanted", version(rule.version, case.language)) if rule.version else case.say("not_installed")
    mend = case.mend("uninstall", names or rule.name)
    if case.outcome is Outcome.UNKNOWN:
        return Said(rule.name, case.say("not_enough", names) if names else case.untold(), wanted, mend)
    return Said(rule.name, case.say("installed", names) if case.failed else case.say("not_installed"), wanted, mend)


def _programs(case: Case) -> list[str]:
    return [programme(one.name, one.version) for one in case.of(Software)]


def _alternative(rule: Alternative, case: Case) -> str:
    return f"{rule.name} {version(rule.version, case.language)}" if rule.version else rule.name


def mandatory(rule: MandatoryGroup, case: Case) -> Said:
    """A group of programs of which one must be there."""
    names = listed(_programs(case), case.language)
    wanted = case.say("or").join(_alternative(one, case) for one in rule.any_of[:5])
    mend = case.mend("install", wanted)
    if case.outcome is Outcome.UNKNOWN:
        return Said(rule.name, case.say("not_enough", names) if names else case.untold(), wanted, mend)
    found = case.say("found", names) if names else case.say("none_of")
    return Said(rule.name, found, wanted, mend, f"{rule.name}: {found}" if case.failed else "")


def user(rule: UserItem, case: Case) -> Said:
    """An item that people defined; its name is the title."""
    texts = [f"{one.cls}.{one.property} {one.comparison} {one.value}" for one in rule.conditions]
    whole = case.say("and").join(texts)
    wanted = case.say("user_not" if rule.fails_when == "met" else "user_met", whole)
    values = [value for one in rule.conditions for value in _values(one, case)]
    found = listed(values, case.language) or (
        case.untold() if case.outcome is Outcome.UNKNOWN or _missing(rule, case) else case.say("none_of")
    )
    return Said(rule.name, found, wanted, case.mend("user_mend"), f"{rule.name}: {found}" if case.failed else "")


def _missing(rule: UserItem, case: Case) -> bool:
    return all(one.cls != "pc" and not case.tells(CLASSES[one.cls][1]) for one in rule.conditions)


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
