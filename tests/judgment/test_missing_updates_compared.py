"""What Kanmon calls missing, beside what an independent program says of the same real PCs (see ``missing_updates``).

Runs where ``../shared/data`` is. ``docs/explanation/missing-updates-compared.md`` has the table and the reasons.
"""

from collections import Counter
from pathlib import Path

import pytest

from kanmon.common.facts import Agent, Patch, Told
from kanmon.judgment.condition import Outcome
from kanmon.judgment.judge import compile
from kanmon.judgment.one_pc import answer
from kanmon.judgment.reference import judge_one
from tests.judgment import missing_updates as compared
from tests.judgment.one import rules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "wesng"
PAGE = ROOT / "docs" / "explanation" / "missing-updates-compared.md"
ANOTHER_WINDOWS = {"spelt differently", "of the service pack", "another Windows"}
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the real PCs are not here")
ALL = "security_updates: {judge: true, latest: {}}"


@pytest.fixture(scope="module")
def comparison() -> compared.Comparison:
    archive = FOLDER / "definitions.zip"
    return compared.Comparison(compared.knowledge_of(archive), compared.names_of(archive))


@pytest.fixture(scope="module")
def results(comparison: compared.Comparison) -> list[compared.Compared]:
    return [
        comparison.compare(theirs, *compared.pc(FOLDER / "pcs" / theirs.file))
        for theirs in compared.expected(FOLDER)
        if theirs.verdict == "ok"
    ]


def ratio(results: list[compared.Compared]) -> tuple[float, float]:
    """Precision and recall of Kanmon if wesng were right."""
    both = sum(len(one.both) for one in results)
    return both / (both + sum(len(one.ours) for one in results)), both / (
        both + sum(len(one.theirs) for one in results)
    )


def test_every_difference_has_a_reason_that_the_data_show(results: list[compared.Compared]) -> None:
    assert len(results) == 22
    unexplained = [(one.file, id) for one in results for id, reason in (*one.ours, *one.theirs) if not reason]
    assert not unexplained
    reasons = Counter(reason for one in results for _, reason in (*one.ours, *one.theirs))
    page = PAGE.read_text("utf-8")
    for reason, count in reasons.items():
        assert f"| {reason} | {count} |" in page


def test_precision_and_recall_are_those_of_the_page(results: list[compared.Compared]) -> None:
    precision, recall = ratio(results)
    same = [one for one in results if not {reason for _, reason in (*one.ours, *one.theirs)} & ANOTHER_WINDOWS]
    of_same = ratio(same)
    print(f"\nall {len(results)} PCs: precision {precision:.3f}, recall {recall:.3f}")
    print(f"{len(same)} PCs with the same Windows: precision {of_same[0]:.3f}, recall {of_same[1]:.3f}")
    page = PAGE.read_text("utf-8")
    assert f"| all | {len(results)} | {precision:.3f} | {recall:.3f} |" in page
    assert f"| looked up as the same Windows | {len(same)} | {of_same[0]:.3f} | {of_same[1]:.3f} |" in page


def test_a_real_pc_fails_passes_and_is_unknown(comparison: compared.Comparison) -> None:
    """A Windows 11 23H2 as it is; with all that is missing installed (edited); without its updates told (edited)."""
    os, installed = compared.pc(FOLDER / "pcs" / "11_23H2_x64_enterprise_systeminfo.txt")
    policy = rules(ALL)
    (condition, _agent) = compile(policy, compared.DAY, knowledge=comparison.knowledge)
    have = {os, Agent("systeminfo", "1"), *(Patch(kb) for kb in installed)}
    mended = have | {Patch(one.update.id) for one in comparison.latest.missing(os, installed)}
    cases = [
        (have | {Told("patch")}, Outcome.FAIL), (mended | {Told("patch")}, Outcome.PASS), ({os, *have}, Outcome.UNKNOWN),
    ]  # fmt: skip
    for facts, wanted in cases:
        assert answer(condition, facts, {})[0] is wanted
        found = judge_one(policy, facts, {}, compared.DAY, knowledge=comparison.knowledge)
        assert found.items["security_updates"].word == {"failed": "danger", "passed": "safe"}.get(wanted, "unknown")
