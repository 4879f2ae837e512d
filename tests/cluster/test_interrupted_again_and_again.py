"""An operation that kills the process each time it runs is put back a bounded number of times, then held."""

from kanmon.cluster.decide import decide
from kanmon.cluster.health import warnings
from kanmon.cluster.report import failover_report
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.rescue import INTERRUPTIONS_MOST
from kanmon.journal.takeover import Leadership
from kanmon.journal.writing import transaction
from tests.cluster.story import claim, go_on, lead, lost, row, running
from tests.conformance.work import begin, events, state


def kill_while_running(operation: Operation, leadership: Leadership, times: int) -> Leadership:
    """The operation is begun, and the process is killed; so many times."""
    for _ in range(times):
        claim(operation, leadership)
        lost(leadership)
        leadership = lead("mgr-a")
    return leadership


def test_it_is_held_with_a_sentence_and_a_person_releases_it() -> None:
    operation = begin("judge", subject="poison")
    node = kill_while_running(operation, lead("mgr-a"), INTERRUPTIONS_MOST - 1)
    assert state(operation) == "waiting"
    assert "KNM4288-W" in [one.id for one in warnings()], "it is said before it comes to that"
    node = kill_while_running(operation, node, 1)
    assert (state(operation), events(operation)[-2:]) == ("held", ["interrupted", "held"])
    told = row(failover_report(), operation)
    assert (str(told.outcome), told.can) == ("held", ("release", "cancel"))
    assert failover_report().needs_person == 1
    assert "KNM4284-W" in [one.id for one in warnings()]
    go_on(node, "judge")
    assert state(operation) == "held", "nobody begins it"
    decide("release", operation.id, actor="hanako", because="more memory")
    node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    assert state(operation) == "waiting", "a release begins the count anew"
    go_on(node, "judge")
    assert state(operation) == "finished"


def test_progress_begins_the_count_anew() -> None:
    node = lead("mgr-a")
    operation = begin("judge")
    for done in range(3):
        node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 2)
        claimed = claim(operation, node)
        with transaction(node.term):
            record.save_progress(claimed, {"done": done + 1, "of": 9})
        lost(node)
        node = lead("mgr-a")
    assert state(operation) == "waiting"
    node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    assert state(operation) == "held"


def test_an_attempt_that_ended_otherwise_begins_the_count_anew() -> None:
    node = lead("mgr-a")
    operation = begin("mail", repeat="keyed")
    node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    again = claim(operation, node)
    with transaction(node.term):
        record.retry(again, 0.0, "the server is away")
    node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    assert state(operation) == "waiting"
    again = claim(operation, node)
    with transaction(node.term):
        record.put_back(again)  # a stop in order is no sign of poison
    kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    assert state(operation) == "waiting"


def test_what_runs_beside_it_is_not_held() -> None:
    node = lead("mgr-a")
    operation = begin("judge")
    node = kill_while_running(operation, node, INTERRUPTIONS_MOST - 1)
    claim(operation, node)
    beside = running(node, "record")
    asked = running(node, "effect", repeat="ask")
    lost(node)
    after = lead("mgr-a")
    assert [state(one) for one in (operation, beside, asked)] == ["held", "waiting", "in_doubt"]
    assert (after.interrupted, after.in_doubt) == (1, 1)
