"""The after-failover report says of everything that was running what became of it."""

from datetime import timedelta

import pytest

from kanmon.cluster.decide import acknowledge, decide
from kanmon.cluster.outcome import Group, Outcome
from kanmon.cluster.report import failover_report, failovers, newest_failover, reported
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Operation, Takeover
from kanmon.journal.once import once
from kanmon.journal.states import State
from kanmon.journal.writing import transaction
from tests.cluster.story import claim, counts, finished, go_on, lead, lost, node, row, running, stopped
from tests.conformance.work import begin


def test_everything_that_was_running_stands_in_it_with_what_became_of_it() -> None:
    a = lead("mgr-a")
    ended = finished(running(a, "judge", subject="640 PCs"), a)
    chunks = running(a, "judge", {"done": 2000, "of": 4000}, subject="4,000 PCs")
    whole = running(a, "record", subject="reports")
    later = running(a, "act")
    mail = running(a, "mail", repeat="keyed")
    command = running(a, "effect", repeat="ask", subject="disable-vpn-account")
    waiting = begin("judge")
    lost(a)
    b = lead("mgr-b")
    go_on(b, "judge", "record")
    again = claim(mail, b)
    with transaction(b.term):
        told = {"id": "KNM4003-W", "operation": mail.id, "what": "mail", "mark": "<kanmon.1>"}
        record.note(again, "may_be_repeat", told)
    finished(again, b)

    report = failover_report()
    said = {one.id: (str(one.outcome), one.said.text()) for group in report.groups for one in group.rows}
    assert set(said) == {ended.id, chunks.id, whole.id, later.id, mail.id, command.id}
    assert waiting.id not in said, "it had not begun: nothing happened to it"
    assert said[ended.id][0] == "finished_before"
    assert said[ended.id][1].endswith("s before, on mgr-a: success. ")
    assert said[chunks.id] == ("resumed", "Resumed from 2000 of 4000 on mgr-b, attempt 2.")
    assert said[whole.id][1].startswith("Resumed from the beginning on mgr-b, attempt 2;")
    assert said[later.id] == ("waiting", "Waits to be resumed; nothing is to be done.")
    assert said[mail.id] == ("may_repeat", "Done again, and may be a repeat: receivers know it by <kanmon.1>.")
    assert said[command.id][0] == "in_doubt"
    assert said[command.id][1].startswith("In doubt: it began on mgr-a, and whether it was done can't be told.")
    assert row(report, chunks).node == "mgr-a"
    assert row(report, chunks).attempt == 1
    assert row(report, chunks).state == "finished"
    assert counts(report) == {"judgment": 3, "action": 3, "window": 0, "agent_action": 0, "agent_setup": 0}
    assert report.outcomes == {
        Outcome.FINISHED_BEFORE: 1, Outcome.RESUMED: 2, Outcome.WAITING: 1, Outcome.MAY_REPEAT: 1, Outcome.IN_DOUBT: 1
    }  # fmt: skip
    assert [one.id for one in report.in_doubt] == [command.id]
    assert report.in_doubt[0].can == ("redo", "it_ran", "close")
    assert report.headline.text() == (
        "Operations that were running or had just ended: 6. 5 need nothing, 1 need a person."
    )


def test_it_says_when_why_and_from_which_node_to_which(database: str) -> None:
    a = lead("mgr-a")
    running(a)
    lost(a)
    b = lead("mgr-b")
    told = failover_report().failover
    assert (told.source.node, told.source.said, told.target.node, told.target.said) == ("mgr-a", "1", "mgr-b", "2")
    assert (told.failed_over, told.term, told.interrupted, told.in_doubt) == (True, b.term, 1, 0)
    assert told.unserved.seconds >= 0
    clocks = "by one clock" if database == "postgresql" else "two clocks that may differ"
    assert clocks in told.unserved.said.text()
    assert told.why.text() == "mgr-b took over; mgr-a had ended without stopping in order (crash)."
    assert told.why.text("ja") != told.why.text("en")


def test_a_plain_restart_after_a_crash_has_a_report_too() -> None:
    a = lead("mgr-a")
    one = running(a, "judge", {"done": 1, "of": 2})
    lost(a)
    again = lead("mgr-a")
    go_on(again, "judge")
    report = failover_report()
    assert report.failover.why.text() == "mgr-a started again; before, it had ended without stopping in order."
    assert report.failover.unserved.said.text().endswith("from the last sign of mgr-a to readiness, by one clock.")
    assert row(report, one).said.text() == "Resumed from 1 of 2 on mgr-a, attempt 2."


