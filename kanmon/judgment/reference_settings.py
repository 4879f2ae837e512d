"""The second judge, for the PC security settings."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from kanmon.common.facts import Account, Check, Drive, Firewall, Service, Setting, Share
from kanmon.judgment.reference_pc import (
    FAIL,
    NONE,
    PASS,
    TREAT,
    UNKNOWN,
    Pc,
    Row,
    every,
    first,
    good,
    on,
    some,
)
from kanmon.policy.compare import age_days, matcher
from kanmon.policy.rules import JudgmentPolicy, keyed

Ask = Callable[[Pc, Any, str], str]


def settings(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    item = policy.pc_settings
    for name, ask in ASKS.items():
        group, _, condition = name.partition(".")
        if rule := getattr(getattr(item, group), condition):
            yield f"pc_settings.{name}", ask(pc, rule, TREAT[rule.missing]), rule.level
    lists: list[tuple[str, tuple[Any, ...], Ask]] = [
        ("services", item.services, service),
        ("outside_checks", item.outside_checks, checks),
    ]
    for prefix, rules, asked in lists:
        names = keyed(f"pc_settings.{prefix}", [one.name for one in rules])
        for name, rule in zip(names, rules, strict=True):
            here = on(pc, rule.os)
            yield name, asked(pc, rule, TREAT[rule.missing]) if here == PASS else here, rule.level


def setting(name: str, wanted: bool) -> Ask:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        return every([good(one.value == wanted, missing) for one in pc.of(Setting) if one.name == name], missing)

    return ask


def guest(pc: Pc, rule: Any, missing: str) -> str:
    guests = [good(None if one.enabled is None else not one.enabled, missing) for one in pc.of(Account) if one.guest]
    return every(guests, PASS if pc.told(Account) else missing)


def vulnerable(pc: Pc, rule: Any, missing: str) -> str:
    blank = any(one.has_password is False and one.enabled is not False for one in pc.of(Account))
    return FAIL if blank else setting("vulnerable_password", False)(pc, rule, missing)


def accounts(question: Callable[[Account, Any, date], bool | None]) -> Ask:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        asked = [one for one in pc.of(Account) if one.enabled is not False]
        answers = [good(question(one, rule, pc.today), missing) for one in asked]
        return every(answers, PASS if pc.told(Account) else missing)

    return ask


def young(account: Account, rule: Any, today: date) -> bool | None:
    age = age_days(account.password_changed, today)
    return None if age is None else age <= rule.days


def shares(administrative: bool) -> Ask:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        shared = any(one.administrative is administrative for one in pc.of(Share))
        return FAIL if shared else PASS if pc.told(Share) else missing

    return ask


def firewall(pc: Pc, rule: Any, missing: str) -> str:
    profiles: list[str] = []
    alone: list[str] = []
    for one in pc.of(Firewall):
        windows = one.profile.casefold() in ("domain", "private", "public", "standard")
        (profiles if windows else alone).append(good(one.enabled, missing))
    if PASS in alone:
        return PASS
    if set(profiles) - {NONE}:
        return every(profiles, "")
    return first(alone, (UNKNOWN, FAIL), NONE if profiles or alone else FAIL if pc.told(Firewall) else missing)


def exceptions(pc: Pc, rule: Any, missing: str) -> str:
    asked = [one for one in pc.of(Firewall) if one.enabled is not False]
    answers = [good(None if one.exceptions is None else not one.exceptions, missing) for one in asked]
    return every(answers, NONE if pc.told(Firewall) else missing)


def drives(pc: Pc, rule: Any, missing: str) -> str:
    return every([good(one.encrypted, missing) for one in pc.of(Drive) if one.system or rule.drives == "all"], missing)


def service(pc: Pc, rule: Any, missing: str) -> str:
    run = rule.must == "run"
    found = [one for one in pc.of(Service) if matcher(rule.name)(one.name)]
    answers = [good(None if one.running is None else one.running is run, missing) for one in found]
    return (some if run else every)(answers, missing if not pc.told(Service) else FAIL if run else PASS)


def checks(pc: Pc, rule: Any, missing: str) -> str:
    says = {
        "pass": PASS, "fixed": PASS, "fail": FAIL, "notchecked": TREAT[rule.not_checked],
        "notapplicable": TREAT[rule.not_applicable], "error": TREAT[rule.unknown], "unknown": TREAT[rule.unknown],
    }  # fmt: skip
    found = []
    for one in pc.of(Check):
        meant = matcher(rule.rule)(one.rule) and matcher(rule.source or "*")(one.source)
        meant = meant and matcher(rule.profile or "*")(one.profile)
        if meant and (not rule.severities or (one.severity or "unknown") in rule.severities) and one.result in says:
            found.append(says[one.result])
    return every(found, missing)


def administrators(pc: Pc, rule: Any, missing: str) -> str:
    answers = []
    for one in pc.of(Account):
        if one.enabled is not False and not any(matcher(name)(one.name) for name in rule.accepted):
            answers.append(good(None if one.administrator is None else not one.administrator, missing))
    return every(answers, PASS if pc.told(Account) else missing)


def lock_delay(pc: Pc, rule: Any, missing: str) -> str:
    told = pc.of(Setting)
    if any(one.name in ("screensaver", "screensaver_password") and one.value is False for one in told):
        return FAIL
    seconds = [one.value for one in told if one.name == "screen_lock_seconds"]
    return every([good(0 < one <= rule.seconds, missing) for one in seconds], missing)


def method(pc: Pc, rule: Any, missing: str) -> str:
    answers = []
    for one in pc.of(Drive):
        if (one.system or rule.drives == "all") and one.encrypted is not False:
            known = one.encrypted and one.method
            fits = any(matcher(name)(one.method) for name in rule.accepted)
            answers.append(good(fits if known else None, missing))
    return every(answers, NONE if pc.told(Drive) else missing)


ASKS: dict[str, Ask] = {
    "accounts.other_administrators": administrators,
    "firmware.secure_boot_off": setting("secure_boot", True),
    "firmware.no_tpm": setting("tpm", True),
    "remote_desktop.on": setting("remote_desktop", False),
    "protocols.smb1": setting("smb1", False),
    "protocols.llmnr": setting("llmnr", False),
    "usb_storage.usable": setting("usb_storage", False),
    "screensaver.lock_delay": lock_delay,
    "drive_encryption.method": method,
    "accounts.guest_enabled": guest,
    "passwords.vulnerable": vulnerable,
    "passwords.never_expires": accounts(lambda one, rule, today: one.password_expires),
    "passwords.max_age_days": accounts(young),
    "logon.automatic": setting("automatic_logon", False),
    "logon.power_on_password": setting("power_on_password", True),
    "shared_folders.any": shares(False),
    "shared_folders.administrative": shares(True),
    "anonymous_connections.unrestricted": setting("anonymous_restricted", True),
    "firewall.off": firewall,
    "firewall.exceptions": exceptions,
    "automatic_updates.off": setting("automatic_updates", True),
    "screensaver.not_set": setting("screensaver", True),
    "screensaver.no_password": setting("screensaver_password", True),
    "drive_encryption.off": drives,
}
