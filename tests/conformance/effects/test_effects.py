"""Every effect keeps what the journal promises of it: intent before, result after, and nothing in silence."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from kanmon.common import clock, config, fault
from kanmon.feeds.importing import LANE as FEED
from kanmon.flow import KINDS
from kanmon.journal import record, tail
from kanmon.journal.models import Entry, Hold, Operation
from kanmon.journal.states import IllegalStep
from kanmon.journal.window import OPEN, Window
from kanmon.journal.worker import ROWS, Worker
from kanmon.journal.writing import transaction
from kanmon.network.change import LANE as NETWORK
from tests.action.orders import worker
from tests.conformance.effects.contract import Effect
from tests.conformance.effects.every import EFFECTS
from tests.conformance.effects.process import Nursery, nursery
from tests.conformance.work import crash, events, leader, log_path, state, work_off
from tests.conftest import until

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
KILLED = -9
BEFORE_INTENT = "after_claim"
MESSAGE = "message"  # clients fetch them
NOT_BEGUN = ("after_intent", "before_effect")  # nothing has happened yet, but nobody can know that
RESULT_IS_WRITTEN = "after_commit"
POINTS = (BEFORE_INTENT, *NOT_BEGUN, "in_effect", "after_effect", "before_commit", RESULT_IS_WRITTEN)


@pytest.fixture(scope="module")
def processes() -> Iterator[Nursery]:
    """Where processes that are killed come from."""
    with nursery() as one:
        yield one


@pytest.fixture(params=EFFECTS, ids=lambda effect: effect.__name__.lower())
def effect(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Effect]:
    """Each effect in turn. At the end of each test nothing secret stands anywhere."""
    (tmp_path / "outside").mkdir()
    one: Effect = request.param(tmp_path / "outside")
    for name, value in one.environment.items():
        monkeypatch.setenv(name, value)
    config.forget()
    yield one
    one.close()
    tail.Tailer(log_path()).write_new()
    written = json.dumps(
        [
            list(Entry.objects.values_list("detail", flat=True)),
            list(Operation.objects.values_list("outcome", flat=True)),
        ]
    )
    log = log_path().read_text("utf-8") if log_path().exists() else ""
    for secret in one.secrets:
        for text in (written, caplog.text, log):
            assert secret not in text, f"a secret was written: {secret}"


def lane(effect: Effect, window: Window = OPEN) -> Worker:
    """The worker of the effect's lane, of a leader that has just taken over."""
    return worker(KINDS[effect.kind].lane, leader().term, window)


def check_ledger(effect: Effect, most: int = 2) -> None:
    """It happened, as often as is promised, and each time after the first was told that it may be a repeat."""
    happened = effect.ledger()
    if effect.promise == "ask":
        assert len(happened) == 1
    assert 1 <= len(happened) <= most
    assert len({one.mark for one in happened}) == 1
    assert all(one.flagged for one in happened[1:])


def sentence(operation: Operation) -> str:
    operation.refresh_from_db()
    return str((operation.outcome or {})["sentence"])


@contextmanager
def running(one: Worker) -> Iterator[threading.Thread]:
    """One step of the worker in a thread of its own, as in the Manager."""

    def step() -> None:
        one._step()
        connection.close()

    thread = threading.Thread(target=step, daemon=True)
    thread.start()
    yield thread
    thread.join(60)
    assert not thread.is_alive(), "the worker hangs"


def closing_at(window: Window, point: str) -> Any:
    """While this lasts, the window closes when ``point`` is passed."""
    return mock.patch.object(fault, "point", lambda name: window.close() if name == point else None)


def test_each_kind_that_reaches_beyond_the_database_is_held_to_this() -> None:
    beyond = {kind for kind, one in KINDS.items() if one.lane not in (ROWS, FEED, NETWORK, MESSAGE)}  # those write rows
    assert beyond == {effect.kind for effect in EFFECTS}
    assert all(KINDS[effect.kind].repeat == effect.promise for effect in EFFECTS)
    lanes = [KINDS[kind].lane for kind in beyond]
    assert len(set(lanes)) == len(lanes), "a lane of its own, so that one does not hold up another"


