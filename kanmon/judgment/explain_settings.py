"""Explanations of the PC security settings."""

from dataclasses import replace

from kanmon.common.facts import Account, Drive, Fact, Firewall, Service, Setting, Share
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.wording import listed
from kanmon.judgment.wording_settings import SETTINGS
from kanmon.policy.compare import age_days
from kanmon.policy.rules_settings import (
    AdministratorCondition,
    AgeCondition,
    MethodCondition,
    SecondsCondition,
    ServiceCondition,
)

_VALUES = {
    "accounts.guest_enabled": "enabled",
    "accounts.other_administrators": "administrator",
    "passwords.never_expires": "password_expires",
    "passwords.max_age_days": "password_changed",
    "firewall.off": "enabled",
    "firewall.exceptions": "exceptions",
    "drive_encryption.off": "encrypted",
    "drive_encryption.method": "method",
    "services": "running",
}
"""Condition -> the field of its records that it is about."""
_NONE_IS_GOOD = {
    "accounts.guest_enabled": Account, "accounts.other_administrators": Account, "passwords.never_expires": Account,
    "passwords.max_age_days": Account, "shared_folders.any": Share, "shared_folders.administrative": Share,
}  # fmt: skip
"""Condition -> the class of which a PC passes that has no record that is asked."""


def setting(name: str, rule: object, case: Case) -> Said:
    """The row of condition ``name`` ("firewall.off")."""
    words = SETTINGS[name][case.language == "ja"]
    limit = rule.days if isinstance(rule, AgeCondition) else rule.seconds if isinstance(rule, SecondsCondition) else 0
    wanted = words.wanted.format(limit=limit, accepted=_accepted(rule, case))
    if case.outcome is Outcome.UNKNOWN:
        return Said(words.title, case.say("untold"), wanted, case.mend("untold_mend"))
    none, case = not case.evidence, replace(case, evidence=_given(name, case.evidence))
    if not case.failed:
        of_none = none and name in _NONE_IS_GOOD and case.tells(_NONE_IS_GOOD[name])
        told = case.outcome is Outcome.PASS and (case.evidence or of_none)
        return Said(words.title, words.passed if told else case.untold(), wanted, "")
    names = listed(_found(name, case), case.language)
    if none and name == "firewall.off" and case.tells(Firewall):
        return Said(words.title, case.say("firewall_none"), wanted, words.mend)
    if not case.evidence:
        return Said(words.title, case.untold(), wanted, words.mend)
    if name == "passwords.vulnerable":
        names = f": {names}" if names else ""
    return Said(words.title, words.failed.format(names=names), wanted, words.mend)


def _given(name: str, evidence: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The records that do have the value; the others only came in by the treatment of what is missing."""
    field = _VALUES.get(name, "")
    return tuple(fact for fact in evidence if not hasattr(fact, field) or getattr(fact, field) not in (None, ""))


def _accepted(rule: object, case: Case) -> str:
    if not isinstance(rule, AdministratorCondition | MethodCondition):
        return ""
    return listed(list(rule.accepted), case.language) or "-"


def _found(name: str, case: Case) -> list[str]:
    """What of the records failed, as people know it."""
    if name == "drive_encryption.method":
        return [f"{one.name} ({one.method or '-'})" for one in case.of(Drive)]
    if name == "screensaver.lock_delay":
        times = [one.value for one in case.of(Setting) if one.name == "screen_lock_seconds" and one.value > 0]
        return [case.say("seconds", one) for one in times] or [case.say("never_locks")]
    if name == "passwords.max_age_days":
        aged = [(age_days(one.password_changed, case.today), one.name) for one in case.of(Account)]
        return [case.say("aged", name, age) if age else name for age, name in sorted(aged, key=_oldest_first)]
    return _names(case)


def _oldest_first(aged: tuple[int | None, str]) -> tuple[int, str]:
    return -(aged[0] or 0), aged[1]


def _names(case: Case) -> list[str]:
    named = [fact.name for fact in case.evidence if isinstance(fact, Account | Share | Drive)]
    return named + [fact.profile for fact in case.evidence if isinstance(fact, Firewall)]


def service(rule: ServiceCondition, case: Case) -> Said:
    """The row of a named service."""
    must_run = rule.must == "run"
    wanted = case.say("running" if must_run else "not_running")
    title = case.say("service_title", rule.name)
    spoke = case.of(Service)
    case = replace(case, evidence=_given("services", case.evidence))
    names = listed([one.name for one in case.of(Service)], case.language)
    mend = case.mend("service_mend" if must_run else "service_stop", names or rule.name)
    if case.outcome is Outcome.UNKNOWN:
        return Said(title, case.untold_on(rule.os), wanted, mend)
    if spoke and not names:
        return Said(title, case.untold(), wanted, mend)
    if not names:
        word = "other_system" if case.outcome is Outcome.NOT_APPLICABLE else "service_none"
        return Said(title, case.say(word, rule.name) if case.tells(Service) else case.untold(), wanted, mend)
    runs = must_run is not case.failed
    return Said(title, case.say("service_on" if runs else "service_off", names), wanted, mend)
