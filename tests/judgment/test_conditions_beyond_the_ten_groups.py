"""The conditions beyond the ten groups of PC settings, and results of outside checks: failed, passed, missing."""

import pytest

from kanmon.common.facts import Account, Check, Drive, Fact, Os, Setting, Software
from tests.judgment.one import Pc, rules

LINUX, WINDOWS = Os("linux", "Debian GNU/Linux", "12"), Os("windows", "Windows 11 Pro")
STANDARD = "xccdf_example_profile_standard"


def setting(line: str) -> str:
    return f"pc_settings: {{judge: true, {line}}}"


def account(name: str, administrator: bool | None, enabled: bool | None = True) -> Account:
    return Account(name, enabled, administrator)


def lock(seconds: int) -> Setting:
    return Setting("screen_lock_seconds", seconds)


def check(rule: str, result: str, severity: str = "high") -> Check:
    return Check("scap", rule, result, f"Rule {rule}", severity, STANDARD)


ADMINISTRATORS = "accounts: {other_administrators: {accepted: [Administrator, 'it-*'], level: warning}}"
METHOD = "drive_encryption: {method: {accepted: ['XTS*'], level: warning}}"
CHECKS = "outside_checks: [{name: Guide, rule: 'file_*', level: danger}]"

# rule, facts, classes told, level of the PC
ROWS = [
    ("firmware: {secure_boot_off: {level: warning}}", [Setting("secure_boot", False)], "", "warning"),
    ("firmware: {secure_boot_off: {level: warning}}", [Setting("secure_boot", True)], "", "safe"),
    ("firmware: {secure_boot_off: {missing: unknown}}", [], "", "unknown"),
    ("firmware: {no_tpm: {}}", [Setting("tpm", False)], "", "caution"),
    ("firmware: {no_tpm: {}}", [Setting("tpm", True)], "", "safe"),
    ("firmware: {no_tpm: {missing: as_set, level: danger}}", [], "", "danger"),
    ("remote_desktop: {'on': {}}", [Setting("remote_desktop", True)], "", "caution"),
    ("remote_desktop: {'on': {}}", [Setting("remote_desktop", False)], "", "safe"),
    ("remote_desktop: {'on': {}}", [], "", "not_applicable"),
    ("protocols: {smb1: {level: danger}}", [Setting("smb1", True)], "", "danger"),
    ("protocols: {smb1: {level: danger}}", [Setting("smb1", False)], "", "safe"),
    ("protocols: {smb1: {missing: safe}}", [], "", "safe"),
    ("protocols: {llmnr: {}}", [Setting("llmnr", True)], "", "caution"),
    ("protocols: {llmnr: {}}", [Setting("llmnr", False)], "", "safe"),
    ("protocols: {llmnr: {}}", [], "", "not_applicable"),
    ("usb_storage: {usable: {}}", [Setting("usb_storage", True)], "", "caution"),
    ("usb_storage: {usable: {}}", [Setting("usb_storage", False)], "", "safe"),
    ("usb_storage: {usable: {missing: unknown}}", [], "", "unknown"),
    (ADMINISTRATORS, [account("bob", True)], "account", "warning"),
    (ADMINISTRATORS, [account("administrator", True), account("IT-tokyo", True), account("bob", False)], "account", "safe"),
    (ADMINISTRATORS, [account("bob", True, enabled=False)], "account", "safe"),
    (ADMINISTRATORS, [account("bob", None)], "account", "not_applicable"),
    (ADMINISTRATORS, [], "", "not_applicable"),
    ("screensaver: {lock_delay: {seconds: 600}}", [lock(601)], "", "caution"),
    ("screensaver: {lock_delay: {seconds: 600}}", [lock(600)], "", "safe"),
    ("screensaver: {lock_delay: {seconds: 600}}", [lock(0)], "", "caution"),
    ("screensaver: {lock_delay: {seconds: 600}}", [Setting("screensaver", False)], "", "caution"),
    ("screensaver: {lock_delay: {seconds: 600}}", [lock(300), Setting("screensaver_password", False)], "", "caution"),
    ("screensaver: {lock_delay: {seconds: 600, missing: unknown}}", [Setting("screensaver", True)], "", "unknown"),
    (METHOD, [Drive("C:", True, True, "AES 128")], "drive", "warning"),
    (METHOD, [Drive("C:", True, True, "xts-aes 256"), Drive("D:", False, True, "AES 128")], "drive", "safe"),
    (METHOD, [Drive("C:", True, False)], "drive", "not_applicable"),
    (METHOD.replace("level", "missing: unknown, level"), [Drive("C:", True, True)], "drive", "unknown"),
    (METHOD.replace("level", "drives: all, level"), [Drive("D:", False, True, "AES 128")], "drive", "warning"),
    (CHECKS, [check("file_a", "pass"), check("file_b", "fail"), check("other", "pass")], "check", "danger"),
    (CHECKS, [check("file_a", "pass"), check("file_b", "notapplicable"), check("other", "fail")], "check", "safe"),
    (CHECKS, [check("file_a", "fixed")], "check", "safe"),
    (CHECKS, [check("file_a", "notapplicable"), check("file_b", "notapplicable")], "check", "not_applicable"),
    (CHECKS, [check("file_a", "pass"), check("file_b", "notchecked")], "check", "unknown"),
    (CHECKS.replace("level", "not_checked: safe, level"), [check("file_b", "notchecked")], "check", "safe"),
    (CHECKS, [check("file_a", "error")], "check", "unknown"),
    (CHECKS.replace("level", "unknown: as_set, level"), [check("file_a", "unknown")], "check", "danger"),
    (CHECKS.replace("level", "not_applicable: as_set, level"), [check("file_a", "notapplicable")], "check", "danger"),
    (CHECKS, [check("file_a", "informational")], "check", "not_applicable"),
    (CHECKS, [], "check", "not_applicable"),
    (CHECKS.replace("level", "missing: unknown, level"), [], "", "unknown"),
    (CHECKS.replace("level", "severities: [medium], level"), [check("file_a", "fail")], "check", "not_applicable"),
    (CHECKS.replace("level", f"profile: {STANDARD}, source: scap, level"), [check("file_a", "fail")], "check", "danger"),
    (CHECKS.replace("level", "source: osquery, level"), [check("file_a", "fail")], "check", "not_applicable"),
    (CHECKS.replace("level", "os: windows, level"), [LINUX, check("file_a", "fail")], "check", "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "facts", "told", "wanted"), ROWS)
def test_each_condition(rule: str, facts: list[Fact], told: str, wanted: str) -> None:
    assert Pc(facts, told).judged(rules(setting(rule)))[0].word == wanted


@pytest.mark.parametrize(
    ("rule", "facts", "told", "found", "wanted"),
    [
        (ADMINISTRATORS, [account("bob", True)], "account", "administrator that is not accepted: bob", "no administrator but: Administrator, it-*"),
        ("screensaver: {lock_delay: {seconds: 600}}", [lock(900)], "", "screen locks too late: 900 seconds", "locked after 600 seconds at most"),
        ("screensaver: {lock_delay: {seconds: 600}}", [Setting("screensaver", False)], "", "screen locks too late: never", "locked after 600 seconds at most"),
        (METHOD, [Drive("C:", True, True, "AES 128")], "drive", "method not accepted: C: (AES 128)", "encrypted by: XTS*"),
        (CHECKS, [check("file_b", "fail"), check("file_a", "pass")], "check", "Rule file_b (failed)", "passed"),
        (CHECKS, [check("file_a", "error")], "check", "Rule file_a (error)", "passed"),
        ("firmware: {no_tpm: {}}", [Setting("tpm", False)], "", "no TPM", "present"),
    ],
)  # fmt: skip
def test_found_and_wanted(rule: str, facts: list[Fact], told: str, found: str, wanted: str) -> None:
    pc, policy = Pc(facts, told), rules(setting(rule))
    (row,) = pc.explained(policy)[0].rows
    assert (row.found, row.wanted) == (found, wanted)
    assert row.mend
    (japanese,) = pc.explained(policy, "ja")[0].rows
    assert japanese.wanted != wanted or "AES" in found
    assert japanese.mend != row.mend


PROHIBITED = "prohibited_software: {judge: true, programs: [{name: x, versions: '>=1.0, <1.0.7 || >=2.0, <2.0.3'"
VERSIONS = [
    (PROHIBITED + "}]}", [Software("x", "1.0.6")], "software", "caution"),
    (PROHIBITED + "}]}", [Software("x", "1.0.7")], "software", "safe"),
    (PROHIBITED + "}]}", [Software("x")], "software", "unknown"),
    (PROHIBITED + ", version_order: date}]}", [Software("x", "7.1")], "software", "unknown"),
    (PROHIBITED + "}, {name: y, os: linux}]}", [WINDOWS], "", "unknown"),
    ("prohibited_software: {judge: true, programs: [{name: y, os: linux}]}", [WINDOWS], "", "not_applicable"),
    ("prohibited_software: {judge: true, programs: [{name: y}]}", [Software("y")], "", "caution"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "facts", "told", "wanted"), VERSIONS)
def test_ranges_of_versions(items: str, facts: list[Fact], told: str, wanted: str) -> None:
    assert Pc(facts, told).judged(rules(items))[0].word == wanted


def test_a_source_without_programs_leaves_a_long_list_unknown_by_one_line() -> None:
    programs = ", ".join(f"{{name: p{number}}}" for number in range(50))
    policy = rules(f"prohibited_software: {{judge: true, programs: [{programs}]}}")
    _, findings = Pc([], "").judged(policy)
    assert [one.condition for one in findings] == ["prohibited_software.untold"]
    (item,) = Pc([], "").explained(policy)
    assert item.rows[0].wanted == "an inventory that lists the programs"
