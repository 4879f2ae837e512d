"""What people read: found, wanted, how to mend, and the headline."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kanmon.common.facts import Account, Agent, Antivirus, Check, Drive, Fact, Firewall, Os, Service, Setting, Software
from kanmon.judgment.explain import Row, explain, headline, worst_text
from kanmon.judgment.findings import Finding, decode_set
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import ITEMS, Level
from kanmon.policy.rules import JudgmentPolicy
from tests.judgment import generate
from tests.judgment.one import TODAY, Pc, rules

POLICY = rules("antivirus: {judge: true, definitions_max_age_days: 7, products: [{name: '*'}]}")
DEFENDER = Antivirus("Microsoft Defender", "4.18", "1.1", "1.441.203.0", "2026-11-11", True)
DEBIAN, WINDOWS = Os("linux", "Debian GNU/Linux", "12"), Os("windows", "Windows 11 Pro")
F_SECURE = Antivirus("F-Secure Anti-Virus", "9.00")


def row(pc: Pc, policy: JudgmentPolicy, condition: str, language: str = "en") -> Row:
    return next(one for item in pc.explained(policy, language) for one in item.rows if one.condition == condition)


def test_old_definitions_are_told_in_days() -> None:
    explained = Pc([DEFENDER], "antivirus").explained(POLICY)
    assert headline(explained) == "Because the antivirus definitions are 9 days old and the policy allows 7."
    assert worst_text(explained) == "Antivirus definitions 9 days old"
    assert row(Pc([DEFENDER], "antivirus"), POLICY, "antivirus.definitions").wanted == "7 days old at most"


def test_the_same_in_japanese() -> None:
    explained = Pc([DEFENDER], "antivirus").explained(POLICY, "ja")
    assert (
        headline(explained, "ja") == "ウイルス定義ファイルが 9 日前のもので、ポリシーの上限 7 日を超えているためです。"
    )


def test_of_two_products_the_one_in_use_is_explained_in_every_row() -> None:
    off = Antivirus("Other", "2", definitions_date="2026-11-20", enabled=False)
    explained = Pc([off, DEFENDER], "antivirus").explained(POLICY)
    assert [(one.condition, one.outcome, one.found) for one in explained[0].rows] == [
        ("antivirus.definitions", "failed", "Microsoft Defender 4.18: definitions 9 days old"),
        ("antivirus.product", "passed", "Microsoft Defender 4.18; also found: Other 2"),
        ("antivirus.resident", "passed", "Microsoft Defender 4.18 running"),
        ("antivirus.engine", "not_applicable", "not judged by this policy"),
    ]


def test_a_product_without_state_is_unknown_and_says_so() -> None:
    found = row(Pc([F_SECURE], "antivirus"), POLICY, "antivirus.resident")
    assert (found.outcome, found.found) == ("unknown", "F-Secure Anti-Virus 9.00, state not given")


def test_no_product_and_a_product_that_is_not_accepted_are_told_apart() -> None:
    policy = rules("antivirus: {judge: true, products: [{name: Good}]}")
    assert row(Pc([], "antivirus"), policy, "antivirus.product").found == "no antivirus product found"
    assert (
        row(Pc([F_SECURE], "antivirus"), policy, "antivirus.product").found == "F-Secure Anti-Virus 9.00, not accepted"
    )


@pytest.mark.parametrize(
    ("items", "facts", "told", "found", "wanted"),
    [
        ("prohibited_software: {judge: true, programs: [{name: 'any*'}]}", [Software("AnyDesk", "7.0")], "software",
         "AnyDesk 7.0 installed", "not installed"),
        ("mandatory_software: {judge: true, groups: [{name: Agent, any_of: [{name: Agent, version: {value: '3.4'}}]}]}",
         [Software("Agent", "3.2.1")], "software", "Agent 3.2.1 found", "Agent 3.4 or newer"),
        ("pc_settings: {judge: true, firewall: {off: {}}}", [Firewall("public", False)], "firewall", "firewall off: public", "on"),
        ("pc_settings: {judge: true, firewall: {off: {}}}", [], "firewall", "no firewall found", "on"),
        ("pc_settings: {judge: true, logon: {automatic: {missing: as_set}}}", [], "",
         "not in the inventory, which counts as failed", "off"),
        ("user_definition: {judge: true, items: [{name: u, conditions: [{class: setting, property: tpm, value: false}]}]}",
         [Setting("tpm", False)], "", "tpm = false", "setting.tpm == false does not hold"),
    ],
)  # fmt: skip
def test_found_and_wanted(items: str, facts: list[Fact], told: str, found: str, wanted: str) -> None:
    one = Pc(facts, told).explained(rules(items))[0].rows[0]
    assert (one.outcome, one.found, one.wanted) == ("failed", found, wanted)
    assert 1 <= one.mend.count(". ") + one.mend.endswith(".") <= 3


def test_a_pc_without_agent_says_so_for_each_item() -> None:
    explained = Pc([DEFENDER], "antivirus", agent=False).explained(POLICY)
    assert [(one.item, one.level.word) for one in explained] == [("antivirus", "unknown"), ("inventory", "unknown")]
    assert headline(explained) == "Because this cannot be told: Agent: no agent in the inventory."


def test_a_finding_of_a_condition_that_left_the_policy_is_still_told() -> None:
    old = Finding("prohibited_software[Gone]", "failed", Level.DANGER, ())
    explained = explain(POLICY, "test version 2", [old], {}, [Agent("x", "1")], {}, TODAY)
    assert worst_text(explained) == "Prohibited_software[Gone]"


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(generate.policies, generate.facts(), generate.columns, st.sampled_from(["en", "ja"]))
def test_every_finding_has_a_row_and_every_level_its_reason(
    policy: JudgmentPolicy, facts: frozenset[Fact], columns: dict[str, Any], language: str
) -> None:
    numbers = dict(enumerate(sorted(facts, key=repr)))
    index = Index()
    index.learn(numbers.items())
    index.apply(1, np.array(list(numbers), dtype=np.uint32), np.zeros(0, np.uint32))
    for name, value in columns.items():
        index.set_column(1, name, value)
    judgement = index.judge(compile(policy, TODAY), BitMap([1]))
    findings = decode_set(judgement.sets[0])
    explained = explain(policy, "v1", findings, numbers, facts, columns, TODAY, language)
    rows = [one for item in explained for one in item.rows]
    assert {one.condition for one in findings} == {
        one.condition for one in rows if one.outcome in ("failed", "unknown")
    }
    levels = {one.item: one.level for one in explained}
    for place, item in enumerate(ITEMS):
        assert levels.get(item, Level.NOT_APPLICABLE) == judgement.items[0, place]
    assert all(one.found and one.title and one.wanted for one in rows)
    assert all(bool(one.mend) is (one.outcome in ("failed", "unknown")) for one in rows)
    assert headline(explained, language)


@pytest.mark.parametrize(
    ("items", "facts", "told", "found"),
    [
        ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [DEBIAN], "", "another operating system"),
        ("security_updates: {judge: true, specified: [{kb: KB5000001, product: x}]}", [DEBIAN], "", "another operating system"),
        ("security_updates: {judge: true, specified: [{kb: KB5000001, product: x}]}", [WINDOWS], "patch software", "x is not installed"),
        ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [WINDOWS], "", "no whole list of installed updates in the inventory"),
        ("security_updates: {judge: true, specified: [{kb: KB5000001}]}", [], "patch", "operating system not in the inventory"),
        ("prohibited_software: {judge: true, programs: [{name: x, os: linux}]}", [WINDOWS], "software", "another operating system"),
        ("prohibited_software: {judge: true, programs: [{name: x}]}", [WINDOWS], "", "not in the inventory"),
        ("mandatory_software: {judge: true, groups: [{name: g, os: linux, any_of: [{name: x}]}]}", [WINDOWS], "software", "another operating system"),
        ("pc_settings: {judge: true, services: [{name: x, os: linux, must: run}]}", [WINDOWS], "service", "another operating system"),
        ("antivirus: {judge: true, products: [{name: '*', version: {value: '1'}}]}", [Antivirus("A", enabled=True)], "", "A, version not given"),
        ("prohibited_software: {judge: true, programs: [{name: x, versions: '<2'}]}", [Software("x", "2.1")], "software", "no such version installed"),
        ("prohibited_software: {judge: true, programs: [{name: x, os: linux}]}", [], "software", "operating system not in the inventory"),
        ("mandatory_software: {judge: true, groups: [{name: g, os: linux, any_of: [{name: x}]}]}", [], "software", "operating system not in the inventory"),
        ("pc_settings: {judge: true, services: [{name: x, os: linux}]}", [], "service", "operating system not in the inventory"),
        ("user_definition: {judge: true, items: [{name: u, conditions: [{class: pc, property: user, value: x}]}]}", [WINDOWS], "", "not in the inventory"),
        ("user_definition: {judge: true, items: [{name: u, conditions: [{class: setting, property: tpm, value: 'true'}]}]}", [Setting("smb1", True)], "", "not in the inventory"),
    ],
)  # fmt: skip
def test_what_was_not_judged_or_is_not_told_is_not_called_installed_or_missing(
    items: str, facts: list[Fact], told: str, found: str
) -> None:
    said = [one for item in Pc(facts, told).explained(rules(items)) for one in item.rows]
    assert found in [one.found for one in said]


def test_each_password_has_its_own_age() -> None:
    policy = rules("pc_settings: {judge: true, passwords: {max_age_days: {days: 180}}}")
    accounts = [
        Account("bob", True, password_changed="2026-05-01"),
        Account("ann", True, password_changed="2019-04-14"),
    ]
    found = row(Pc(accounts, "account"), policy, "pc_settings.passwords.max_age_days")
    assert found.found == "password too old: ann (2777 days), bob (203 days)"


def test_without_a_product_none_of_the_four_is_called_untold() -> None:
    policy = rules("antivirus: {judge: true, definitions_max_age_days: 7, products: [{name: '*'}]}")
    found = [one.found for item in Pc([], "antivirus").explained(policy) for one in item.rows]
    assert found == [
        "no antivirus product found",
        "no antivirus product found",
        "no antivirus product found",
        "not judged by this policy",
    ]


UNTOLD = {
    "as_set": "not in the inventory, which counts as failed",
    "safe": "not in the inventory, which counts as safe",
}


@pytest.mark.parametrize("missing", UNTOLD)
@pytest.mark.parametrize(
    ("lines", "facts", "told"),
    [
        ("accounts: {guest_enabled: {@}}", [Account("Guest", guest=True)], "account"),
        ("accounts: {other_administrators: {@}}", [Account("bob", True)], "account"),
        ("passwords: {never_expires: {@}}", [Account("bob", True)], "account"),
        ("passwords: {max_age_days: {days: 9, @}}", [Account("bob", True)], "account"),
        ("firewall: {'off': {@}}", [Firewall("domain"), Firewall("ufw")], ""),
        ("firewall: {exceptions: {@}}", [Firewall("ufw", True)], ""),
        ("drive_encryption: {'off': {@}}", [Drive("C:", True)], ""),
        ("drive_encryption: {'off': {@}}", [], "drive"),
        ("drive_encryption: {method: {accepted: [x], @}}", [Drive("C:", True, True)], ""),
        ("services: [{name: x, must: run, @}]", [Service("x")], ""),
        ("services: [{name: x, must: not_run, @}]", [Service("x")], ""),
        ("screensaver: {lock_delay: {seconds: 9, @}}", [Setting("screensaver", True)], ""),
        ("passwords: {vulnerable: {@}}", [Account("bob", True, has_password=True)], "account"),
        ("firmware: {no_tpm: {@}}", [], ""),
    ],
)
def test_what_only_counts_as_failed_or_safe_is_not_said_to_be_so(
    lines: str, facts: list[Fact], told: str, missing: str
) -> None:
    policy = rules(f"pc_settings: {{judge: true, {lines.replace('@', f'missing: {missing}')}}}")
    pc = Pc(facts, told)
    (found,) = [one for item in pc.explained(policy) for one in item.rows]
    assert (found.outcome, found.found) == ({"as_set": "failed", "safe": "passed"}[missing], UNTOLD[missing])


def test_of_what_is_told_and_what_only_counts_the_told_is_named() -> None:
    policy = rules("pc_settings: {judge: true, passwords: {never_expires: {missing: as_set}}}")
    accounts = [Account("ann", True), Account("bob", True, password_expires=False)]
    assert row(Pc(accounts), policy, "pc_settings.passwords.never_expires").found == "password never expires: bob"


def test_a_result_that_only_counts_as_safe_is_not_called_passed() -> None:
    policy = rules("pc_settings: {judge: true, outside_checks: [{name: Guide, not_checked: safe}]}")
    found = row(Pc([Check("scap", "rule_a", "notchecked")], "check"), policy, "pc_settings.outside_checks[Guide]")
    assert (found.outcome, found.found) == ("passed", "rule_a (not checked)")
