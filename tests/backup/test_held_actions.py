"""What an administrator can do with the actions that wait after a restore; on both databases, without processes."""

from datetime import timedelta

import pytest

from kanmon.action.carry_out.attempt import may_be_repeat
from kanmon.backup import held
from kanmon.backup.held import Choice
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.models import Entry, Hold, Operation
from kanmon.journal.once import once
from kanmon.journal.worker import Kind, Work, Worker
from tests.conformance.conftest import database as database
from tests.conformance.conftest import databases as databases
from tests.conformance.work import begin, events, finishing, leader, state, work_off

LANES = {"mail": "mail", "webhook": "webhook", "record": "rows"}


def restored(*lanes: str) -> None:
    """As after a restore."""
    for lane in lanes:
        Hold.objects.create(lane=lane, why="KNM4231-W", actor="os:root", since=clock.now())


def release(**choice: object) -> dict[str, object]:
    done, _ = once(
        "release", lambda: held.release(LANES, Choice(**choice), "hanako"),  # type: ignore[arg-type]
        actor="hanako", requester="tests", key=None,
    )  # fmt: skip
    return dict(done.outcome or {})


def test_what_waits_is_told_with_where_it_comes_from() -> None:
    before = begin("mail", subject="danger, 3 PCs")
    restored("mail", "webhook")
    after, other = begin("webhook"), begin("record")
    found = held.held(LANES)
    assert (found.lanes, found.count) == (["mail", "webhook"], 2)
    assert [(one.id, one.from_backup) for one in found.oldest] == [(before.id, True), (after.id, False)]
    assert found.oldest[0].subject == "danger, 3 PCs"
    assert found.since is not None
    assert state(other) == "waiting"
    assert [one.id for one in held.held(LANES, limit=1).oldest] == [before.id]


def test_without_more_all_that_waits_is_cancelled_and_the_rest_is_not_touched() -> None:
    waiting = [begin("mail"), begin("webhook")]
    restored("mail", "webhook")
    other = begin("record")
    outcome = release()
    assert (outcome["cancelled"], outcome["let_go"]) == (2, 0)
    assert [state(one) for one in waiting] == ["cancelled", "cancelled"]
    assert [events(one) for one in waiting] == [["begun", "cancelled"]] * 2
    assert state(other) == "waiting"
    assert not Hold.objects.exists()
    detail = Entry.objects.get(operation=waiting[0].id, event="cancelled").detail
    assert (detail["id"], detail["operation"], detail["actor"]) == ("KNM4241-I", waiting[0].id, "hanako")
    assert Operation.objects.get(id=waiting[0].id).ended_at is not None


def test_all_of_it_can_be_carried_out_and_says_so() -> None:
    waiting = [begin("mail"), begin("mail")]
    restored("mail")
    outcome = release(carry_out=True)
    assert (outcome["cancelled"], outcome["let_go"]) == (0, 2)
    assert all(may_be_repeat([one.id]) for one in waiting)
    assert not may_be_repeat([begin("mail").id]), "what is decided afterwards is no repeat"


def test_what_is_older_than_a_moment_is_cancelled() -> None:
    old, new = begin("mail"), begin("mail")
    moment = clock.now() - timedelta(hours=1)
    Operation.objects.filter(id=old.id).update(begun_at=moment - timedelta(seconds=1))
    restored("mail")
    release(discard_before=moment)
    assert (state(old), state(new)) == ("cancelled", "waiting")


def test_single_ones_can_be_kept() -> None:
    kept, dropped = begin("mail"), begin("mail")
    restored("mail")
    with pytest.raises(Refused, match=str(dropped.id + 7)):
        release(keep=[kept.id, dropped.id + 7])
    assert Hold.objects.exists(), "then nothing was done"
    assert (state(kept), state(dropped)) == ("waiting", "waiting")
    release(keep=[kept.id])
    assert (state(kept), state(dropped)) == ("waiting", "cancelled")


def test_one_lane_can_be_released_before_another() -> None:
    mail, webhook = begin("mail"), begin("webhook")
    restored("mail", "webhook")
    release(only_lanes=["mail"])
    assert (state(mail), state(webhook)) == ("cancelled", "waiting")
    assert held.held(LANES).lanes == ["webhook"]
    with pytest.raises(Refused, match="No actions are held"):
        release(only_lanes=["mail"])


def test_a_worker_begins_nothing_of_a_held_lane_until_it_is_released() -> None:
    done: list[int] = []

    def run(work: Work) -> None:
        done.append(work.operation.id)
        finishing(work)

    kinds = {"mail": Kind(run, "mail", "KNM3011-I", "KNM3012-I")}
    lead = leader()
    worker = Worker("mail", kinds, lead.term, lambda: None)
    operation = begin("mail")
    restored("mail")
    for _ in range(3):
        assert worker._step() > 0
    assert done == []
    release(carry_out=True)
    work_off(worker)
    assert (done, state(operation)) == ([operation.id], "finished")


def test_many_are_released_at_once() -> None:
    row = Operation.objects.values().get(id=begin("mail").id)
    Operation.objects.bulk_create([Operation(**{**row, "id": None}) for _ in range(5000)], batch_size=500)
    restored("mail")
    keep = list(Operation.objects.order_by("id").values_list("id", flat=True)[:3])
    outcome = release(keep=keep)
    assert (outcome["cancelled"], outcome["let_go"]) == (4998, 3)
    assert Entry.objects.filter(event="cancelled").count() == 4998
