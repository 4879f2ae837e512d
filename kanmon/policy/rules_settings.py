"""The judgment item "PC security settings": ten groups of conditions, four more, and results of outside checks.

A condition that is left out is not judged. ``missing`` says what counts when the inventory does not tell;
the default "not_applicable" (no judgment item) is the one of the original, and so are the levels of
``automatic_updates.off`` (Warning) and ``screensaver.not_set`` (Caution).
"""

from typing import Annotated, Literal

from msgspec import Meta

from kanmon.policy.rules_checks import OutsideCheck
from kanmon.policy.rules_words import Days, FailLevel, Missing, Name, OsPattern, Rule

Names = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=1_000)]


class Condition(Rule, frozen=True, kw_only=True):
    """The level when it fails, and the treatment when the inventory has no value."""

    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class WarningCondition(Rule, frozen=True, kw_only=True):
    """The same with Warning as the level that is meant when none is written."""

    level: FailLevel = "warning"
    missing: Missing = "not_applicable"


class AgeCondition(Rule, frozen=True, kw_only=True):
    """Fails when something is more than ``days`` days old."""

    days: Days
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class DriveCondition(Rule, frozen=True, kw_only=True):
    """Fails when the system drive, or any local drive, is not encrypted."""

    drives: Literal["system", "all"] = "system"
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class MethodCondition(Rule, frozen=True, kw_only=True):
    """Fails when an encrypted drive is encrypted by another method than one of ``accepted``."""

    accepted: Names
    drives: Literal["system", "all"] = "system"
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class AdministratorCondition(Rule, frozen=True, kw_only=True):
    """Fails when an account that can log on is an administrator and is none of ``accepted``."""

    accepted: Annotated[tuple[Name, ...], Meta(max_length=1_000)] = ()
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class SecondsCondition(Rule, frozen=True, kw_only=True):
    """Fails when something takes more than ``seconds``, or never comes."""

    seconds: Annotated[int, Meta(ge=1, le=86_400)]
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class ServiceCondition(Rule, frozen=True, kw_only=True):
    """One named service. ``must: run`` fails as well when a told list of services does not have it."""

    name: Name
    must: Literal["run", "not_run"] = "not_run"
    os: OsPattern = ""
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"


class Accounts(Rule, frozen=True, kw_only=True):
    guest_enabled: Condition | None = None
    other_administrators: AdministratorCondition | None = None


class Passwords(Rule, frozen=True, kw_only=True):
    vulnerable: Condition | None = None
    never_expires: Condition | None = None
    max_age_days: AgeCondition | None = None


class Logon(Rule, frozen=True, kw_only=True):
    automatic: Condition | None = None
    power_on_password: Condition | None = None


class SharedFolders(Rule, frozen=True, kw_only=True):
    any: Condition | None = None
    administrative: Condition | None = None


class AnonymousConnections(Rule, frozen=True, kw_only=True):
    unrestricted: Condition | None = None


class Firewalls(Rule, frozen=True, kw_only=True):
    off: Condition | None = None
    exceptions: Condition | None = None


class AutomaticUpdates(Rule, frozen=True, kw_only=True):
    off: WarningCondition | None = None


class Screensaver(Rule, frozen=True, kw_only=True):
    not_set: Condition | None = None
    no_password: Condition | None = None
    lock_delay: SecondsCondition | None = None


class DriveEncryption(Rule, frozen=True, kw_only=True):
    off: DriveCondition | None = None
    method: MethodCondition | None = None


class Firmware(Rule, frozen=True, kw_only=True):
    secure_boot_off: Condition | None = None
    no_tpm: Condition | None = None


class RemoteDesktop(Rule, frozen=True, kw_only=True):
    on: Condition | None = None


class Protocols(Rule, frozen=True, kw_only=True):
    smb1: Condition | None = None
    llmnr: Condition | None = None


class UsbStorage(Rule, frozen=True, kw_only=True):
    usable: Condition | None = None


class PcSettings(Rule, frozen=True, kw_only=True):
    """The item. Ids of its conditions are ``pc_settings.<group>.<condition>``, services and checks by their name."""

    judge: bool = False
    accounts: Accounts = Accounts()
    passwords: Passwords = Passwords()
    logon: Logon = Logon()
    shared_folders: SharedFolders = SharedFolders()
    anonymous_connections: AnonymousConnections = AnonymousConnections()
    services: Annotated[tuple[ServiceCondition, ...], Meta(max_length=1_000)] = ()
    firewall: Firewalls = Firewalls()
    automatic_updates: AutomaticUpdates = AutomaticUpdates()
    screensaver: Screensaver = Screensaver()
    drive_encryption: DriveEncryption = DriveEncryption()
    firmware: Firmware = Firmware()
    remote_desktop: RemoteDesktop = RemoteDesktop()
    protocols: Protocols = Protocols()
    usb_storage: UsbStorage = UsbStorage()
    outside_checks: Annotated[tuple[OutsideCheck, ...], Meta(max_length=1_000)] = ()
