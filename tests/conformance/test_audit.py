"""What gets into the audit, once each: from the journal, from signing in, from what was refused."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from kanmon import audit
from kanmon.accounts import tokens
from kanmon.accounts.models import User
from kanmon.api.callers import caller, need
from kanmon.audit import follow, read, refusals, rows, start, upkeep
from kanmon.audit.models import AuditRow, StartSettings
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.here import HERE, REQUEST_ADDRESS
from kanmon.journal.models import Entry, Operation
from kanmon.journal.once import once
from kanmon.journal.worker import Permanent, Work
from kanmon.journal.writing import transaction
from tests.conformance.audited import told
from tests.conformance.databases import together
from tests.conformance.work import begin, finishing, kind, leader, work_off, worker


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process remembers no earlier turn, and has counted no refusals."""
    upkeep.forget()
    monkeypatch.setattr(refusals, "_refusals", refusals.Refusals())


def events(operation: Operation) -> list[str]:
    return list(AuditRow.objects.filter(operation=operation.id).order_by("seq").values_list("event", flat=True))


def sentences(language: str = "en") -> list[str]:
    return [one["sentence"] for one in reversed(read.listed(read.Filter(), 1000, language))]


# --- from the journal --------------------------------------------------------------------------------------------


def test_what_a_person_began_is_told_with_its_end() -> None:
    lead = leader()
    operation = begin("judge", subject="all PCs", actor="hanako")
    work_off(worker({"judge": kind(finishing)}, lead))
    audit.duty(lead.term)
    assert events(operation) == ["judge_begun", "judge_finished"]
    row = AuditRow.objects.get(event="judge_begun")
    assert (row.actor, row.subject, row.operation) == ("hanako", "all PCs", operation.id)
    assert row.at == Entry.objects.get(operation=operation.id, event="begun").at
    assert f"hanako began: judge all PCs (operation {operation.id})." in sentences()


def test_of_what_goes_on_by_itself_only_the_actions_are_told() -> None:
    lead = leader()
    begin("record", subject="reports")
    for name in ("record", "judge", "act", "mail"):
        Operation.objects.filter(kind="record").update(requester="inventory")
        begin(name, parent=1)

    def failing(work: Work) -> None:
        raise Permanent("550 no such user")

    kinds = {name: kind(finishing) for name in ("record", "judge", "act")} | {"mail": kind(failing)}
    work_off(worker(kinds, lead))
    audit.duty(lead.term)
    assert [event for (event,) in told("event")] == ["service_started", "mail_failed"]
    assert AuditRow.objects.get(event="mail_failed").detail["sentence"] == "550 no such user"


def test_every_decision_of_a_person_is_told_with_who_why_and_from_where() -> None:
    lead = leader()
    waiting, doubtful, failed = begin("judge"), begin("one", repeat="ask"), begin("two", repeat="ask")
    REQUEST_ADDRESS.set("192.0.2.7")
    with transaction():
        record.hold(waiting, "hanako", "too early")
        record.release(waiting, "jiro")
        record.cancel(waiting, "hanako", "not needed")
        for one in (doubtful, failed):
            claimed = record.claim(one.id, lead.term, {})
            assert claimed is not None
            record.doubt(claimed)
        record.it_ran(Operation.objects.get(id=doubtful.id), "hanako", "the receiver has it")
        record.redo(Operation.objects.get(id=failed.id), "jiro", "once more")
    REQUEST_ADDRESS.set("")
    audit.duty(lead.term)
    assert events(waiting) == ["judge_begun", "judge_held", "judge_released", "judge_cancelled"]
    assert events(doubtful) == ["one_begun", "one_in_doubt", "one_it_ran"]
    assert events(failed) == ["two_begun", "two_in_doubt", "two_redone"]
    again = Operation.objects.get(redo_of=failed.id)
    assert events(again) == ["two_begun"]
    row = AuditRow.objects.get(event="one_it_ran")
    assert (row.actor, row.address, row.detail["sentence"]) == ("hanako", "192.0.2.7", "the receiver has it")
    assert AuditRow.objects.get(event="two_redone").actor == "jiro"


