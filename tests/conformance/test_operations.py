"""Begin, claim, end: what the journal promises of one operation, on every database."""

import pytest
from django.core.management import call_command
from django.db import Error, connection
from django.db import transaction as django_transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.states import IllegalStep
from kanmon.journal.worker import Passing, Permanent, Stopped, Work
from kanmon.journal.writing import TermLost, transaction
from tests.conformance.databases import together
from tests.conformance.work import begin, crash, events, finishing, kind, leader, state, work_off, worker


def test_the_migrations_make_every_table_and_none_is_missing() -> None:
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert {"operation", "entry", "change", "term", "receipt", "pc", "verdict"} <= set(
        connection.introspection.table_names()
    )


NOW = clock.now()
GOOD = {
    "kind": "one", "requester": "tests", "state": "waiting", "due_at": NOW, "begun_at": NOW, "repeat": "idempotent"
}  # fmt: skip
ILLEGAL = {
    "a state that is none": {"state": "sleeping"},
    "a way to repeat that is none": {"repeat": "maybe"},
    "finished without an end": {"state": "finished"},
    "failed without an end": {"state": "failed"},
    "cancelled without an end": {"state": "cancelled"},
    "waiting with an end": {"ended_at": NOW},
    "in doubt with an end": {"state": "in_doubt", "ended_at": NOW},
    "running by nobody": {"state": "running"},
    "running without a term": {"state": "running", "node": "a"},
    "running without a node": {"state": "running", "term": 1},
    "waiting with a node": {"node": "a"},
    "finished with a term": {"state": "finished", "ended_at": NOW, "term": 1},
    "an attempt below zero": {"attempt": -1},
}


@pytest.mark.parametrize("wrong", ILLEGAL.values(), ids=ILLEGAL.keys())
def test_the_schema_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(Error), django_transaction.atomic():
        Operation.objects.create(**{**GOOD, **wrong})
    Operation.objects.create(**GOOD)


def test_a_second_begin_with_the_same_key_returns_the_first() -> None:
    first = begin(key="k", subject="first")
    second = begin(key="k", subject="second")
    assert (second.id, second.subject) == (first.id, "first")
    assert events(first) == ["begun"]


def test_eight_threads_that_begin_with_one_key_begin_one_operation() -> None:
    found = together(lambda number: begin(key="k", subject=str(number)).id)
    assert len(set(found)) == 1, found
    assert Entry.objects.filter(event="begun").count() == 1


def test_a_begin_that_the_schema_refuses_says_so_with_a_key_too() -> None:
    with pytest.raises(Error):
        begin(key="k", repeat="maybe")


def test_a_claim_is_won_by_exactly_one_of_eight_threads() -> None:
    lead = leader()
    operations = [begin() for _ in range(5)]

    def claim_all(number: int) -> list[int]:
        won = []
        for operation in operations:
            with transaction(lead.term):
                if record.claim(operation.id, lead.term, {}):
                    won.append(operation.id)
        return won

    won = together(claim_all)
    assert sorted(id for ids in won for id in ids) == [operation.id for operation in operations]
    assert [events(operation) for operation in operations] == [["begun", "started"]] * 5


def test_nothing_is_begun_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        record.begin("one", requester="tests")
    assert not Entry.objects.exists()


def test_entries_are_only_added() -> None:
    lead = leader()
    operation = begin(repeat="ask")
    with CaptureQueriesContext(connection) as queries:
        with transaction(lead.term):
            record.claim(operation.id, lead.term, {})
        crash(lead)
        lead = leader()
        with transaction():
            operation.refresh_from_db()
            again = record.redo(operation, "hanako")
        work_off(worker({"one": kind(finishing)}, lead))
    assert state(again) == "finished"
    written = [query["sql"].lower().split() for query in queries if "entry" in query["sql"].lower()]
    assert {words[0] for words in written} <= {"insert", "select"}, written


def test_a_deposed_term_writes_nothing() -> None:
    old = leader()
    crash(old)
    new = leader()
    with pytest.raises(TermLost), transaction(old.term):
        record.begin("one", requester="tests")
    assert not Operation.objects.exists()
    with transaction(new.term):
        record.begin("one", requester="tests")
    assert Operation.objects.count() == 1


