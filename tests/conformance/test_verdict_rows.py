"""Verdicts as rows: what equal findings of different places become."""

import numpy as np

from kanmon.journal.writing import transaction
from kanmon.judgment.findings import Finding, encode_set
from kanmon.judgment.index import Judgement
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState
from kanmon.judgment.verdicts import Writer
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from tests.conformance.work import leader


def test_equal_findings_are_stored_once_wherever_they_stand() -> None:
    """Two places of a judgement may hold the same findings."""
    versions.install_builtin()
    version = PolicyVersion.objects.earliest("id").id
    body = encode_set([Finding("condition", "failed", Level.DANGER, (1,))])
    count = 3
    judgement = Judgement(
        np.arange(1, count + 1, dtype=np.uint32), np.full(count, Level.DANGER, dtype=np.int16),
        np.full((count, len(ITEMS)), Level.SAFE, dtype=np.int16), np.arange(count, dtype=np.int32), [body] * count,
    )  # fmt: skip
    term = leader().term
    with transaction(term):
        assert Writer(1, "policy").write(version, judgement, slice(0, count)) == count
    assert FindingSet.objects.count() == 1
    assert PcState.objects.values("finding_set").distinct().count() == 1
    with transaction(term):
        assert Writer(1, "policy").write(version, judgement, slice(0, count)) == 0, "a chunk again writes nothing"
