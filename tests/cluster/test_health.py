"""Every health warning: when it appears, what it says, when it goes."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanmon.api import checks
from kanmon.cluster import checks_host, checks_nodes, health
from kanmon.cluster.certificate import not_after
from kanmon.cluster.decide import acknowledge, decide, forget
from kanmon.cluster.found import Found
from kanmon.cluster.health import CHECKS, Check, warnings
from kanmon.cluster.nodes import NodeState, active, nodes
from kanmon.common import clock, config, messages
from kanmon.common.errors import Refused
from kanmon.intake.models import Receipt
from kanmon.journal import record
from kanmon.journal.models import Hold, Node, Operation
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from tests.cluster.story import finished, lead, lost, running
from tests.conformance.work import begin


@pytest.fixture(autouse=True)
def a_mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home on which nothing is wrong."""
    monkeypatch.setenv("KANMON_MAIL_SERVER", "127.0.0.1:25")
    monkeypatch.setenv("KANMON_MAIL_ADMINISTRATORS", "a@example.test")
    config.forget()
    yield
    monkeypatch.undo()
    config.forget()


def ids() -> list[str]:
    """The ids of all warnings."""
    return [one.id for one in warnings()]


def said(message_id: str) -> str:
    """The sentence of the only warning with this id."""
    (one,) = [one for one in warnings() if one.id == message_id]
    return one.said.text()


def seen(name: str, state: str, seconds: float = 0.0, **more: Any) -> None:
    """A node that wrote so long ago that it lives."""
    now = clock.now()
    Node.objects.create(
        name=name, version="1", state=state, started_at=now, pid=1, seen_at=now - timedelta(seconds=seconds), **more
    )


def test_every_check_has_a_sentence_a_cause_and_a_remedy_in_both_languages() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        message = messages.catalogue()[check.id]
        for text in (message.text_ja, message.cause_ja, message.remedy_ja):
            assert text, check.id
            assert not text.isascii()
        for text in (message.text, message.cause, message.remedy):
            assert text, check.id
            assert text.isascii()


def test_where_nothing_is_wrong_there_is_no_warning() -> None:
    versions.install_builtin()
    node = lead("mgr-a")
    finished(running(node), node)
    assert ids() == []


def test_a_check_that_fails_does_not_hide_the_others() -> None:
    def broken() -> Iterator[Found]:
        raise OSError("no such file")

    found = warnings([Check("KNM4295-W", broken), Check("KNM4283-E", lambda: [Found({"count": 1})])])
    assert [one.id for one in found] == ["KNM4283-E"]


def test_a_failover_until_it_is_acknowledged() -> None:
    lost(lead("mgr-a"))
    node = lead("mgr-b")
    assert said("KNM4282-W").startswith("The failover to term 2 has not been acknowledged. ")
    acknowledge(node.term, actor="hanako")
    assert ids() == []


def test_operations_in_doubt_come_first_and_are_an_error() -> None:
    node = lead("mgr-a")
    command = running(node, "effect", repeat="ask", subject="reboot")
    lost(node)
    lead("mgr-a")
    first = warnings()[0]
    assert (first.id, first.severity, first.since) == ("KNM4283-E", "error", command.begun_at)
    assert first.said.text() == f"In doubt: 1 operations. The oldest is {command.id} (reboot)."
    decide("close", command.id, actor="hanako")
    assert "KNM4283-E" not in ids()


def test_operations_and_lanes_that_are_held_until_they_are_released() -> None:
    lead("mgr-a")
    operation = begin("mail")
    decide("hold", operation.id, actor="hanako")
    Hold.objects.create(lane="mail", why="KNM4257-W", actor="", since=clock.now())
    assert {"KNM4284-W", "KNM4285-W"} <= set(ids())
    assert said("KNM4285-W").startswith("Nothing of the lane mail is begun: The database was restored")
    decide("release", operation.id, actor="hanako")
    Hold.objects.all().delete()
    assert ids() == []


def test_operations_and_reports_that_wait_too_long() -> None:
    lead("mgr-a")
    operation = begin("judge")
    assert ids() == []
    Operation.objects.filter(id=operation.id).update(due_at=clock.now() - timedelta(minutes=25))
    assert said("KNM4286-W").startswith(f"Overdue: 1 operations; the oldest, {operation.id} (judge), has waited for 25")
    from kanmon.intake import tokens
    from kanmon.intake.models import Source

    tokens.create("tests", "hanako")
    Receipt.objects.create(
        source=Source.objects.get(name="tests"), received_at=clock.now() - timedelta(minutes=9), device_key="d",
        format="kanmon", content="changed", raw_digest=b"", content_digest=b"", body=b"", report=b"",
    )  # fmt: skip
    assert said("KNM4287-W") == "Reports that wait to be recorded: 1, the oldest for 9 minutes."


def test_failed_actions_until_they_are_done_again() -> None:
    node = lead("mgr-a")
    mail = running(node, "mail", repeat="keyed", subject="danger, 1 PC")
    with transaction(node.term):
        record.fail(mail, {"result": "failure", "sentence": "550"}, {"id": "KNM3012-I"})
    assert said("KNM4289-W") == f"Failed in the last 24 hours: 1 operations; the newest is {mail.id} (danger, 1 PC)."
    decide("redo", mail.id, actor="hanako")
    assert "KNM4289-W" not in ids()