def test_where_nothing_was_running_it_says_so() -> None:
    lead("mgr-a")
    report = failover_report()
    assert report.headline.text() == "None was running."
    assert report.failover.why.text() == "mgr-a started for the first time."
    assert report.failover.unserved is None
    assert not report.failover.wants_acknowledgement
    assert counts(report) == dict.fromkeys(map(str, Group), 0)
    assert report.in_doubt == ()


def test_a_stop_in_order_is_told_with_what_it_put_back() -> None:
    a = lead("mgr-a")
    one = running(a, "judge", {"done": 1, "of": 2})
    with transaction(a.term):
        record.put_back(Operation.objects.get(id=one.id))
    stopped(a)
    b = lead("mgr-b")
    go_on(b, "judge")
    report = failover_report()
    assert report.failover.why.text() == "mgr-a handed over to mgr-b."
    assert not report.failover.failed_over
    assert row(report, one).said.text() == "Resumed from 1 of 2 on mgr-b, attempt 2."
    assert newest_failover() is None


def test_an_operation_that_was_put_back_and_begun_again_before_is_not_of_this_takeover() -> None:
    a = lead("mgr-a")
    one = running(a)
    with transaction(a.term):
        record.put_back(Operation.objects.get(id=one.id))
    finished(claim(one, a), a)
    stopped(a)
    lead("mgr-a")
    report = failover_report()
    assert row(report, one).outcome is Outcome.FINISHED_BEFORE
    assert report.running == 1


def test_a_takeover_that_died_while_recovering_loses_nothing_of_the_report() -> None:
    a = lead("mgr-a")
    chunks = running(a, "judge", {"done": 1, "of": 2})
    other = running(a, "record")
    command = running(a, "effect", repeat="ask")
    lost(a)
    b = lead("mgr-b")
    claim(other, b)
    lost(b)  # one was begun again, one was not
    c = lead("mgr-c")
    lost(c)
    d = lead("mgr-a")
    report = failover_report()
    assert [one.node for one in report.earlier] == ["mgr-c", "mgr-b"]
    assert {one.id for group in report.groups for one in group.rows} == {chunks.id, other.id, command.id}
    assert row(report, chunks).outcome is Outcome.WAITING
    assert row(report, command).outcome is Outcome.IN_DOUBT
    go_on(d, "judge", "record")
    report = failover_report()
    assert row(report, chunks).said.text() == "Resumed from 1 of 2 on mgr-a, attempt 2."
    assert row(report, other).said.text().startswith("Resumed from the beginning on mgr-a, attempt 3;")
    first = failover_report(b.term)
    assert {one.id for group in first.groups for one in group.rows} == {chunks.id, other.id, command.id}
    assert first.next_term == c.term
    assert report.next_term is None


def test_what_a_person_decided_is_shown_with_the_name() -> None:
    a = lead("mgr-a")
    commands = [running(a, "effect", repeat="ask", subject=f"command {number}") for number in range(3)]
    lost(a)
    b = lead("mgr-b")
    assert failover_report().needs_person == 3
    redone, _ = decide("redo", commands[0].id, actor="hanako", because="nothing in its log")
    decide("it_ran", commands[1].id, actor="taro", because="seen in its log")
    decide("close", commands[2].id, actor="hanako")
    go_on(b, "effect")
    report = failover_report()
    assert report.needs_person == 0
    assert report.in_doubt == ()
    said = [row(report, command).said.text() for command in commands]
    again = redone.outcome["again"]
    assert said == [
        f"Done again as operation {again}, by hanako.", "taro said that it had been done.", "Closed by hanako."
    ]  # fmt: skip
    assert row(report, commands[0]).again == again
    assert [row(report, command).can for command in commands] == [(), (), ()]


def test_a_form_that_was_sent_again_was_not_done_twice_and_the_report_counts_it() -> None:
    done = []

    def save() -> None:
        done.append(1)

    a = lead("mgr-a")
    change, _ = once("Policy Standard saved", save, actor="hanako", requester="console", key="form:1")
    lost(a)
    lead("mgr-b")
    same, now = once("Policy Standard saved", save, actor="hanako", requester="console", key="form:1")
    once("Policy Standard saved", save, actor="hanako", requester="console", key="form:1")
    assert (done, now, same.id) == ([1], False, change.id)
    report = failover_report()
    assert row(report, change).group is Group.WINDOW
    assert row(report, change).outcome is Outcome.SUPPRESSED
    assert row(report, change).said.text() == "It had been done already and was not done again."


def test_an_effect_that_was_found_done_is_suppressed_as_a_repeat() -> None:
    a = lead("mgr-a")
    order = running(a, "network", repeat="keyed")
    lost(a)
    b = lead("mgr-b")
    again = claim(order, b)
    with transaction(b.term):
        record.note(again, "already_done")
    finished(again, b)
    report = failover_report()
    assert row(report, order).group is Group.AGENT_ACTION
    assert row(report, order).outcome is Outcome.SUPPRESSED


