"""Steps to mend: every condition says something that can be done, in both languages."""

import re

import pytest

from kanmon.judgment.wording_settings import SETTINGS
from kanmon.portal.steps import _TABLE, how
from kanmon.portal.words import TEXTS

CONDITIONS = [
    "security_updates.latest", "security_updates.latest.critical", "security_updates.pending.security",
    "security_updates.specified[KB5005565]", "security_updates.vulnerabilities", "antivirus.product", "antivirus.engine",
    "antivirus.definitions", "antivirus.resident", "prohibited_software[7-Zip 9.20*]", "mandatory_software[Agent]",
    "pc_settings.services[Spooler]", "user_definition[Mine]", "inventory.agent", "inventory.stale",
    *(f"pc_settings.{name}" for name in SETTINGS),
]  # fmt: skip


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
