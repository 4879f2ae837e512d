"""Every condition of the six items: which facts make it fail, pass, unknown or not applicable."""

import pytest

from kanmon.common.facts import (
    Account,
    Antivirus,
    Drive,
    Fact,
    Firewall,
    Os,
    Patch,
    PendingUpdate,
    Service,
    Setting,
    Share,
    Software,
)  # fmt: skip
from tests.judgment.one import Pc, rules

WINDOWS, LINUX = Os("windows", "Windows 11 Pro"), Os("linux", "Debian GNU/Linux", "12")


def level(items: str, facts: list[Fact], told: str = "", **columns: object) -> str:
    return Pc(facts, told, **columns).judged(rules(items))[0].word


def setting(line: str) -> str:
    return f"pc_settings: {{judge: true, {line}}}"


def guest(enabled: bool | None) -> Account:
    return Account("Guest", enabled, guest=True)


# rule, facts, classes told, level of the PC
PC_SETTINGS = [
    ("accounts: {guest_enabled: {level: danger}}", [guest(True)], "account", "danger"),
    ("accounts: {guest_enabled: {level: danger}}", [guest(False), Account("bob", True)], "account", "safe"),
    ("accounts: {guest_enabled: {}}", [], "account", "safe"),
    ("accounts: {guest_enabled: {}}", [guest(None)], "account", "not_applicable"),
    ("accounts: {guest_enabled: {missing: unknown}}", [guest(None)], "account", "unknown"),
    ("accounts: {guest_enabled: {missing: as_set, level: warning}}", [], "", "warning"),
    ("accounts: {guest_enabled: {missing: safe}}", [], "", "safe"),
    ("passwords: {vulnerable: {level: danger}}", [Setting("vulnerable_password", True)], "", "danger"),
    ("passwords: {vulnerable: {level: danger}}", [Setting("vulnerable_password", False)], "", "safe"),
    ("passwords: {vulnerable: {level: danger}}", [Account("bob", True, has_password=False)], "account", "danger"),
    ("passwords: {vulnerable: {level: danger}}", [Account("bob", False, has_password=False)], "account", "not_applicable"),
    ("passwords: {vulnerable: {level: danger}}", [Account("bob", True, has_password=True)], "account", "not_applicable"),
    ("passwords: {never_expires: {}}", [Account("bob", True, password_expires=False)], "account", "caution"),
    ("passwords: {never_expires: {}}", [Account("bob", False, password_expires=False)], "account", "safe"),
    ("passwords: {max_age_days: {days: 180}}", [Account("bob", True, password_changed="2026-05-23")], "account", "caution"),
    ("passwords: {max_age_days: {days: 180}}", [Account("bob", True, password_changed="2026-05-24")], "account", "safe"),
    ("passwords: {max_age_days: {days: 180}}", [Account("bob", True)], "account", "not_applicable"),
    ("logon: {automatic: {level: warning}}", [Setting("automatic_logon", True)], "", "warning"),
    ("logon: {automatic: {}}", [Setting("automatic_logon", False)], "", "safe"),
    ("logon: {automatic: {}}", [], "", "not_applicable"),
    ("logon: {power_on_password: {}}", [Setting("power_on_password", False)], "", "caution"),
    ("shared_folders: {any: {}}", [Share("Public")], "share", "caution"),
    ("shared_folders: {any: {}}", [Share("C$", True)], "share", "safe"),
    ("shared_folders: {administrative: {}}", [Share("C$", True)], "share", "caution"),
    ("shared_folders: {any: {missing: unknown}}", [], "", "unknown"),
    ("anonymous_connections: {unrestricted: {}}", [Setting("anonymous_restricted", False)], "", "caution"),
    ("services: [{name: Telnet, level: danger}]", [Service("telnet", True)], "service", "danger"),
    ("services: [{name: Telnet}]", [Service("telnet", False)], "service", "safe"),
    ("services: [{name: Telnet}]", [], "service", "safe"),
    ("services: [{name: Telnet, missing: unknown}]", [Service("telnet")], "service", "unknown"),
    ("services: [{name: 'sentry*', must: run}]", [Service("sentry-a", False), Service("sentry-b", True)], "service", "safe"),
    ("services: [{name: sentry, must: run}]", [], "service", "caution"),
    ("services: [{name: sentry, must: run}]", [], "", "not_applicable"),
    ("services: [{name: sentry, must: run, os: linux}]", [WINDOWS], "service", "not_applicable"),
    ("services: [{name: sentry, must: run, os: linux}]", [], "service", "unknown"),
    ("firewall: {off: {level: warning}}", [Firewall("domain", True), Firewall("public", False)], "firewall", "warning"),
    ("firewall: {off: {}}", [Firewall("domain", True), Firewall("public", True)], "firewall", "safe"),
    ("firewall: {off: {}}", [Firewall("ufw", False), Firewall("nftables", True)], "firewall", "safe"),
    ("firewall: {off: {}}", [Firewall("public", False), Firewall("Other Firewall", True)], "firewall", "safe"),
    ("firewall: {off: {}}", [], "firewall", "caution"),
    ("firewall: {off: {}}", [], "", "not_applicable"),
    ("firewall: {exceptions: {}}", [Firewall("public", True, True)], "firewall", "caution"),
    ("firewall: {exceptions: {}}", [Firewall("public", False, True)], "firewall", "not_applicable"),
    ("automatic_updates: {off: {}}", [Setting("automatic_updates", False)], "", "warning"),
    ("screensaver: {not_set: {}}", [Setting("screensaver", False)], "", "caution"),
    ("screensaver: {no_password: {level: danger}}", [Setting("screensaver_password", False)], "", "danger"),
    ("drive_encryption: {off: {}}", [Drive("C:", True, True), Drive("D:", False, False)], "drive", "safe"),
    ("drive_encryption: {off: {drives: all}}", [Drive("C:", True, True), Drive("D:", False, False)], "drive", "caution"),
    ("drive_encryption: {off: {missing: unknown}}", [Drive("C:", True)], "drive", "unknown"),
    ("logon: {automatic: {level: danger}}, firewall: {off: {level: warning}}",
     [Setting("automatic_logon", False), Firewall("ufw", False)], "firewall", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "facts", "told", "wanted"), PC_SETTINGS)