def test_a_change_in_a_window_is_one_row_with_its_outcome() -> None:
    lead = leader()
    with pytest.raises(ZeroDivisionError):
        once("undone", lambda: {"x": 1 / 0}, actor="hanako", requester="console", key=None)
    once("Policy Default: saved", lambda: {"version": 3}, actor="hanako", requester="console", key="form:1")
    once("Policy Default: saved", lambda: {"version": 4}, actor="hanako", requester="console", key="form:1")
    audit.duty(lead.term)
    (row,) = AuditRow.objects.exclude(event="service_started")
    assert (row.event, row.actor, row.subject) == ("change_finished", "hanako", "Policy Default: saved")
    assert row.detail["version"] == 3


def test_start_and_stop_failover_and_who_was_deposed_are_told() -> None:
    lead = leader()
    with transaction():
        record.note(None, "deposed", {"id": "KNM0001-I", "node": "mgr-b", "term": 1})
    audit.duty(lead.term)
    assert told("event", "actor", "subject") == [
        ("service_started", "kanmon", HERE.node), ("deposed", "kanmon", HERE.node),
    ]  # fmt: skip


def test_eight_that_follow_at_the_same_time_tell_each_entry_once() -> None:
    lead = leader()
    done = threading.Event()

    def work(number: int) -> None:
        if number < 4:
            for turn in range(15):
                begin("judge", subject=f"{number} {turn}", actor="hanako")
        else:
            while not done.is_set():
                follow.follow(lead.term)

    thread = threading.Thread(target=lambda: results.extend(together(work, 8)))
    results: list[Any] = []
    thread.start()
    end = clock.monotonic() + 60
    while AuditRow.objects.filter(event="judge_begun").count() < 60 and clock.monotonic() < end:
        done.wait(0.05)
    done.set()
    thread.join()
    assert results == [None] * 8
    subjects = [subject for subject, event in told("subject", "event") if event == "judge_begun"]
    assert sorted(subjects) == sorted(f"{number} {turn}" for number in range(4) for turn in range(15))


def test_thousands_of_entries_are_taken_in_one_turn() -> None:
    lead = leader()
    with transaction():
        operations = [record.begin("judge", requester="api", subject=str(n), actor="x") for n in range(1500)]
        for one in operations:
            record.cancel(one, "x", "no")
    audit.duty(lead.term)
    assert len(told("seq")) == 3001


# --- written directly --------------------------------------------------------------------------------------------


def test_a_row_is_there_only_if_what_it_tells_is() -> None:
    def made(name: str) -> None:
        with transaction():
            tokens.create(name, "viewer", "hanako")
            rows.write("token_made", actor="hanako", subject=name)
            if name == "two":
                raise ZeroDivisionError

    made("one")
    with pytest.raises(ZeroDivisionError):
        made("two")
    assert told("subject") == [("one",)]
    assert [one.name for one in tokens.listed()] == ["one"]


def test_what_no_database_keeps_is_written_all_the_same() -> None:
    lead = leader()
    detail = {
        "nul": "a\x00b",
        "half": "\ud800",
        "number": 1e22,
        "deep": [[[[[[[[1]]]]]]]],
        "bytes": b"\xff",
        "now": clock,
    }
    rows.write("e" * 200, actor="ä" * 400, subject="\x00" * 400, detail=detail, address="x" * 100)
    audit.duty(lead.term)
    from kanmon.audit import check

    assert list(check.all_problems()) == []
    assert AuditRow.objects.get(actor__startswith="ä").detail["nul"] == "a?b"


@pytest.fixture
def hanako() -> User:
    with transaction():
        return User.objects.create_user("hanako", password="correct horse battery", role="viewer")


