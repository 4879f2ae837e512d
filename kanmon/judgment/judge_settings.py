"""The item "PC security settings": what each of its groups looks at. Results of outside checks: ``judge_checks``.

Unless said otherwise a record of which the value was not given, and a PC whose inventory does not tell, have
the treatment ``missing`` of the condition.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Protocol

from kanmon.common.facts import CODE_OF, Account, Drive, Firewall, Service, Setting, Share
from kanmon.judgment.condition import Condition, Fold, Outcome, Part, known, level_of, treat
from kanmon.judgment.judge_checks import outside_checks
from kanmon.judgment.systems import on_system
from kanmon.policy.compare import age_days, matcher
from kanmon.policy.rules_settings import (
    AdministratorCondition,
    AgeCondition,
    DriveCondition,
    MethodCondition,
    PcSettings,
    SecondsCondition,
    ServiceCondition,
)
from kanmon.policy.rules_words import FailLevel, Missing, keyed

ITEM = "pc_settings"
# A Windows firewall has one record for each of these; all of them must be on. Other firewalls stand alone.
PROFILES = frozenset({"domain", "private", "public", "standard"})
_SKIP = Outcome.IRRELEVANT


class Rule(Protocol):
    """What every condition of this item has."""

    @property
    def level(self) -> FailLevel: ...
    @property
    def missing(self) -> Missing: ...


def pc_settings(item: PcSettings, today: date) -> Iterator[Condition]:
    """The conditions of the item, ``pc_settings.<group>.<condition>``; services by name."""
    for name, rule, parts in _singles(item, today):
        if rule is not None:
            yield Condition(id=f"{ITEM}.{name}", item=ITEM, level=level_of(rule.level), parts=parts(rule))
    for condition_id, service in zip(
        keyed(f"{ITEM}.services", (one.name for one in item.services)), item.services, strict=True
    ):
        yield Condition(
            id=condition_id,
            item=ITEM,
            level=level_of(service.level),
            parts=(_service(service),),
            applies=on_system(service.os),
        )
    yield from outside_checks(item.outside_checks)


def _singles(item: PcSettings, today: date) -> list[tuple[str, Any, Callable[[Any], tuple[Part, ...]]]]:
    return [
        ("accounts.guest_enabled", item.accounts.guest_enabled, _guest),
        ("passwords.vulnerable", item.passwords.vulnerable, _vulnerable),
        ("passwords.never_expires", item.passwords.never_expires, _never_expires),
        ("passwords.max_age_days", item.passwords.max_age_days, lambda rule: _password_age(rule, today)),
        ("logon.automatic", item.logon.automatic, _setting("automatic_logon", False)),
        ("logon.power_on_password", item.logon.power_on_password, _setting("power_on_password", True)),
        ("shared_folders.any", item.shared_folders.any, _share(False)),
        ("shared_folders.administrative", item.shared_folders.administrative, _share(True)),
        (
            "anonymous_connections.unrestricted",
            item.anonymous_connections.unrestricted,
            _setting("anonymous_restricted", True),
        ),
        ("firewall.off", item.firewall.off, _firewall_off),
        ("firewall.exceptions", item.firewall.exceptions, _firewall_exceptions),
        ("automatic_updates.off", item.automatic_updates.off, _setting("automatic_updates", True)),
        ("screensaver.not_set", item.screensaver.not_set, _setting("screensaver", True)),
        ("screensaver.no_password", item.screensaver.no_password, _setting("screensaver_password", True)),
        ("drive_encryption.off", item.drive_encryption.off, _drives),
        ("accounts.other_administrators", item.accounts.other_administrators, _administrators),
        ("firmware.secure_boot_off", item.firmware.secure_boot_off, _setting("secure_boot", True)),
        ("firmware.no_tpm", item.firmware.no_tpm, _setting("tpm", True)),
        ("remote_desktop.on", item.remote_desktop.on, _setting("remote_desktop", False)),
        ("protocols.smb1", item.protocols.smb1, _setting("smb1", False)),
        ("protocols.llmnr", item.protocols.llmnr, _setting("llmnr", False)),
        ("usb_storage.usable", item.usb_storage.usable, _setting("usb_storage", False)),
        ("screensaver.lock_delay", item.screensaver.lock_delay, _lock_delay),
        ("drive_encryption.method", item.drive_encryption.method, _method),
    ]


def _part(
    cls: type, name: str, rule: Rule, test: Callable[[Any], Outcome], empty: Outcome = Outcome.PASS, **more: Any
) -> Part:
    return Part(
        key=(ITEM, name, rule.missing), cls=CODE_OF[cls], test=test, empty=empty, untold=treat(rule.missing), **more
    )


def _setting(name: str, wanted: bool) -> Callable[[Rule], tuple[Part, ...]]:
    """A named yes/no setting that must be ``wanted``."""

    def parts(rule: Rule) -> tuple[Part, ...]:
        def test(record: Setting) -> Outcome:
            return known(record.value == wanted, Outcome.UNKNOWN) if record.name == name else _SKIP

        return (_part(Setting, name, rule, test, empty=treat(rule.missing)),)

    return parts


def _guest(rule: Rule) -> tuple[Part, ...]:
    """A guest account must be off. No guest account at all is good."""
    missing = treat(rule.missing)

    def test(record: Account) -> Outcome:
        return known(None if record.enabled is None else not record.enabled, missing) if record.guest else _SKIP

    return (_part(Account, "guest", rule, test),)


def _vulnerable(rule: Rule) -> tuple[Part, ...]:
    """The setting says so, or an account that can log on has no password at all."""

    def test(record: Account) -> Outcome:
        return Outcome.FAIL if record.has_password is False and record.enabled is not False else _SKIP

    blank = Part(key=(ITEM, "blank"), cls=CODE_OF[Account], test=test, empty=Outcome.PASS, untold=Outcome.PASS)
    return (*_setting("vulnerable_password", False)(rule), blank)


def _never_expires(rule: Rule) -> tuple[Part, ...]:
    missing = treat(rule.missing)

    def test(record: Account) -> Outcome:
        return _SKIP if record.enabled is False else known(record.password_expires, missing)

    return (_part(Account, "expires", rule, test),)


def _password_age(rule: AgeCondition, today: date) -> tuple[Part, ...]:
    """Counted from the day of the last change to ``today``, for each account that can log on."""
    missing = treat(rule.missing)

    def test(record: Account) -> Outcome:
        if record.enabled is False:
            return _SKIP
        age = age_days(record.password_changed, today)
        return known(None if age is None else age <= rule.days, missing)

    key = (ITEM, "age", rule.days, rule.missing, today)
    return (Part(key=key, cls=CODE_OF[Account], test=test, empty=Outcome.PASS, untold=missing),)


def _share(administrative: bool) -> Callable[[Rule], tuple[Part, ...]]:
    """``any`` means folders that people shared; C$ and its like are ``administrative``."""

    def test(record: Share) -> Outcome:
        return Outcome.FAIL if record.administrative is administrative else _SKIP

    return lambda rule: (_part(Share, f"share {administrative}", rule, test),)


def _firewall_off(rule: Rule) -> tuple[Part, ...]:
    """One firewall that stands alone and is on is enough; else all profiles must be on. None at all fails."""
    missing = treat(rule.missing)
    order = {Outcome.FAIL: 1, Outcome.UNKNOWN: 2, Outcome.PASS: 3, Outcome.NOT_APPLICABLE: 8}
    alone = {Outcome.PASS: 0, Outcome.UNKNOWN: 5, Outcome.FAIL: 6, Outcome.NOT_APPLICABLE: 9}

    def test(record: Firewall) -> Outcome:
        return known(record.enabled, missing)

    def rank(record: Firewall) -> int:
        return (order if record.profile.casefold() in PROFILES else alone)[test(record)]

    return (_part(Firewall, "firewall", rule, test, empty=Outcome.FAIL, fold=Fold.BEST, rank=rank),)


def _firewall_exceptions(rule: Rule) -> tuple[Part, ...]:
    """Asked of firewalls that are not off."""
    missing = treat(rule.missing)

    def test(record: Firewall) -> Outcome:
        return (
            _SKIP
            if record.enabled is False
            else known(None if record.exceptions is None else not record.exceptions, missing)
        )

    return (_part(Firewall, "exceptions", rule, test, empty=Outcome.NOT_APPLICABLE),)


def _drives(rule: DriveCondition) -> tuple[Part, ...]:
    missing = treat(rule.missing)

    def test(record: Drive) -> Outcome:
        return _SKIP if rule.drives == "system" and not record.system else known(record.encrypted, missing)

    return (_part(Drive, f"drives {rule.drives}", rule, test, empty=missing),)


def _administrators(rule: AdministratorCondition) -> tuple[Part, ...]:
    """Asked of accounts that can log on, but for those that may be administrators."""
    missing, accepted = treat(rule.missing), [matcher(name) for name in rule.accepted]

    def test(record: Account) -> Outcome:
        if record.enabled is False or any(named(record.name) for named in accepted):
            return _SKIP
        return known(None if record.administrator is None else not record.administrator, missing)

    return (_part(Account, f"administrators {rule.accepted}", rule, test),)


def _lock_delay(rule: SecondsCondition) -> tuple[Part, ...]:
    """Seconds until the screen is locked; 0, no screen lock, or one that asks for no password: never."""
    missing = treat(rule.missing)

    def test(record: Setting) -> Outcome:
        if record.name == "screen_lock_seconds":
            return known(0 < int(record.value) <= rule.seconds, missing)
        never = record.name in ("screensaver", "screensaver_password") and record.value is False
        return Outcome.FAIL if never else _SKIP

    return (_part(Setting, f"lock {rule.seconds}", rule, test, empty=missing),)


def _method(rule: MethodCondition) -> tuple[Part, ...]:
    """Asked of drives that are encrypted, or may be. Where none is, there is no method to judge."""
    missing, accepted = treat(rule.missing), [matcher(name) for name in rule.accepted]

    def test(record: Drive) -> Outcome:
        if record.encrypted is False or (rule.drives == "system" and not record.system):
            return _SKIP
        told = record.encrypted and record.method
        return known(any(named(record.method) for named in accepted) if told else None, missing)

    key = f"method {rule.drives} {rule.accepted}"
    return (_part(Drive, key, rule, test, empty=Outcome.NOT_APPLICABLE),)


def _service(rule: ServiceCondition) -> Part:
    named, missing, must_run = matcher(rule.name), treat(rule.missing), rule.must == "run"

    def test(record: Service) -> Outcome:
        if not named(record.name):
            return _SKIP
        return known(None if record.running is None else record.running is must_run, missing)

    return Part(
        key=(ITEM, "service", rule.name, rule.must, rule.missing),
        cls=CODE_OF[Service],
        test=test,
        fold=Fold.ANY if must_run else Fold.EVERY,
        empty=Outcome.FAIL if must_run else Outcome.PASS,
        untold=missing,
    )