def test_what_was_resumed_and_has_failed_may_be_done_again_by_a_person() -> None:
    a = lead("mgr-a")
    mail = running(a, "mail", repeat="keyed")
    lost(a)
    b = lead("mgr-b")
    again = claim(mail, b)
    with transaction(b.term):
        record.fail(again, {"result": "failure", "sentence": "550 no such mailbox"}, {"id": "KNM3012-I"})
    told = row(failover_report(), mail)
    assert (told.outcome, told.can) == (Outcome.FAILED, ("redo",))
    assert told.said.text() == "Resumed, and has failed: 550 no such mailbox"
    decide("redo", mail.id, actor="hanako")
    assert row(failover_report(), mail).outcome is Outcome.REDONE


def test_what_ended_long_before_is_not_of_this_takeover() -> None:
    a = lead("mgr-a")
    finished(running(a, subject="long ago"), a)
    from kanmon.journal.models import Entry

    for entry in Entry.objects.all():
        Entry.objects.filter(seq=entry.seq).update(at=entry.at - timedelta(minutes=10))
    late = finished(running(a, subject="just now"), a)
    lost(a)
    lead("mgr-b")
    report = failover_report()
    assert [one.id for one in report.groups[0].rows] == [late.id]


def test_ten_thousand_are_counted_and_read_page_by_page() -> None:
    a = lead("mgr-a")
    first = Operation.objects.values().get(id=running(a, "judge", {"done": 1, "of": 2}).id)
    copies = [Operation(**first | {"id": None, "kind": "mail" if n % 2 else "judge"}) for n in range(10_000)]
    Operation.objects.bulk_create(copies, batch_size=500)
    lost(a)
    lead("mgr-b")
    report = failover_report()
    assert report.running == 10_001
    assert report.outcomes == {Outcome.WAITING: 10_001}
    assert counts(report)["judgment"] == 5001
    judged = report.groups[0]
    seen = [one.id for one in judged.rows]
    assert len(seen) == 200
    after = judged.after
    while after:
        page = reported(report.failover.term, Group.JUDGMENT, after, 1000)
        seen += [one.id for one in page]
        after = page[-1].id if len(page) == 1000 else 0
    assert len(seen) == len(set(seen)) == 5001


def test_a_clock_that_went_backwards_is_said_and_not_subtracted() -> None:
    a = lead("mgr-a")
    lost(a)
    lead("mgr-a")
    takeover = Takeover.objects.latest("term")
    Takeover.objects.filter(term=takeover.term).update(last_seen_at=takeover.at + timedelta(minutes=5))
    unserved = failover_report().failover.unserved
    assert unserved.seconds is None
    assert unserved.said.text().startswith("How long nothing was served can't be told: a clock went backwards")


def test_takeovers_are_listed_newest_first_and_acknowledged_once() -> None:
    a = lead("mgr-a")
    lost(a)
    b = lead("mgr-b")
    lost(b)
    c = lead("mgr-c")
    assert [one.term for one in failovers(10)] == [c.term, b.term, a.term]
    assert [one.term for one in failovers(10, before=c.term)] == [b.term, a.term]
    assert newest_failover().term == c.term
    done, _ = acknowledge(c.term, actor="hanako", key="form:x")
    assert done.outcome["terms"] == [c.term]
    assert newest_failover().term == b.term
    acknowledge(None, actor="taro")
    assert newest_failover() is None
    same, now = acknowledge(c.term, actor="hanako", key="form:x")
    assert (same.id, now) == (done.id, False)
    told = failover_report(c.term).failover
    assert (told.acknowledged_by, told.wants_acknowledgement) == ("hanako", False)
    assert failover_report(b.term).failover.acknowledged_by == "taro"


def test_what_is_not_there_or_not_possible_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused) as told:
        failover_report()
    assert str(told.value).startswith("Take-over is not there")
    a = lead("mgr-a")
    one = running(a)
    for verb in ("redo", "it_ran", "close", "release", "cancel"):
        with pytest.raises(Refused) as told:
            decide(verb, one.id, actor="hanako")
        assert told.value.message_id == "KNM4299-E"
        assert Operation.objects.get(id=one.id).state == State.RUNNING
    assert str(told.value) == f"Operation {one.id} is running; it can't cancel."
    with pytest.raises(Refused):
        decide("redo", 999, actor="hanako")
    assert not Operation.objects.filter(kind="change").exists(), "what was refused leaves nothing"
    with pytest.raises(Refused), node("mgr-b"):
        acknowledge(999, actor="hanako")