def test_a_worker_that_is_deposed_in_the_middle_writes_nothing_more_and_ends() -> None:
    told = []
    old = leader()

    def chunks(work: Work) -> None:
        with work.transaction():
            work.save_progress(done=1, of=2)
        crash(old)
        leader()
        with work.transaction():
            work.finish()

    operation = begin()
    one = worker({"one": kind(chunks)}, old)
    one.on_deposed = lambda: told.append("deposed")
    one.run()
    assert told == ["deposed"]
    assert events(operation) == ["begun", "started", "interrupted"]
    assert state(operation) == "waiting"
    operation.refresh_from_db()
    assert operation.progress == {"done": 1, "of": 2}


def test_chunks_and_progress_survive_an_exception_and_the_next_attempt_goes_on() -> None:
    lead = leader()
    seen = []

    def chunks(work: Work) -> None:
        for number in range(int(work.operation.progress.get("done", 0)), 4):
            seen.append(number)
            with work.transaction():
                record.note(None, f"chunk {number}")
                work.save_progress(done=number + 1, of=4)
                if number == 2 and work.operation.attempt == 1:
                    raise OSError("the disk is full")
        with work.transaction():
            work.finish()

    operation = begin()
    work_off(worker({"one": kind(chunks)}, lead))
    assert seen == [0, 1, 2, 2, 3]
    assert events(operation) == ["begun", "started", "retry", "started", "resumed", "finished"]
    assert Entry.objects.filter(event__startswith="chunk").count() == 4


def test_an_end_and_what_follows_are_one_transaction() -> None:
    lead = leader()
    tries = []

    def follow(work: Work, handed: object) -> None:
        record.begin("next", requester="tests", parent=work.operation.id)
        tries.append(work.operation.attempt)
        if len(tries) == 1:
            assert state(operation) == "finished"  # as this transaction sees it
            raise OSError("before the commit")

    operation = begin()
    one = worker({"one": kind(finishing, follow=follow)}, lead)
    one._step()
    assert state(operation) == "waiting"
    assert events(operation) == ["begun", "started", "retry"]
    assert not Operation.objects.filter(kind="next").exists()
    work_off(one)
    assert tries == [1, 2]
    assert state(operation) == "finished"
    assert Operation.objects.filter(kind="next", parent=operation.id).count() == 1


