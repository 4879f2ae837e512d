"""Orders and what became of them: what was not delivered stays in a list until a person retries it or gives it up."""

from datetime import timedelta

import pytest
from pyroaring import BitMap

from kanmon.action import deliveries
from kanmon.action.deliveries import Delivery
from kanmon.action.models import Order
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction
from tests.action.orders import command, event, webhook
from tests.conformance.work import crash, events, leader


def ended(operation: Operation, result: str) -> Operation:
    """It has ended with ``result``; "failure" is for good."""
    lead = leader()
    with transaction(lead.term):
        claimed = record.claim(operation.id, lead.term, {})
        assert claimed is not None
        outcome = {"result": result, "sentence": f"the sentence of {operation.id}"}
        (record.fail if result == "failure" else record.finish)(claimed, outcome, {})
    crash(lead)
    operation.refresh_from_db()
    return operation


def listed(state: str = "", kind: str = "") -> list[tuple[int, str]]:
    return [(one.operation, one.state) for one in deliveries.deliveries(state, kind)]


def test_each_state_is_found_by_its_name() -> None:
    done, failed = ended(webhook(), "success"), ended(webhook(), "failure")
    nothing, partly = ended(event(), "not_executed"), ended(webhook(), "partial_success")
    waiting = command("act")
    assert listed() == [
        (waiting.id, "waiting"), (partly.id, "partly"), (nothing.id, "failed"), (failed.id, "failed"),
        (done.id, "delivered"),
    ]  # fmt: skip
    assert listed("failed") == [(nothing.id, "failed"), (failed.id, "failed")]
    assert listed("failed", "event") == [(nothing.id, "failed")]
    assert listed("delivered") == [(done.id, "delivered")]
    assert listed("partly") == [(partly.id, "partly")]
    assert listed("waiting") == [(waiting.id, "waiting")]
    with pytest.raises(Refused, match=r"is no state of orders; states: waiting, held"):
        deliveries.deliveries("lost")


def test_a_delivery_says_what_was_ordered_and_why_it_failed() -> None:
    failed = ended(webhook(), "failure")
    (one,) = deliveries.deliveries()
    assert one == Delivery(
        order=failed.id, operation=failed.id, kind="webhook", state="failed", level=400, run=1, to=("siem",), pcs=1,
        attempts=1, sentence=f"the sentence of {failed.id}", decided_at=one.decided_at, ended_at=failed.ended_at,
    )  # fmt: skip


def test_what_is_retried_is_another_operation_of_the_same_order_and_no_dead_letter_any_more() -> None:
    failed, nothing = ended(webhook(), "failure"), ended(event(), "not_executed")
    with transaction():
        again = [deliveries.retry(one.id, "hanako", "the receiver is back") for one in (failed, nothing)]
    assert listed("failed") == []
    assert listed() == [(again[1].id, "waiting"), (again[0].id, "waiting")]
    assert [one.order for one in deliveries.deliveries()] == [nothing.id, failed.id]
    ended(again[0], "failure")
    with transaction():
        third = deliveries.retry(failed.id, "hanako")
    assert third.redo_of == again[0].id
    assert deliveries.newest(failed.id).id == deliveries.newest(again[0].id).id == third.id
    ended(third, "success")
    (one,) = deliveries.deliveries("delivered")
    assert (one.order, one.operation) == (failed.id, third.id)


def test_what_is_sent_once_more_is_begun_by_replay() -> None:
    done = ended(webhook(), "success")
    with transaction():
        again = deliveries.replay(done.id, "hanako", "lost there")
    assert (again.requester, again.redo_of) == ("replay", done.id)
    assert events(done)[-1] == "replayed"
    ended(again, "success")
    with transaction():
        assert deliveries.replay(done.id, "hanako").redo_of == again.id, "of the newest"


def test_what_is_given_up_is_no_dead_letter_and_can_still_be_retried() -> None:
    failed, waiting = ended(webhook(), "failure"), webhook()
    with transaction():
        for one in (failed, waiting, failed):
            deliveries.cancel(one.id, "hanako", "not wanted")
    assert listed("failed") == []
    assert listed("given_up") == [(failed.id, "given_up")]
    assert listed("cancelled") == [(waiting.id, "cancelled")]
    assert Entry.objects.filter(event="given_up").count() == 1
    with transaction():
        deliveries.retry(failed.id, "hanako")


@pytest.mark.parametrize(
    ("verb", "result", "kind"),
    [
        ("retry", "success", webhook),
        ("cancel", "success", webhook),
        ("replay", "failure", webhook),
        ("replay", "not_executed", webhook),
        ("replay", "success", lambda: command("act")),
    ],
)
def test_what_does_not_fit_its_state_is_refused(verb: str, result: str, kind: object) -> None:
    assert callable(kind)
    operation = ended(kind(), result)
    with (
        pytest.raises(Refused, match=f"Order {operation.id} is (delivered|failed): {verb} is for orders that are"),
        transaction(),
    ):
        getattr(deliveries, verb)(operation.id, "hanako")


def test_a_number_that_is_no_order() -> None:
    with transaction():
        other = record.begin("judge", requester="tests")
    for number in (other.id, 10**9):
        with pytest.raises(Refused) as refused, transaction():
            deliveries.retry(number, "hanako")
        assert refused.value.message_id == "KNM6010-E"


def test_a_letter_that_was_not_needed_any_more_is_no_dead_letter() -> None:
    with transaction():
        letters = [record.begin("letter", requester="tests", repeat="keyed", subject="A-00001") for _ in range(2)]
        for one in letters:
            Order.objects.create(
                operation=one.id, kind="letter", run=1, policy_version=1, level=400, recipients=["a@example.test"],
                pcs=BitMap([1]).serialize(), created_at=clock.now(),
            )  # fmt: skip
    ended(letters[0], "not_executed")
    ended(letters[1], "failure")
    assert listed("not_needed") == [(letters[0].id, "not_needed")]
    assert listed("failed") == [(letters[1].id, "failed")]


def test_health_counts_what_nobody_has_looked_after() -> None:
    assert deliveries.undelivered() is None
    first, second = ended(webhook(), "failure"), ended(event(), "not_executed")
    found = deliveries.undelivered()
    assert found is not None
    assert (found[0], found[1].id, found[2]) == (2, second.id, first.ended_at)
    with transaction():
        deliveries.retry(first.id, "hanako")
        deliveries.cancel(second.id, "hanako")
    assert deliveries.undelivered() is None
    old = ended(webhook(), "failure")
    Operation.objects.filter(id=old.id).update(ended_at=clock.now() - timedelta(days=8))
    assert deliveries.undelivered() is None
    assert listed("failed") == [(old.id, "failed")], "it stays in the list"
