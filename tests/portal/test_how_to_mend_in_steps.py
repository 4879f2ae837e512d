"""Steps to mend: every condition says something that can be done, in both languages."""

import re

import msgspec
import pytest

from kanmon.judgment.wording_settings import SETTINGS
from kanmon.policy.rules_settings import PcSettings
from kanmon.policy.rules_words import Rule
from kanmon.portal.steps import _TABLE, _kind, how
from kanmon.portal.words import TEXTS
from tools.conditions import ABOUT

CONDITIONS = [
    "security_updates.latest", "security_updates.latest.critical", "security_updates.pending.security",
    "security_updates.specified[KB5005565]", "security_updates.vulnerabilities", "antivirus.product", "antivirus.engine",
    "antivirus.definitions", "antivirus.resident", "prohibited_software[7-Zip 9.20*]", "mandatory_software[Agent]",
    "pc_settings.services[Spooler]", "user_definition[Mine]", "inventory.agent", "inventory.stale",
    *(f"pc_settings.{name}" for name in SETTINGS),
]  # fmt: skip


ONLY_WINDOWS = {"pc_settings.shared_folders.administrative"}


def settings_of_policies() -> list[str]:
    """The ids of all conditions of PC settings, by the rules of policies themselves."""
    found = []
    for group in msgspec.structs.fields(PcSettings):
        if group.name == "judge":
            continue
        rules = group.default if isinstance(group.default, Rule) else None
        names = [f".{one.name}" for one in msgspec.structs.fields(rules)] if rules is not None else [""]
        found += [f"pc_settings.{group.name}{name}" for name in names]
    return found


def test_every_setting_that_a_policy_knows_has_steps_of_its_own() -> None:
    kinds = settings_of_policies()
    assert {"pc_settings.services", "pc_settings.outside_checks", "pc_settings.usb_storage.usable"} <= set(kinds)
    assert len(kinds) >= 26
    for kind in kinds:
        for family in ("windows", "linux"):
            if family == "linux" and kind in ONLY_WINDOWS:
                continue
            assert kind in _TABLE, kind
            assert family in _TABLE[kind] or "" in _TABLE[kind], (kind, family)
            for language in ("en", "ja"):
                said = how(kind, told=True, mend="The judgment's sentence.", family=family, language=language)
                assert "The judgment's sentence." not in said.steps, kind


def test_every_condition_of_the_reference_has_steps() -> None:
    assert [one.kind for one in ABOUT if not _kind(one.kind) and one.kind != "prohibited_software.untold"] == []


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("family", ["windows", "linux", "other", ""])
def test_every_condition_has_something_to_do(condition: str, family: str) -> None:
    for language in ("en", "ja"):
        said = how(condition, told=True, mend="Do it.", family=family, language=language)
        assert said.steps
        assert all(step.strip().endswith(("." if language == "en" else "。", ".")) for step in said.steps)


def test_what_the_inventory_does_not_tell_is_mended_by_an_inventory() -> None:
    said = how("pc_settings.firewall.off", told=False, mend="x", family="linux", language="en")
    assert any("inventory program" in step for step in said.steps)
    assert not said.administrator


def test_names_stand_before_the_steps_where_the_judgment_knows_them() -> None:
    said = how("prohibited_software[Winny*]", told=True, mend="Uninstall Winny 2.", family="windows", language="en")
    assert (said.first, said.administrator) == ("Uninstall Winny 2.", True)
    assert said.steps[0].startswith("Open Settings")


def test_both_languages_have_as_many_steps_and_every_word() -> None:
    for name, kind in _TABLE.items():
        for english, japanese in kind.values():
            assert len(english) == len(japanese), name
            assert all(step.count("`") % 2 == 0 for step in (*english, *japanese)), name
            assert [re.findall("`([^`]*)`", one.replace("名前", "NAME")) for one in japanese] == [
                re.findall("`([^`]*)`", one) for one in english
            ], "the same is typed"
    assert all(english and japanese and english != japanese for english, japanese in TEXTS.values())