def sign_in(client: Client, name: str, password: str) -> int:
    return client.post("/account/login/", {"login": name, "password": password}, REMOTE_ADDR="192.0.2.7").status_code


def test_signing_in_and_out_and_failing_to_is_told(hanako: User) -> None:
    client = Client()
    assert sign_in(client, "hanako", "wrong") == 200
    assert sign_in(client, "geheim-typed-here-by-mistake", "hanako") == 200
    assert sign_in(client, "hanako", "correct horse battery") == 302
    client.post("/account/logout/", REMOTE_ADDR="192.0.2.7")
    assert told("event", "actor", "address") == [
        ("sign_in_failed", "hanako", "192.0.2.7"),
        ("sign_in_failed", "", "192.0.2.7"),
        ("signed_in", "hanako", "192.0.2.7"),
        ("signed_out", "hanako", "192.0.2.7"),
    ]
    whole = str(told(*[field.name for field in AuditRow._meta.fields]))
    assert "geheim" not in whole
    assert "horse" not in whole
    assert sentences()[2] == "hanako signed in."
    assert sentences("ja")[2] == "hanako がサインインしました。"


def test_nobody_is_signed_in_whose_sign_in_can_not_be_told(hanako: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(rows, "write", full)
    client = Client(raise_request_exception=False)
    assert sign_in(client, "hanako", "correct horse battery") == 500
    monkeypatch.undo()
    assert client.get("/").status_code == 302, "sent to the sign-in page"


def asked(path: str, token: str, address: str = "192.0.2.9") -> Any:
    request: Any = RequestFactory().post(path, REMOTE_ADDR=address, HTTP_AUTHORIZATION=f"Bearer {token}")
    request.auth = caller(request)
    return request


def test_what_a_role_may_not_is_told_with_what_was_asked_for(hanako: User) -> None:
    request = asked("/api/v1/tokens", tokens.create("reader", "viewer", "hanako"))
    with pytest.raises(Refused, match="manage_tokens"):
        need(request, "manage_tokens")
    (row,) = AuditRow.objects.all()
    assert (row.event, row.actor, row.address) == ("permission_refused", "token:reader", "192.0.2.9")
    assert row.subject == "POST /api/v1/tokens"
    assert "manage_tokens" in sentences()[0]
    assert asked("/api/v1/status", "kna_" + "x" * 43).auth is None
    assert told("event", "actor", "address")[1:] == [("sign_in_failed", "", "192.0.2.9")]


def test_a_flood_of_refusals_is_some_rows_and_then_one_with_the_count(
    hanako: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked("/api/v1/tokens", tokens.create("reader", "viewer", "hanako"))
    other = asked("/api/v1/tokens", tokens.create("other", "viewer", "hanako"))
    for _ in range(500):
        with pytest.raises(Refused):
            need(request, "manage_tokens")
    with pytest.raises(Refused):
        need(other, "manage_tokens")
    actors = [actor for (actor,) in told("actor")]
    assert actors == ["token:reader"] * refusals.MOST_OF_ONE + ["token:other"]
    refusals.flush()
    assert len(told("seq")) == refusals.MOST_OF_ONE + 2
    last = AuditRow.objects.latest("seq")
    assert (last.event, last.actor, last.detail["count"]) == ("permission_refused", "token:reader", 490)
    assert "490" in sentences()[-1]
    refusals.flush()
    assert len(told("seq")) == refusals.MOST_OF_ONE + 2, "counted once"


def test_the_count_is_written_when_the_minute_is_over_without_anybody_asking_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusals, "SECONDS", 0.3)
    for _ in range(30):
        refusals.sign_in(RequestFactory().post("/", REMOTE_ADDR="192.0.2.1"), "", "password")
    end = clock.monotonic() + 30
    while not AuditRow.objects.filter(detail__id="KNM4205-W").exists() and clock.monotonic() < end:
        threading.Event().wait(0.05)
    counted = sum(one.detail.get("count", 1) for one in AuditRow.objects.all())
    assert counted == 30


def test_a_flood_from_everywhere_is_bounded_too() -> None:
    for number in range(3000):
        request = RequestFactory().post("/", REMOTE_ADDR=f"192.0.{number % 250}.{number // 250}")
        refusals.sign_in(request, "", "password")
    assert len(told("seq")) == refusals.MOST_OF_ALL
    refusals.flush()
    assert len(told("seq")) <= 2 * refusals.MOST_OF_ALL
    assert sum(one.detail.get("count", 1) for one in AuditRow.objects.all()) == 3000


def test_settings_that_differ_from_the_start_before_are_told_and_secrets_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KANMON_DATABASE_URL", raising=False)
    config.forget()
    assert start.note_settings() == []
    monkeypatch.setenv("KANMON_MAIL_SERVER", "mail.example.test:25")
    monkeypatch.setenv("KANMON_DATABASE_URL", "postgresql://kanmon:geheim1@db/kanmon")
    config.forget()
    assert start.note_settings() == ["database.url", "mail.server"]
    assert start.note_settings() == []
    monkeypatch.setenv("KANMON_DATABASE_URL", "postgresql://kanmon:geheim2@db/kanmon")
    config.forget()
    assert start.note_settings() == ["database.url"], "another secret is another setting"
    first, second = AuditRow.objects.order_by("seq")
    assert first.detail["settings"]["mail.server"] == {"before": "", "now": "mail.example.test:25"}
    assert first.detail["settings"]["database.url"] == {"before": "", "now": "***"}
    assert second.detail["settings"] == {"database.url": {"before": "***", "now": "***"}}
    assert "geheim" not in str(list(AuditRow.objects.values())) + str(list(StartSettings.objects.values()))
    monkeypatch.undo()
    config.forget()


# --- read --------------------------------------------------------------------------------------------------------


def test_a_list_is_filtered_and_a_row_of_another_version_is_shown_as_it_is() -> None:
    rows.write("signed_in", actor="hanako", detail={"id": "KNM4201-I"}, address="192.0.2.7")
    rows.write("signed_out", actor="jiro", detail={"id": "KNM4203-I"}, address="198.51.100.1")
    rows.write("later", actor="jiro", subject="what", detail={"id": "KNM4999-I"}, operation=5)

    def found(**wanted: Any) -> list[str]:
        return [one["event"] for one in read.listed(read.Filter(**wanted), 10, "en")]

    assert found() == ["later", "signed_out", "signed_in"]
    assert found(actor="jiro") == ["later", "signed_out"]
    assert found(event="sign*") == ["signed_out", "signed_in"]
    assert found(event="sign") == []
    assert found(search="198.51") == ["signed_out"]
    assert found(operation=5) == ["later"]
    middle = AuditRow.objects.get(event="signed_out")
    assert found(since=middle.at) == ["later", "signed_out"]
    assert found(until=middle.at) == ["signed_in"]
    assert found(before=middle.seq) == ["signed_in"]
    assert sentences()[-1] == "later what"


def test_a_command_on_the_same_machine_comes_from_local(tmp_path: Path) -> None:
    client = Client()
    made = client.post(
        "/api/v1/tokens", {"name": "nightly"}, content_type="application/json", HTTP_X_KANMON_LOCAL="root"
    )
    assert made.status_code == 200
    lead = leader()
    audit.duty(lead.term)
    (row,) = AuditRow.objects.filter(event="token_made")
    assert (row.actor, row.address, row.detail["name"], row.detail["role"]) == ("os:root", "local", "nightly", "viewer")
    assert made.json()["token"] not in str(list(AuditRow.objects.values()))
    client.delete("/api/v1/tokens/nightly", HTTP_X_KANMON_LOCAL="root")
    audit.duty(lead.term)
    assert sentences()[-1] == "os:root revoked the token nightly."
