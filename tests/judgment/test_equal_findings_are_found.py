"""Of a large fleet, PCs with equal findings are put together before the findings are looked at: it must change nothing."""

import numpy as np
import pytest
from pyroaring import BitMap

from kanmon.judgment import findings
from kanmon.judgment.findings import NO_FACT, Sheet, decode_set
from kanmon.judgment.levels import Level

PCS = np.arange(3, 60_003, 2, dtype=np.uint32)


def sheet(kinds: int) -> Sheet:
    """Findings of 30,000 PCs, of which there are ``kinds`` kinds: some with more records than evidence is kept of."""
    chance = np.random.default_rng(kinds)
    kind = chance.integers(0, kinds, len(PCS))
    made = Sheet()
    for line in range(6):
        code = made.line(f"condition {line}", "failed", Level.WARNING)
        for fact in [NO_FACT] if line == 0 else range(100 * line, 100 * line + 9):
            has = chance.random(kinds) < 0.3
            made.add(code, fact, BitMap(PCS[has[kind]].tolist()))
    return made


@pytest.mark.parametrize("kinds", [1, 7, 900, 12_000, 10**9])
def test_each_pc_has_the_findings_that_it_has_by_itself(kinds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = sheet(min(kinds, 500_000))
    set_of, sets = made.sets(PCS)
    assert len(set(sets)) == len(sets)
    assert set(set_of.tolist()) == set(range(len(sets)))
    monkeypatch.setattr(findings, "_MANY", 10**9)
    one_by_one, plain = made.sets(PCS)
    assert [sets[place] for place in set_of[:500]] == [plain[place] for place in one_by_one[:500]]
    assert len(sets) == len(plain)
    pairs = np.unique(np.stack([set_of, one_by_one]), axis=1)
    assert pairs.shape[1] == len(sets), "PCs are together in the one way if they are in the other"
    assert all(len(one.facts) <= findings.MAX_EVIDENCE for body in sets[:200] for one in decode_set(body))


def test_who_differs_only_in_facts_that_are_left_out_has_the_same_findings() -> None:
    """Ten records speak against each; the first five, which are kept, are everybody's."""
    made = Sheet()
    code = made.line("condition", "failed", Level.DANGER)
    for fact in range(5):
        made.add(code, fact, BitMap(PCS.tolist()))
    for fact in range(5, 10):
        made.add(code, fact, BitMap(PCS[fact % 5 :: 5].tolist()))
    set_of, sets = made.sets(PCS)
    assert [decode_set(body)[0].facts for body in sets] == [(0, 1, 2, 3, 4)]
    assert not set_of.any()


def test_nobody_has_a_finding() -> None:
    set_of, sets = Sheet().sets(PCS)
    assert set_of.tolist() == [0] * len(PCS)
    assert [decode_set(body) for body in sets] == [()]