def test_pc_settings(rule: str, facts: list[Fact], told: str, wanted: str) -> None:
    assert level(setting(rule), facts, told) == wanted


OTHERS = [
    ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [WINDOWS, Patch("KB5000001")], "patch", "safe"),
    ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [WINDOWS], "patch", "warning"),
    ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [WINDOWS], "", "unknown"),
    ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [LINUX], "", "not_applicable"),
    ("security_updates: {judge: true, specified: [{kb: KB5000001, superseded_by: [KB5000002]}, "
     "{kb: KB5000002, superseded_by: [KB5000003]}]}", [WINDOWS, Patch("KB5000003")], "patch", "safe"),
    ("security_updates: {judge: true, specified: [{kb: KB5000001, os: 'Windows 7*'}]}", [WINDOWS], "patch", "not_applicable"),
    ("security_updates: {judge: true, pending: {security: danger}}", [PendingUpdate("a", "1", True)], "pending_update", "danger"),
    ("security_updates: {judge: true, pending: {security: danger}}", [PendingUpdate("a", "1", False)], "pending_update", "safe"),
    ("security_updates: {judge: true, pending: {security: danger}}", [PendingUpdate("a")], "pending_update", "unknown"),
    ("security_updates: {judge: true, pending: {other: caution}}", [PendingUpdate("a")], "pending_update", "caution"),
    ("security_updates: {judge: true, pending: {security: danger}}", [], "", "unknown"),
    ("prohibited_software: {judge: true, programs: [{name: 'Win*', level: danger}]}", [Software("winny")], "software", "danger"),
    ("prohibited_software: {judge: true, programs: [{name: x, version: {value: '2', comparison: <}}]}",
     [Software("x", "1.9")], "software", "caution"),
    ("prohibited_software: {judge: true, programs: [{name: x, version: {value: '2', comparison: <}}]}",
     [Software("x", "2.1")], "software", "safe"),
    ("prohibited_software: {judge: true, programs: [{name: x, version: {value: '2', comparison: <}}]}",
     [Software("x")], "software", "unknown"),
    ("prohibited_software: {judge: true, programs: [{name: x, publisher: Evil}]}",
     [Software("x", publisher="Good")], "software", "safe"),
    ("prohibited_software: {judge: true, programs: [{name: x, publisher: Evil}]}", [Software("x")], "software", "unknown"),
    ("prohibited_software: {judge: true, programs: [{name: x, os: windows}]}", [LINUX, Software("x")], "software", "not_applicable"),
    ("prohibited_software: {judge: true, programs: [{name: x}]}", [], "", "unknown"),
    ("mandatory_software: {judge: true, groups: [{name: g, any_of: [{name: a}, {name: b}]}]}", [Software("B")], "software", "safe"),
    ("mandatory_software: {judge: true, groups: [{name: g, any_of: [{name: a}]}]}", [Software("B")], "software", "caution"),
    ("mandatory_software: {judge: true, groups: [{name: g, any_of: [{name: a, version: {value: '3.4'}}]}]}",
     [Software("a", "3.2.1")], "software", "caution"),
    ("mandatory_software: {judge: true, groups: [{name: g, any_of: [{name: a}]}, {name: h, level: warning, any_of: [{name: b}]}]}",
     [Software("a")], "software", "warning"),
    ("mandatory_software: {judge: true, groups: [{name: g, any_of: [{name: a}]}]}", [], "", "unknown"),
    ("user_definition: {judge: true, items: [{name: u, conditions: [{class: setting, property: tpm, value: false}]}]}",
     [Setting("tpm", False)], "", "caution"),
    ("user_definition: {judge: true, items: [{name: u, missing: unknown, conditions: "
     "[{class: setting, property: tpm, value: false}]}]}", [], "", "unknown"),
    ("user_definition: {judge: true, items: [{name: u, conditions: [{class: software, property: name, value: a}, "
     "{class: software, property: version, comparison: <, value: '2'}]}]}",
     [Software("a", "3"), Software("b", "1")], "software", "safe"),
    ("user_definition: {judge: true, items: [{name: u, fails_when: not_met, conditions: "
     "[{class: drive, property: encrypted, value: true}, {class: drive, property: system, value: true}]}]}",
     [Drive("C:", True, False), Drive("D:", False, True)], "drive", "caution"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "facts", "told", "wanted"), OTHERS)
