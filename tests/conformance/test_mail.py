"""Mail: an order is carried out, or known to be in part, or may be a repeat and says so."""

from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.action.carry_out.mail import send_mail
from kanmon.action.models import Order
from kanmon.common import clock, config, fault
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Kind, Worker
from kanmon.journal.writing import transaction
from tests.conformance.work import crash, events, leader, state, work_off
from tests.conftest import MailServer

MAIL = {"mail": Kind(send_mail, "mail", "KNM3011-I", "KNM3012-I", repeat="keyed")}


class Killed(BaseException):
    """The process was killed here."""


@pytest.fixture(autouse=True)
def _server(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_MAIL_SERVER", f"127.0.0.1:{mail_server.port}")
    monkeypatch.setenv("KANMON_MAIL_TIMEOUT_SECONDS", "5")
    config.forget()


def order(*recipients: str, **more: Any) -> Operation:
    with transaction():
        operation = record.begin("mail", requester="tests", repeat="keyed", subject="danger, 1 PC", **more)
        Order.objects.create(
            operation=operation.id, kind="mail", run=1, policy_version=1, level=40, recipients=recipients or ["a@b.test"],
            message_id=f"<kanmon.{operation.id}@b.test>", subject="Danger", text="pc-0001", pcs=BitMap([1]).serialize(),
            created_at=clock.now(),
        )  # fmt: skip
    return operation


def worker(lead: Any) -> Worker:
    return Worker("mail", MAIL, lead.term, lambda: None)


def fail_at(monkeypatch: pytest.MonkeyPatch, point: str, number: int, how: type[BaseException]) -> None:
    passed = {point: 0}

    def fail(name: str) -> None:
        if name == point:
            passed[point] += 1
            if passed[point] == number:
                raise how(point)

    monkeypatch.setattr(fault, "point", fail)


def test_a_mail_is_sent_once_between_its_intent_and_its_result(mail_server: MailServer) -> None:
    operation = order()
    work_off(worker(leader()))
    assert events(operation) == ["begun", "started", "intent", "finished"]
    assert [mail["Message-ID"] for mail in mail_server.mails] == [f"<kanmon.{operation.id}@b.test>"]
    assert mail_server.mails[0]["X-Kanmon-Attempt"] is None


@pytest.mark.parametrize("point", ["after_intent", "after_effect"])
def test_killed_between_intent_and_result_it_is_sent_again_and_flagged(
    point: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = order()
    lead = leader()
    fail_at(monkeypatch, point, 1, Killed)
    with pytest.raises(Killed):
        work_off(worker(lead))
    crash(lead)
    work_off(worker(leader()))
    assert events(operation) == [
        "begun", "started", "intent", "interrupted", "started", "may_be_repeat", "intent", "finished"
    ]  # fmt: skip
    last = mail_server.mails[-1]
    assert (last["X-Kanmon-Attempt"], last["Message-ID"]) == ("2", f"<kanmon.{operation.id}@b.test>")
    assert "may be a repeat" in last.get_content()
    assert len(mail_server.mails) == (1 if point == "after_intent" else 2)


def test_when_its_result_can_not_be_written_the_repeat_is_flagged(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = order()
    lead = leader()
    fail_at(monkeypatch, "before_commit", 3, OSError)  # claim, intent, result
    work_off(worker(lead))
    assert [mail["X-Kanmon-Attempt"] for mail in mail_server.mails] == [None, "2"]
    assert "may be a repeat" in mail_server.mails[1].get_content()
    assert events(operation).count("finished") == 1


def test_a_server_that_says_no_for_now_makes_no_repeat(mail_server: MailServer) -> None:
    mail_server.refuse["a@b.test"] = "451 later"
    operation = order()
    lead = leader()
    one = worker(lead)
    one._step()
    assert events(operation) == ["begun", "started", "intent", "retry"]
    mail_server.refuse.clear()
    work_off(one)
    assert "may_be_repeat" not in events(operation)
    assert [mail["X-Kanmon-Attempt"] for mail in mail_server.mails] == ["2"]
    assert "may be a repeat" not in mail_server.mails[0].get_content()


def test_a_server_that_never_answers_may_have_taken_it(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANMON_MAIL_TIMEOUT_SECONDS", "1")
    config.forget()
    mail_server.delay_seconds = 1.5
    operation = order()
    one = worker(leader())
    one._step()
    assert events(operation)[-1] == "retry"
    mail_server.delay_seconds = 0
    work_off(one)
    assert "may_be_repeat" in events(operation)
    assert "may be a repeat" in mail_server.mails[-1].get_content()


def test_an_unknown_mailbox_has_failed_and_redo_carries_the_same_order_out(mail_server: MailServer) -> None:
    mail_server.refuse["a@b.test"] = "550 mailbox unknown"
    operation = order()
    one = worker(leader())
    work_off(one)
    assert state(operation) == "failed"
    mail_server.refuse.clear()
    operation.refresh_from_db()
    with transaction():
        again = record.redo(operation, "hanako")
    work_off(one)
    assert state(again) == "finished"
    assert [mail["Message-ID"] for mail in mail_server.mails] == [f"<kanmon.{operation.id}@b.test>"]
    assert "may be a repeat" not in mail_server.mails[0].get_content()


def test_of_two_recipients_one_may_be_refused(mail_server: MailServer) -> None:
    mail_server.refuse["x@b.test"] = "550 mailbox unknown"
    operation = order("a@b.test", "x@b.test")
    work_off(worker(leader()))
    operation.refresh_from_db()
    assert operation.outcome is not None
    assert (operation.outcome["result"], operation.outcome["sent"]) == ("partial_success", 1)