def test_the_intent_is_committed_before_it_happens_and_the_result_afterwards(effect: Effect) -> None:
    effect.hold_up()
    operation = effect.order()
    with running(lane(effect)):
        until(effect.has_begun, 60)
        assert (state(operation), events(operation)) == ("running", ["begun", "started", "intent"])
        effect.let_go()
    until(effect.ledger, 60)
    assert state(operation) == "finished"
    check_ledger(effect, most=1)


def process(processes: Nursery, effect: Effect, database: str, databases: dict[str, Any], **more: Any) -> int:
    """Run a process of the effect's lane on the database of the test."""
    file = str(connection.settings_dict["NAME"]) if database == "sqlite" else ""
    return processes.run(KINDS[effect.kind].lane, "" if file else databases["postgresql"].url, file, **more)


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_two_steps(
    effect: Effect, point: str, database: str, databases: dict[str, Any], processes: Nursery
) -> None:
    operation = effect.order()
    number = effect.result_commit if point.endswith("_commit") else 1
    ended = process(processes, effect, database, databases, fault=f"{point}:{number}=kill")
    assert ended == KILLED, "the process has to be killed where this test means it"
    assert state(operation) == ("finished" if point == RESULT_IS_WRITTEN else "running")
    work_off(lane(effect))

    if effect.promise == "ask" and state(operation) == "in_doubt":
        assert len(effect.ledger()) <= 1
        assert sentence(operation)
        return
    assert state(operation) == "finished", events(operation)
    check_ledger(effect)
    if point in (BEFORE_INTENT, RESULT_IS_WRITTEN):
        assert [one.flagged for one in effect.ledger()] == [False], "nobody was in doubt about it"
    elif effect.promise == "keyed":
        assert "may_be_repeat" in events(operation)
        assert effect.ledger()[-1].flagged
    if point in NOT_BEGUN:
        assert len(effect.ledger()) == 1


def test_a_failure_that_may_pass_is_tried_again_later_and_is_no_repeat(effect: Effect) -> None:
    effect.refuse(passing=True)
    operation = effect.order()
    one = lane(effect)
    before = clock.now()
    one._step()
    assert (state(operation), events(operation)[-1]) == ("waiting", "retry")
    operation.refresh_from_db()
    assert (operation.due_at - before).total_seconds() > 1.5
    assert Entry.objects.get(operation=operation.id, event="retry").detail["sentence"]
    effect.accept()
    work_off(one)
    assert state(operation) == "finished"
    assert [one.flagged for one in effect.ledger()] == [False]


def test_a_failure_for_good_says_why_and_a_redo_carries_the_same_order_out(effect: Effect) -> None:
    effect.refuse(passing=False)
    operation = effect.order()
    one = lane(effect)
    work_off(one)
    assert (state(operation), events(operation).count("started")) == ("failed", 1)
    assert sentence(operation)
    effect.accept()
    with transaction():
        again = record.redo(operation, "hanako")
        assert record.redo(operation, "hanako").id == again.id
    before = len(effect.ledger())
    work_off(one)
    assert (state(operation), state(again)) == ("failed", "finished")
    assert [one.flagged for one in effect.ledger()[before:]] == [False]


@pytest.mark.parametrize("point", [BEFORE_INTENT, *NOT_BEGUN[:1]])
def test_it_does_not_begin_when_the_lease_can_not_be_trusted(effect: Effect, point: str) -> None:
    window = Window()
    operation = effect.order()
    one = lane(effect, window)
    with closing_at(window, point):
        one._step()
    assert (state(operation), events(operation)[-1]) == ("waiting", "suspended")
    assert effect.ledger() == []
    assert one._step() > 0, "the lane rests while the window is closed"
    assert state(operation) == "waiting"
    one.window = OPEN
    work_off(one)
    assert state(operation) == "finished"
    assert [one.flagged for one in effect.ledger()] == [False], "it had not begun"


