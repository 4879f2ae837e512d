"""Every kind of condition on real inventories: one that fails, one that passes, one that does not tell.

Which inventories: ``real_cases``. Where no real one has a class, one field of a real one is edited, or one is added to
what our own client told; the case shows it.
"""

import re
from collections import Counter

import pytest

from kanmon.feeds.patches import Knowledge
from kanmon.judgment.explain import Row
from tests.intake.test_real_inventories import ROOT
from tests.judgment import missing_updates, real_holes
from tests.judgment.kinds import kinds
from tests.judgment.one import Pc, rules
from tests.judgment.real import Inventory
from tests.judgment.real_cases import CASES as OTHER_CASES
from tests.judgment.real_cases import Case
from tests.judgment.real_cases_settings import CASES as SETTINGS_CASES

CASES = [*OTHER_CASES, *SETTINGS_CASES]
TREATED = ("pc_settings", "user_definition")
"""Items whose conditions have ``missing``."""
LATEST, HOLES = "security_updates.latest", "security_updates.vulnerabilities"
UNTOLD = re.compile(r"not in the inventory|not given|^no .+ in the inventory")
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def each(outcome: str) -> pytest.MarkDecorator:
    """A test of every case with its inventory of ``outcome``; skipped, aloud, where that is not here."""
    rows = []
    for case in CASES:
        here = getattr(case, outcome).is_here and (ROOT.exists() or not case.kind.startswith(LATEST))
        skip = pytest.mark.skipif(not here, reason=f"NO REAL INVENTORY JUDGED: it is not in {ROOT}")
        rows.append(pytest.param(case, id=case.kind, marks=skip))
    return pytest.mark.parametrize("case", rows)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """All updates of Windows that Microsoft told of, 1998 to 2026."""
    return missing_updates.knowledge_of(ROOT / "wesng" / "definitions.zip")


@pytest.fixture
def pc(request: pytest.FixtureRequest, case: Case):
    """Makes a PC of an inventory; only what asks it gets the knowledge, which takes long to read."""
    known = request.getfixturevalue("knowledge") if case.kind.startswith(LATEST) else None
    known = real_holes.known() if case.kind.startswith(HOLES) else known

    def made(inventory: Inventory) -> Pc:
        one = inventory.pc()
        one.knowledge = known or one.knowledge
        return one

    return made


def rule(case: Case, missing: str = "") -> str:
    return case.rule.replace("~", f", missing: {missing}" if missing else "")


def judged(pc: Pc, case: Case, missing: str = "") -> tuple[str, str]:
    """Level of the PC, and the outcome of the condition where there is a finding of it. Both judges have said so."""
    level, findings = pc.judged(rules(rule(case, missing)))
    outcomes = {one.condition.partition("[")[0]: one.outcome for one in findings}
    return level.word, outcomes.get(case.kind, "")


def row(pc: Pc, case: Case, language: str = "en", missing: str = "") -> Row:
    said = [one for item in pc.explained(rules(rule(case, missing)), language) for one in item.rows]
    return next(one for one in said if one.condition.partition("[")[0] == case.kind)


@each("fails")
def test_it_fails_and_people_read_why(case: Case, pc) -> None:
    failing = pc(case.fails)
    assert judged(failing, case) == (case.level, case.failing), str(case.fails)
    english, japanese = row(failing, case), row(failing, case, "ja")
    beginning = case.found.removesuffix("...")
    assert english.found.startswith(beginning)
    assert english.found == beginning or case.found.endswith("...")
    assert english.mend
    assert KANA.search(japanese.wanted)
    assert KANA.search(japanese.mend)


@each("passes")
def test_it_passes(case: Case, pc) -> None:
    passing = pc(case.passes)
    assert judged(passing, case) == (case.passing, ""), str(case.passes)
    if not case.kind.startswith("inventory."):  # they are shown when something is wrong
        assert row(passing, case).outcome == "passed"
        assert not UNTOLD.search(row(passing, case).found)


@each("lacks")
def test_the_inventory_does_not_tell(case: Case, pc) -> None:
    lacking = pc(case.lacks)
    assert judged(lacking, case)[0] == case.lacking, str(case.lacks)
    assert UNTOLD.search(row(lacking, case).found), row(lacking, case).found
    if case.kind.startswith(TREATED):
        wanted = {
            "not_applicable": ("not_applicable", ""), "unknown": ("unknown", "unknown"),
            "safe": ("safe", ""), "as_set": (case.level, "failed"),
        }  # fmt: skip
        assert {one: judged(lacking, case, one) for one in wanted} == wanted
        said = {one: row(lacking, case, missing=one).found for one in wanted}
        assert all(UNTOLD.search(found) for found in said.values()), said


def test_no_kind_of_condition_is_without_its_three_inventories() -> None:
    missing = kinds() - {case.kind for case in CASES}
    assert not missing, f"tests/judgment/real_cases*.py has no inventories for {', '.join(sorted(missing))}"
    assert {case.kind for case in CASES} <= kinds(), "a kind that there is no longer"
    treated = [case.kind for case in CASES if case.kind.startswith(TREATED) != ("~" in case.rule)]
    assert not treated, "`~` stands where `missing` may be written"


def test_most_inventories_are_as_their_agent_made_them() -> None:
    """What is edited or added is the exception, and is counted here."""
    used = Counter(one.edit is None for case in CASES for one in (case.fails, case.passes, case.lacks))
    assert used[True] > 3 * used[False], used
