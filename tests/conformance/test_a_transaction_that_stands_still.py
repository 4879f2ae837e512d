"""A host that freezes in the middle of a transaction keeps its locks; the database gives them back after a while."""

import threading
import time

import pytest
from django.db import DatabaseError, connection

from kanmon.journal import record, writing
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance.databases import together
from tests.conformance.work import begin, leader

IDLE_SECONDS = 1.0


def test_it_holds_nobody_up_for_long(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database == "sqlite":
        pytest.skip("one process has a SQLite database; who freezes there freezes with all its locks")
    lead = leader()
    operation = begin()
    monkeypatch.setattr(writing, "_idle_seconds", 0.0)
    writing.bound_sessions(IDLE_SECONDS)
    locked, go_on = threading.Event(), threading.Event()

    def frozen(number: int) -> None:
        connection.close()  # the next one is opened with the bound
        with transaction():
            Operation.objects.select_for_update().get(id=operation.id)
            locked.set()
            assert go_on.wait(60)
            Operation.objects.count()

    results: list[object] = []
    thread = threading.Thread(target=lambda: results.extend(together(frozen, 1)))
    thread.start()
    assert locked.wait(20)
    began = time.monotonic()
    with transaction(lead.term):
        assert record.claim(operation.id, lead.term, {}) is not None
    waited = time.monotonic() - began
    go_on.set()
    thread.join()
    assert waited < 30, "the claim waited for the frozen one's lock until that was taken from it"
    assert isinstance(results[0], DatabaseError), "and who comes back learns that it is lost"