def test_nodes_say_how_they_stand(database: str) -> None:
    lead("mgr-a")
    seen("mgr-a", "active", ready=True)
    seen("mgr-b", "standby", ready=True)
    seen("mgr-c", "stopped", 10_000)
    assert [(one.name, str(one.state), one.term_said) for one in nodes()] == [
        ("mgr-a", "active", "1"), ("mgr-b", "standby", ""), ("mgr-c", "stopped", "")
    ]  # fmt: skip
    assert active() == "mgr-a"
    assert ids() == []
    Node.objects.filter(name="mgr-b").update(seen_at=clock.now() - timedelta(seconds=200))
    assert {one.name: one.state for one in nodes()}["mgr-b"] is NodeState.NOT_ANSWERING
    if database == "sqlite":
        assert ids() == [], "one runs at a time: the other one is not expected to answer"
        Node.objects.filter(name="mgr-a").update(seen_at=clock.now() - timedelta(seconds=200))
        assert said("KNM4291-W").startswith("mgr-a was not seen for 200 s")
    if database == "postgresql":
        assert said("KNM4291-W").startswith("mgr-b was not seen for 200 s")
        assert said("KNM4290-W") == "No standby: if mgr-a fails, nobody takes over."
        Node.objects.filter(name="mgr-b").update(
            seen_at=clock.now(), ready=False, started_at=clock.now() - timedelta(hours=1)
        )
        assert said("KNM4294-W").startswith("The index of mgr-b is 3,6")


def test_a_single_node_that_never_had_a_partner_is_no_cluster() -> None:
    lead("mgr-a")
    seen("mgr-a", "active", ready=True)
    assert ids() == []


def test_a_write_transaction_that_is_open_for_long(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database != "postgresql":
        assert list(checks_nodes.long_transaction()) == []
        return
    lead("mgr-a")
    monkeypatch.setattr(checks_nodes, "LONG_TRANSACTION_SECONDS", 0)
    open, end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction():
            record.note(None, "still writing")
            open.set()
            end.wait(30)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert open.wait(30)
    try:
        assert "KNM4293-W" in ids()
    finally:
        end.set()
        thread.join(30)
    assert "KNM4293-W" not in ids()


def test_a_clock_that_differs_from_the_databases(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_SKEW", timedelta(seconds=-90))
    found = [one.params["seconds"] for one in checks_nodes.clock_differs()]
    assert found == (["-90.0"] if database == "postgresql" else [])


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    lead("mgr-a")
    free = checks_host.shutil.disk_usage(config.home()).free
    monkeypatch.setattr(checks_host, "FREE_BYTES", free * 2)
    monkeypatch.setattr(checks_host, "FREE_SHARE", 1.0)
    assert said("KNM4295-W").startswith(f"The disk under {config.home()} is nearly full: ")


def test_a_policy_that_mails_without_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    lead("mgr-a")
    versions.install_builtin()
    monkeypatch.setenv("KANMON_MAIL_SERVER", "")
    config.forget()
    assert said("KNM4297-W").endswith("orders mails, and none can be sent: not set are mail.server.")


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a certificate that is valid for so many days from now."""

    def make(days: int) -> Path:
        path = tmp_path / f"{days}.pem"
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(tmp_path / "key.pem")]
        words += ["-out", str(path), "-days", str(days), "-subj", "/CN=kanmon.example.test"]
        subprocess.run(words, check=True, capture_output=True)
        return path

    return make


def test_a_certificate_that_ends_soon(certificate: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    lead("mgr-a")
    for days, warned in ((300, False), (10, True), (11_000, False)):
        monkeypatch.setenv("KANMON_SERVER_CERTIFICATE", str(certificate(days)))
        config.forget()
        assert ("KNM4298-W" in ids()) is warned, days
    last = certificate(11_000)
    until = not_after(last.read_text())
    told = ssl._ssl._test_decode_cert(str(last))["notAfter"]  # what OpenSSL says of it
    assert until == datetime.strptime(told, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert until.year > 2050, "the other form of a time"


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_has_no_end(text: str) -> None:
    assert not_after(text) is None


def test_a_stage_above_adds_a_check_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lead("mgr-a")
    monkeypatch.setattr(health, "CHECKS", [*CHECKS, Check("KNM4298-W", lambda: [Found({"path": "/c", "days": 3})])])
    assert ids() == ["KNM4298-W"]


def test_a_node_that_is_gone_for_good_is_forgotten() -> None:
    lead("mgr-a")
    seen("mgr-a", "active", ready=True)
    seen("mgr-b", "standby", 10_000)
    with pytest.raises(Refused) as told:
        forget("mgr-a", actor="hanako")
    assert str(told.value) == "mgr-a is active; only a node that is gone can be forgotten."
    with pytest.raises(Refused):
        forget("mgr-x", actor="hanako")
    done, _ = forget("mgr-b", actor="hanako", key="form:1")
    assert [one.name for one in nodes()] == ["mgr-a"]
    assert forget("mgr-b", actor="hanako", key="form:1") == (done, False)
    assert ids() == []


def test_the_checks_of_backups_stand_beside_the_others() -> None:
    assert checks is not None
    assert {"KNM4232-W", "KNM4243-W"} <= {check.id for check in CHECKS}