def test_suspended_and_then_killed_before_it_begins_it_is_no_repeat(
    effect: Effect, database: str, databases: dict[str, Any], processes: Nursery
) -> None:
    window = Window()
    operation = effect.order()
    lead = leader()
    with closing_at(window, "after_intent"):
        worker(KINDS[effect.kind].lane, lead.term, window)._step()
    assert events(operation)[-2:] == ["intent", "suspended"]
    crash(lead)
    assert process(processes, effect, database, databases, fault=f"{BEFORE_INTENT}:1=kill") == KILLED
    work_off(lane(effect))
    assert state(operation) == "finished"
    assert [one.flagged for one in effect.ledger()] == [False]


def test_it_is_cut_off_when_the_lease_can_not_be_trusted_any_more(effect: Effect) -> None:
    window = Window()
    effect.hold_up()
    operation = effect.order()
    one = lane(effect, window)
    with running(one) as thread:
        until(effect.has_begun, 60)
        window.close()
        if effect.can_be_cut:
            thread.join(60)
            assert not thread.is_alive(), "it was not cut off"
            assert (state(operation), events(operation)[-1]) == ("waiting", "interrupted")
        effect.let_go()
    one.window = OPEN
    work_off(one)
    assert state(operation) == "finished"
    check_ledger(effect)
    if effect.can_be_cut:
        assert "may_be_repeat" in events(operation)
        assert effect.ledger()[-1].flagged


def test_it_is_cut_off_in_time_so_that_the_process_lives_on(
    effect: Effect, database: str, databases: dict[str, Any], processes: Nursery
) -> None:
    """A part that can't be taken back ends the process when it outlasts the window: it must not come to that."""
    if not effect.can_be_cut:
        pytest.skip("it goes on by itself")
    effect.hold_up()
    operation = effect.order()
    assert process(processes, effect, database, databases, ttl_seconds=2) == 0
    cut = events(operation)[-1]
    assert (state(operation), cut in ("interrupted", "suspended")) == ("waiting", True)
    assert cut == "interrupted" or not effect.has_begun(), "a slow machine may not have come so far"
    effect.let_go()
    work_off(lane(effect))
    assert state(operation) == "finished"
    check_ledger(effect)
    assert effect.ledger()[-1].flagged == (cut == "interrupted")


def test_nothing_is_begun_while_its_lane_is_held(effect: Effect) -> None:
    operation = effect.order()
    one = lane(effect)
    with transaction():
        Hold.objects.create(lane=one.lane, why="KNM4012-I", actor="hanako", since=clock.now())
    assert one._step() > 0
    assert (events(operation), effect.ledger()) == (["begun"], [])
    with transaction():
        Hold.objects.all().delete()
    work_off(one)
    assert state(operation) == "finished"
    check_ledger(effect, most=1)


def doubtful(effect: Effect) -> Operation:
    """An operation of this kind that is in doubt."""
    operation = effect.order()
    lead = leader()
    with transaction(lead.term):
        claimed = record.claim(operation.id, lead.term, {})
        assert claimed is not None
        record.note(claimed, "intent", {})
        record.doubt(claimed, "nobody can tell")
    crash(lead)
    operation.refresh_from_db()
    return operation


def test_only_what_must_not_be_repeated_can_be_in_doubt(effect: Effect) -> None:
    if effect.promise == "keyed":
        operation = effect.order()
        for act in (record.it_ran, record.close):
            with pytest.raises(IllegalStep), transaction():
                act(operation, "hanako")
        return
    ran, closed = doubtful(effect), doubtful(effect)
    with transaction():
        record.it_ran(ran, "hanako", "its log says so")
        record.close(closed, "hanako")
    assert (state(ran), state(closed)) == ("finished", "cancelled")
    work_off(lane(effect))
    assert effect.ledger() == [], "neither is done again"


def test_what_is_in_doubt_is_done_again_when_a_person_says_so(effect: Effect) -> None:
    if effect.promise == "keyed":
        pytest.skip("it is never in doubt: it is repeated, and says so")
    operation = doubtful(effect)
    with transaction():
        again = record.redo(operation, "hanako")
    work_off(lane(effect))
    assert (state(operation), state(again)) == ("cancelled", "finished")
    check_ledger(effect, most=1)
