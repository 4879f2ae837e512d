"""Explanations of the PC security settings."""

from kanmon.common.facts import Account, Drive, Firewall, Service, Setting, Share
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


def setting(name: str, rule: object, case: Case) -> Said:
    """The row of condition ``name`` ("firewall.off")."""
    words = SETTINGS[name][case.language == "ja"]
    limit = rule.days if isinstance(rule, AgeCondition) else rule.seconds if isinstance(rule, SecondsCondition) else 0
    wanted = words.wanted.format(limit=limit, accepted=_accepted(rule, case))
    if case.outcome is Outcome.UNKNOWN:
        return Said(words.title, case.say("untold"), wanted, case.mend("untold_mend"))
    if not case.failed:
        return Said(words.title, words.passed if case.outcome is Outcome.PASS else case.say("untold"), wanted, "")
    names = listed(_found(name, case), case.language)
    if not case.evidence and name == "firewall.off":
        return Said(
            words.title, case.say("firewall_none") if case.tells(Firewall) else case.untold(), wanted, words.mend
        )
    if not case.evidence:
        return Said(words.title, case.untold(), wanted, words.mend)
    if name == "passwords.vulnerable":
        names = f": {names}" if names else ""
    return Said(words.title, words.failed.format(names=names), wanted, words.mend)


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
    names = listed([one.name for one in case.of(Service)], case.language)
    mend = case.mend("service_mend" if must_run else "service_stop", names or rule.name)
    if case.outcome is Outcome.UNKNOWN:
        return Said(title, case.untold_on(rule.os), wanted, mend)
    if not names:
        word = "other_system" if case.outcome is Outcome.NOT_APPLICABLE else "service_none"
        return Said(title, case.say(word, rule.name) if case.tells(Service) else case.untold(), wanted, mend)
    runs = must_run is not case.failed
    return Said(title, case.say("service_on" if runs else "service_off", names), wanted, mend)
