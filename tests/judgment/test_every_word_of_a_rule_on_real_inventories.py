"""Every word of a rule matters on a real inventory: the same PC by two rules that differ in it alone. See ``real_words``."""

import pytest
from msgspec import inspect

from kanmon.policy.rules import JudgmentPolicy
from tests.intake.test_real_inventories import ROOT
from tests.judgment import missing_updates, real_holes
from tests.judgment.one import rules
from tests.judgment.real_words import WORDS, Word
from tests.judgment.test_every_rule_is_generated import NO_MEANING, wanted

OF_ALL = {"judge", "level", "missing"}
"""Fields that the tests of each kind of condition turn: ``test_every_condition_on_real_inventories``."""
PARTS = {"AntivirusProduct", "Alternative", "VersionRule", "UserCondition", "Pending"}
"""Rules without a level of their own, the fields of which are compared. All others without one only hold conditions."""
NAMES_ONLY = {"MandatoryGroup.name", "OutsideCheck.name", "UserItem.name"}
ASKED_BY_ITS_PARTS = {"AntivirusItem.products"}
NO_OUTCOME = {"AntivirusItem.model"}
"""Changes a policy by and by, and no verdict of it: ``tests/stories/test_antivirus_versions_follow.py``."""


def named(word: Word) -> object:
    skip = pytest.mark.skipif(
        not word.inventory.is_here or (word.field.startswith("Latest") and not ROOT.exists()),
        reason=f"NO REAL INVENTORY JUDGED: it is not in {ROOT}",
    )
    return pytest.param(word, id=f"{word.field}-{word.one}", marks=skip)


@pytest.mark.parametrize("word", [named(word) for word in WORDS])
def test_the_word_makes_the_difference(word: Word) -> None:
    pc = word.inventory.pc()
    if word.field.startswith("Latest"):
        pc.knowledge = missing_updates.knowledge_of(ROOT / "wesng" / "definitions.zip")
    if word.field.startswith("Vulnerabilities"):
        pc.knowledge = real_holes.known()
    levels = [pc.judged(rules(word.lines.replace("@", text)))[0].word for text in (word.one, word.other)]
    assert levels == [word.its_level, word.others_level]


def test_no_word_is_without_its_inventory() -> None:
    fields = {field for field, _ in wanted(inspect.type_info(JudgmentPolicy), set())}
    judged = PARTS | {field.removesuffix(".level") for field in fields if field.endswith(".level")}
    asked = {one for one in fields if one.partition(".")[0] in judged and one.rpartition(".")[2] not in OF_ALL}
    asked -= NO_MEANING | NAMES_ONLY | ASKED_BY_ITS_PARTS | NO_OUTCOME
    told = {word.field for word in WORDS}
    assert not asked - told, f"tests/judgment/real_words.py has no inventory for {', '.join(sorted(asked - told))}"
    assert told <= fields, "a field that there is no longer"