def test_an_operation_that_was_lost_hold_of_is_interrupted_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even its failure could be written: the database was away, or the disk full."""
    lead = leader()
    away = {"left": 2}

    def broken(work: Work) -> None:
        if away["left"]:
            raise OSError("gone")
        finishing(work)

    real = record.retry

    def no_retry(*values: object) -> None:
        away["left"] -= 1
        raise OSError("still gone")

    monkeypatch.setattr(record, "retry", no_retry)
    operation = begin()
    one = worker({"one": kind(broken)}, lead)
    assert one._step() > 0
    assert state(operation) == "running"
    one._step()
    monkeypatch.setattr(record, "retry", real)
    work_off(one)
    assert state(operation) == "finished"
    assert events(operation) == [
        "begun", "started", "interrupted", "started", "interrupted", "started", "finished"
    ]  # fmt: skip


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "after_claim"])
def test_an_error_at_any_commit_of_an_operation_is_survived(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kanmon.common import fault

    for turn in range(1, 6):
        lead = leader()
        passed = {"count": 0}

        def fail(name: str, passed: dict[str, int] = passed, turn: int = turn) -> None:
            passed["count"] += name == point
            if name == point and passed["count"] == turn:
                raise OSError(f"{point} {turn}")

        operation = begin("one")

        def follow(work: Work, handed: object) -> None:
            begin("next", parent=work.operation.id)

        one = worker({"one": kind(finishing, follow=follow)}, lead)
        monkeypatch.setattr(fault, "point", fail)
        work_off(one)
        monkeypatch.setattr(fault, "point", fault._no_point)
        told = events(operation)
        assert state(operation) == "finished", (turn, told)
        assert told.count("finished") == 1, (turn, told)
        assert Operation.objects.filter(kind="next", parent=operation.id).count() == 1
        Operation.objects.all().delete()
        crash(lead)


def test_a_passing_failure_is_tried_again_later_and_later_and_then_has_failed() -> None:
    lead = leader()

    def failing(work: Work) -> None:
        raise Passing("the server is away")

    operation = begin(max_attempts=4)
    one = worker({"one": kind(failing)}, lead)
    waits = []
    for _ in range(4):
        before = clock.now()
        one._step()
        operation.refresh_from_db()
        waits.append((operation.due_at - before).total_seconds())
        Operation.objects.filter(state="waiting").update(due_at=before)
    assert state(operation) == "failed"
    assert operation.outcome == {"result": "failure", "sentence": "the server is away"}
    assert events(operation) == ["begun", *["started", "retry"] * 3, "started", "failed"]
    bounds = [(1.5, 3), (3, 5.5), (6, 10.5)]
    assert all(low < seconds < high for seconds, (low, high) in zip(waits, bounds, strict=False)), waits


def test_a_waiting_retry_is_not_tried_before_it_is_due() -> None:
    lead = leader()
    tries = []

    def failing(work: Work) -> None:
        tries.append(1)
        raise Passing("away")

    begin()
    one = worker({"one": kind(failing)}, lead)
    rests = [one._step() for _ in range(3)]
    assert tries == [1]
    assert rests[0] == 0
    assert rests[1] > 0


def test_a_permanent_failure_is_not_tried_again() -> None:
    lead = leader()

    def failing(work: Work) -> None:
        with work.transaction():
            record.begin("never", requester="tests")
            raise Permanent("550 mailbox unknown")

    operation = begin()
    work_off(worker({"one": kind(failing)}, lead))
    assert events(operation) == ["begun", "started", "failed"]
    operation.refresh_from_db()
    assert operation.outcome is not None
    assert operation.outcome["sentence"] == "550 mailbox unknown"
    assert not Operation.objects.filter(kind="never").exists()


def test_stops_and_crashes_do_not_use_up_the_tries() -> None:
    lead = leader()
    stops = {"left": 6}

    def stopping(work: Work) -> None:
        if stops["left"]:
            stops["left"] -= 1
            raise Stopped
        if work.operation.attempt == 7:
            raise Passing("once")
        finishing(work)

    operation = begin(max_attempts=2)
    work_off(worker({"one": kind(stopping)}, lead))
    assert state(operation) == "finished"
    assert events(operation).count("interrupted") == 6
    operation.refresh_from_db()
    assert operation.attempt == 8 == events(operation).count("started")


def test_a_sentence_that_a_database_can_not_keep_is_kept_in_part() -> None:
    lead = leader()

    def failing(work: Work) -> None:
        raise Permanent("550 \x00 \ud800 no" + "!" * 9999)

    operation = begin()
    work_off(worker({"one": kind(failing)}, lead))
    operation.refresh_from_db()
    assert operation.outcome is not None
    assert operation.outcome["sentence"].startswith("550 ? ? no!")


def test_who_is_first_due_is_first_served_so_that_no_kind_starves() -> None:
    lead = leader()
    order = []

    def run(work: Work) -> None:
        order.append(work.operation.kind)
        with work.transaction():
            work.finish()
            if work.operation.kind == "record" and len(order) < 9:
                record.begin("judge", requester="tests")
                record.begin("record", requester="tests")

    begin("record")
    one = worker({"record": kind(run), "judge": kind(run)}, lead)
    while one._step() == 0:
        pass
    assert order == ["record", "judge", "record", "judge", "record", "judge", "record", "judge", "record"]


def test_an_operation_of_another_lane_or_of_no_kind_known_here_is_left_alone() -> None:
    lead = leader()
    other = begin("unheard-of")
    one = worker({"one": kind(finishing)}, lead)
    assert one._step() > 0
    assert events(other) == ["begun"]


class TestWhatPeopleMayDo:
    """hold, release, cancel; and of one in doubt: it ran, close, redo."""

    def test_a_held_operation_waits_for_its_release(self) -> None:
        lead = leader()
        operation = begin()
        with transaction():
            record.hold(operation, "hanako", "not now")
        one = worker({"one": kind(finishing)}, lead)
        assert one._step() > 0
        assert state(operation) == "held"
        with transaction():
            record.release(operation, "hanako")
        work_off(one)
        assert events(operation) == ["begun", "held", "released", "started", "finished"]

    def test_a_cancelled_operation_is_never_started(self) -> None:
        lead = leader()
        operation = begin(held=True)
        with transaction():
            record.cancel(operation, "hanako", "not wanted")
        assert worker({"one": kind(finishing)}, lead)._step() > 0
        assert events(operation) == ["begun", "cancelled"]

    def test_what_was_claimed_meanwhile_can_not_be_cancelled_or_held(self) -> None:
        lead = leader()
        operation = begin()
        with transaction(lead.term):
            record.claim(operation.id, lead.term, {})
        for act in (record.hold, record.cancel):
            with pytest.raises(IllegalStep, match="is running"), transaction():
                act(operation, "hanako", "")  # the page that shows it is old
        assert events(operation) == ["begun", "started"]

    def in_doubt(self) -> Operation:
        lead = leader()
        operation = begin(repeat="ask", subject="command", input=b"order")
        with transaction(lead.term):
            record.claim(operation.id, lead.term, {})
        crash(lead)
        self.lead = leader()
        operation.refresh_from_db()
        assert operation.state == "in_doubt"
        return operation

    def test_in_doubt_and_it_ran_is_finished(self) -> None:
        operation = self.in_doubt()
        with transaction():
            record.it_ran(operation, "hanako", "seen in its log")
        operation.refresh_from_db()
        assert operation.state == "finished"
        assert operation.outcome == {"result": "success", "sentence": "seen in its log", "said_by": "hanako"}
        assert events(operation) == ["begun", "started", "in_doubt", "it_ran"]

    def test_in_doubt_and_closed_is_cancelled(self) -> None:
        operation = self.in_doubt()
        with transaction():
            record.close(operation, "hanako")
        assert state(operation) == "cancelled"
        assert events(operation)[-1] == "closed"

    def test_in_doubt_and_redone_is_one_new_operation_however_often_the_button_is_pressed(self) -> None:
        operation = self.in_doubt()

        def press(number: int) -> int:
            with transaction():
                return record.redo(Operation.objects.get(id=operation.id), "hanako").id

        first = press(0)
        assert set(together(press, 4)) == {first}
        again = Operation.objects.get(id=first)
        assert state(operation) == "cancelled"
        assert (again.redo_of, again.input, again.subject, again.repeat) == (operation.id, b"order", "command", "ask")
        assert events(operation) == ["begun", "started", "in_doubt", "redone"]
        work_off(worker({"one": kind(finishing)}, self.lead))
        assert state(again) == "finished"

    def test_eight_presses_at_once_redo_once(self) -> None:
        operation = self.in_doubt()

        def press(number: int) -> int:
            with transaction():
                return record.redo(Operation.objects.get(id=operation.id), "hanako").id

        found = together(press)
        done = {one for one in found if isinstance(one, int)}
        assert len(done) == 1, found
        assert all(isinstance(one, int | IllegalStep) for one in found), found
        assert Operation.objects.filter(redo_of=operation.id).count() == 1

    def test_a_failed_one_can_be_redone_and_stays_failed(self) -> None:
        lead = leader()

        def failing(work: Work) -> None:
            raise Permanent("no")

        operation = begin()
        work_off(worker({"one": kind(failing)}, lead))
        operation.refresh_from_db()
        with transaction():
            again = record.redo(operation, "hanako")
        assert state(operation) == "failed"
        assert again.redo_of == operation.id
        assert record.redone(again) == [again.id, operation.id]

    def test_what_is_finished_can_not_be_redone(self) -> None:
        operation = begin()
        work_off(worker({"one": kind(finishing)}, leader()))
        operation.refresh_from_db()
        with pytest.raises(IllegalStep, match="finished can't redo"), transaction():
            record.redo(operation, "hanako")


def test_a_command_whose_result_could_not_be_written_is_in_doubt_and_not_run_again() -> None:
    lead = leader()
    runs = []

    def command(work: Work) -> None:
        work.intent(what="reboot")
        runs.append(1)
        with work.transaction():
            work.finish()
            raise OSError("disk full")

    operation = begin(repeat="ask")
    work_off(worker({"one": kind(command)}, lead))
    assert runs == [1]
    assert events(operation) == ["begun", "started", "intent", "in_doubt"]


def test_a_command_that_surely_did_not_run_is_tried_again() -> None:
    lead = leader()

    def command(work: Work) -> None:
        if work.operation.attempt == 1:
            raise Passing("the host can't be reached")
        finishing(work)

    operation = begin(repeat="ask")
    work_off(worker({"one": kind(command)}, lead))
    assert events(operation) == ["begun", "started", "retry", "started", "finished"]


def test_a_worker_thread_that_dies_tells_the_manager() -> None:
    told = []

    def deadly(work: Work) -> None:
        raise SystemExit("a library ended the thread")

    begin()
    one = worker({"one": kind(deadly)}, leader())
    one.on_deposed = lambda: told.append("stop")
    one.start()
    one.join(20)
    assert told == ["stop"]