def test_the_other_items(items: str, facts: list[Fact], told: str, wanted: str) -> None:
    assert level(items, facts, told) == wanted


def av(line: str = "") -> str:
    return f"antivirus: {{judge: true, definitions_max_age_days: 7, products: [{{name: '*'}}]{line}}}"


FRESH, OLD = "2026-11-19", "2026-11-01"
ANTIVIRUS = [
    (av(), [Antivirus("A", definitions_date=FRESH, enabled=True)], "safe"),
    (av(), [Antivirus("A", definitions_date=OLD, enabled=True)], "danger"),
    (av(), [Antivirus("A", definitions_date=FRESH, enabled=False)], "danger"),
    (av(), [Antivirus("A", definitions_date=OLD, enabled=True), Antivirus("B", definitions_date=FRESH, enabled=False)], "danger"),
    (av(), [Antivirus("A", definitions_date=OLD, enabled=True), Antivirus("B", definitions_date=FRESH, enabled=True)], "safe"),
    (av(", products_mode: all"), [Antivirus("A", definitions_date=OLD, enabled=True), Antivirus("B", definitions_date=FRESH, enabled=True)], "danger"),
    (av(), [Antivirus("F-Secure", "9.00")], "unknown"),
    (av(), [Antivirus("F-Secure", "9.00"), Antivirus("B", definitions_date=FRESH, enabled=False)], "unknown"),
    (av(), [Antivirus("A", enabled=True, up_to_date=True)], "safe"),
    (av(), [Antivirus("A", enabled=True, up_to_date=False, definitions_date=FRESH)], "danger"),
    (av(", use_up_to_date_flag: false"), [Antivirus("A", enabled=True, up_to_date=False, definitions_date=FRESH)], "safe"),
    (av(", not_resident: false"), [Antivirus("A", definitions_date=FRESH, enabled=False)], "safe"),
    (av(", level: caution"), [], "caution"),
    ("antivirus: {judge: true, products: [{name: A}]}", [Antivirus("B", enabled=True, up_to_date=True)], "danger"),
    ("antivirus: {judge: true, products: [{name: A, engine: {value: '2'}}]}", [Antivirus("A", engine="1.9", enabled=True, up_to_date=True)], "danger"),
    ("antivirus: {judge: true, products: [{name: A, engine: {value: '2'}}]}", [Antivirus("A", enabled=True, up_to_date=True)], "unknown"),
    ("antivirus: {judge: true, products: [{name: A, version: {value: '9'}}, {name: A, version: {value: '5.*', comparison: ==}}]}",
     [Antivirus("A", "5.1", enabled=True, up_to_date=True)], "safe"),
    ("antivirus: {judge: true, products: [{name: A, definitions: {value: '1.441'}}]}",
     [Antivirus("A", definitions="1.440.9", enabled=True)], "danger"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "facts", "wanted"), ANTIVIRUS)
def test_antivirus(items: str, facts: list[Fact], wanted: str) -> None:
    assert level(items, facts, "antivirus") == wanted


def test_a_source_that_does_not_tell_about_antivirus_leaves_it_unknown() -> None:
    assert level(av(), []) == "unknown"


@pytest.mark.parametrize(
    ("reported_at", "wanted"), [(1795132800, "not_applicable"), (1793000000, "warning"), (None, "unknown")]
)
def test_an_old_inventory_has_a_level_of_its_own_and_never_makes_safe(reported_at: int | None, wanted: str) -> None:
    columns = {} if reported_at is None else {"reported_at": reported_at}
    assert level("stale_inventory: {after_days: 14}", [], "", **columns) == wanted


def test_a_pc_without_an_agent_is_unknown_whatever_else_is_in_it() -> None:
    policy = rules(setting("logon: {automatic: {level: danger}}"))
    assert Pc([Setting("automatic_logon", True)], agent=False).judged(policy)[0].word == "unknown"


def test_an_item_that_is_off_is_not_judged() -> None:
    assert level("pc_settings: {logon: {automatic: {}}}", [Setting("automatic_logon", True)]) == "not_applicable"
