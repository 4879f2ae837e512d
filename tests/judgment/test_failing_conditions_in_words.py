"""Every condition of a policy has a clause for where it fails, in both languages, without a PC in it."""

from pathlib import Path

import pytest

from kanmon.common import clock
from kanmon.judgment.condition import AGENT_ID, STALE_ID
from kanmon.judgment.explain import item_of
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import ITEMS
from kanmon.judgment.wording_failing import failing
from kanmon.judgment.wording_settings import SETTINGS
from kanmon.policy import rules, versions

BUILTIN = Path(versions.__file__).with_name("builtin")


def ids() -> list[str]:
    """Ids of conditions: those of a policy that has every kind, and every PC security setting."""
    policies = [rules.load(path.read_text("utf-8")) for path in sorted(BUILTIN.glob("*.yaml"))]
    compiled = {
        one.id
        for policy in policies
        if isinstance(policy, rules.JudgmentPolicy)
        for one in compile(policy, clock.today())
    }
    named = {
        "security_updates.specified[KB1]",
        "mandatory_software[Agent]#2",
        "user_definition[smb1 off]",
        "pc_settings.services[x]",
    }
    return sorted(compiled | {f"pc_settings.{name}" for name in SETTINGS} | named | {AGENT_ID, STALE_ID})


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_has_its_clause(language: str) -> None:
    for condition in ids():
        clause = failing(condition, language)
        assert clause, condition
        assert clause != condition
        assert "{" not in clause
        assert item_of(condition) in (*ITEMS, "inventory")


def test_names_stay_as_they_are_written_and_an_unknown_condition_is_shown_as_it_is_stored() -> None:
    assert failing("user_definition[smb1 off]", "en") == "smb1 off"
    assert failing("mandatory_software[agent]#2", "en") == "agent: none found"
    assert failing("pc_settings.firewall.off", "en") == "Firewall off"
    assert failing("pc_settings.of_a_later_version", "en") == "pc_settings.of_a_later_version"
