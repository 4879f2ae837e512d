"""Lease, term, take-over and what it does with interrupted work."""

import os
import threading
import time

import pytest

from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.journal import record, rescue, runs, term
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Lease, Operation, Run, Takeover
from kanmon.journal.writing import TermLost, transaction
from tests.conformance.databases import together
from tests.conformance.work import begin, crash, events, leader, state


def test_terms_only_grow_and_a_takeover_says_why() -> None:
    first = leader()
    term.release(first)
    second = leader()
    crash(second)
    third = leader()
    assert (first.term, second.term, third.term) == (1, 2, 3)
    assert list(Takeover.objects.order_by("term").values_list("cause", flat=True)) == ["first", "clean", "crash"]
    told = list(Entry.objects.order_by("seq").values_list("event", flat=True))
    assert told == [
        "service_started", "service_stopped", "service_started", "service_started", "failover_started",
        "failover_ended",
    ]  # fmt: skip


def test_one_home_has_one_leader() -> None:
    lead = leader()
    with pytest.raises(Refused, match=str(os.getpid())):
        leader()
    crash(lead)
    leader()


def test_a_takeover_that_fails_changes_nothing_and_gives_the_lock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    crash(leader())
    operation = begin()

    def fail(*_: object) -> None:
        raise OSError("the database went away")

    monkeypatch.setattr(rescue, "put_back", fail)
    with pytest.raises(OSError, match="went away"):
        leader()
    monkeypatch.undo()
    assert Takeover.objects.count() == 1
    assert leader().term == 2
    assert events(operation) == ["begun"]


def test_what_was_running_waits_again_or_is_in_doubt() -> None:
    lead = leader()
    kinds = {
        repeat: [begin(repeat=repeat, subject=repeat) for _ in range(3)] for repeat in ("idempotent", "keyed", "ask")
    }
    with transaction(lead.term):
        for operations in kinds.values():
            for operation in operations[:2]:
                claimed = record.claim(operation.id, lead.term, {})
                assert claimed is not None
                record.save_progress(claimed, {"done": 1, "of": 3})
    crash(lead)
    after = leader()
    assert (after.interrupted, after.in_doubt) == (4, 2)
    for repeat, operations in kinds.items():
        wanted = ("in_doubt", "in_doubt") if repeat == "ask" else ("waiting", "interrupted")
        for operation in operations[:2]:
            assert (state(operation), events(operation)[-1]) == wanted
            operation.refresh_from_db()
            assert operation.progress == {"done": 1, "of": 3}
            entry = Entry.objects.filter(operation=operation.id).latest("seq")
            assert entry.term == after.term
            assert entry.detail["subject"] == repeat
            assert entry.detail["attempt"] == 1
        assert (state(operations[2]), events(operations[2])) == ("waiting", ["begun"])
    counts = Takeover.objects.latest("term").counts
    assert (counts["interrupted"], counts["in_doubt"], counts["held"]) == (4, 2, 0)


def test_ten_thousand_are_put_back() -> None:
    lead = leader()
    operation = begin()
    with transaction(lead.term):
        record.claim(operation.id, lead.term, {})
    row = Operation.objects.values().get(id=operation.id)
    Operation.objects.bulk_create(
        [Operation(**{**row, "id": None}) for _ in range(10_000)], batch_size=500
    )  # fmt: skip
    crash(lead)
    assert leader().interrupted == 10_001


def test_a_takeover_waits_for_who_is_writing_and_after_it_he_writes_nothing() -> None:
    old = leader()
    writing, results = threading.Event(), []

    def busy(number: int) -> None:
        with transaction(old.term):
            record.note(None, "last words")
            writing.set()
            time.sleep(0.3)

    thread = threading.Thread(target=lambda: results.extend(together(busy, 1)))
    thread.start()
    assert writing.wait(20)
    crash(old)
    leader()
    told = list(Entry.objects.order_by("seq").values_list("event", flat=True))
    assert "last words" in told, "committed before the take-over, or never"
    thread.join()
    assert results == [None]
    with pytest.raises(TermLost), transaction(old.term):
        record.note(None, "too late")


def test_eight_busy_workers_hand_over_at_once_and_write_nothing_afterwards() -> None:
    old = leader()
    busy = threading.Barrier(9)
    counts: list[int] = []

    def work(number: int) -> int:
        busy.wait(20)
        done = 0
        try:
            while True:
                with transaction(old.term):
                    record.note(None, "busy")
                    time.sleep(0.002)
                done += 1
        except TermLost:
            return done

    thread = threading.Thread(target=lambda: counts.extend(together(work)))
    thread.start()
    busy.wait(20)
    time.sleep(0.3)
    crash(old)
    start = time.monotonic()
    leader()
    took = time.monotonic() - start
    written = Entry.objects.filter(event="busy").count()
    thread.join()
    assert all(isinstance(one, int) for one in counts), counts
    assert sum(counts) == written == Entry.objects.filter(event="busy").count()
    assert took < 10, "it queues with those who write, and is not starved by them"


def test_who_is_deposed_releases_nothing() -> None:
    old = leader()
    copy = os.dup(old.lock)
    crash(old)
    os.close(copy)
    lead = leader()
    term.release(term.Leadership(old.term, os.open("/dev/null", os.O_RDONLY), 0, 0))
    assert Lease.objects.get().term == lead.term
    assert not Lease.objects.get().released


def test_entries_say_who_wrote_them() -> None:
    lead = leader()
    operation = begin()
    with transaction(lead.term):
        record.claim(operation.id, lead.term, {})
    entry = Entry.objects.filter(operation=operation.id).latest("seq")
    assert (entry.node, entry.term, entry.attempt) == (HERE.node, lead.term, 1)


class TestRuns:
    """What was asked for together."""

    def test_inventory_of_one_window_is_one_run(self) -> None:
        with transaction():
            first = runs.collect(60)
            second = runs.collect(60)
        assert first.id == second.id
        assert (first.closes_at - first.begun_at).total_seconds() == pytest.approx(60, abs=0.5)

    def test_a_window_that_has_closed_is_not_joined(self) -> None:
        with transaction():
            first = runs.collect(0)
            second = runs.collect(60)
        assert first.id != second.id

    def test_a_run_whose_actions_were_decided_is_not_joined(self) -> None:
        with transaction():
            first = runs.collect(60)
            runs.close(first.id)
            second = runs.collect(60)
        assert first.id != second.id
        assert Run.objects.get(id=first.id).ended_at is not None

    def test_a_command_is_a_run_of_its_own_and_inventory_does_not_join_it(self) -> None:
        with transaction():
            command = runs.open_run("judge_command", "hanako")
            inventory = runs.collect(60)
        assert command.id != inventory.id

    def test_scopes_of_judgments_add_up(self) -> None:
        from pyroaring import BitMap

        with transaction():
            run = runs.collect(60)
            runs.add_scope(run, BitMap([1, 2]), {7}, {"judged": 2})
            runs.add_scope(Run.objects.get(id=run.id), BitMap([2, 3]), {8}, {"judged": 2})
        run.refresh_from_db()
        assert list(BitMap.deserialize(bytes(run.scope))) == [1, 2, 3]
        assert (run.versions, run.counts) == ([7, 8], {"judged": 4})


def test_the_lock_file_names_its_holder() -> None:
    lead = leader()
    told = (config.home() / "run" / "lease").read_text()
    assert told == f"{HERE.node} pid {os.getpid()}\n"
    term.release(lead)
