"""A leader whose clock is a year ahead writes due times; a node with the right clock takes over and waits for none of them,
although a standby has written by the right clock since.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance.work import begin, crash, leader

YEAR = timedelta(days=400)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that says by how many seconds the product's clock is ahead."""
    file = tmp_path / "clock"
    file.write_text("0")
    monkeypatch.setattr(clock, "_FILE", str(file))
    return file


@pytest.mark.parametrize("days", [400, -400])
def test_what_is_tried_again_is_due_when_another_node_takes_over(
    ahead: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """``days`` below zero: the leader was right, and the node that takes over is behind."""
    leads, other = (str(days * 86_400), "0") if days > 0 else ("0", str(days * 86_400))
    monkeypatch.setattr(HERE, "node", "a")
    first = leader()
    operation = begin("count", due_at=datetime.now(UTC))
    ahead.write_text(leads)
    with transaction(first.term):
        claimed = record.claim(operation.id, first.term, {"id": "KNM2003-I"})
    assert claimed is not None
    with transaction(first.term):
        record.retry(claimed, 1.0, "KNM6007-E the other side was away", False)
    crash(first)
    ahead.write_text(other)
    monkeypatch.setattr(HERE, "node", "b")
    begin("count")  # a report that the standby takes in, by its own clock
    second = leader()
    operation.refresh_from_db()
    assert operation.state == "waiting"
    assert operation.due_at <= clock.now() + timedelta(seconds=5)
    assert Operation.objects.filter(state="waiting", due_at__gt=clock.now() + timedelta(seconds=5)).count() == 0
    crash(second)
