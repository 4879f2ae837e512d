"""kill -9 of a real Manager; then the report, by command and as JSON, against what a person finds in the Manager log."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import MailServer, ManagerProcess, pc_json, until
from tests.failover.by_hand import interrupted


def dangerous(manager: ManagerProcess, token: str, number: int) -> None:
    """A PC without antivirus reports."""
    status, _, body = manager.post(json.dumps(pc_json(number, antivirus=[])).encode(), token)
    assert status == 200, body


def rows(report: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The operations of a report, by number; each stands in one group."""
    found = [row for group in report["groups"] for row in group["operations"]]
    assert sum(group["count"] for group in report["groups"]) == len(found) == report["running"]
    return {row["id"]: row for row in found}


@pytest.fixture
def killed(make_manager: Callable[..., ManagerProcess], mail_server: MailServer) -> Callable[[str], ManagerProcess]:
    """A Manager that was killed at this point of its work on a dangerous PC, and is started again and idle."""

    def killed(point: str) -> ManagerProcess:
        manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 0})
        manager.start()
        token = manager.token()
        manager.stop()
        manager.start(fault=f"{point}=kill")
        dangerous(manager, token, 1)
        until(manager.ended, 60)
        manager.start()
        until(manager.idle, 60)
        return manager

    return killed


def test_a_judgment_that_was_killed_is_told_as_resumed(killed: Callable[[str], ManagerProcess]) -> None:
    manager = killed("judge_chunk:1")
    report = manager.json("report", "failover")
    assert report["cause"] == "crash"
    assert report["needs_person"] == 0
    assert report["unserved"]["seconds"] > 0
    found = rows(report)
    judged = [row for row in found.values() if row["kind"] == "judge"]
    assert [row["outcome"] for row in judged] == ["resumed"]
    assert judged[0]["state"] == "finished"
    assert {row["kind"] for row in found.values() if row["outcome"] == "finished_before"} == {"record", "change", "act"}
    assert_same_as_by_hand(manager, found)
    said = manager.run("report", "failover").stdout
    assert "started again; before, it had ended without stopping in order." in said
    assert "Action (Agent): none was running" in said
    assert "Not acknowledged yet" in said
    japanese = manager.run("report", "failover", "--language", "ja").stdout
    assert "アクション（エージェント）: 実行中のものはありませんでした" in japanese


def test_a_mail_that_was_taken_before_the_kill_is_told_as_a_possible_repeat(
    killed: Callable[[str], ManagerProcess], mail_server: MailServer
) -> None:
    manager = killed("after_effect:1")
    found = rows(manager.json("report", "failover"))
    mail = next(row for row in found.values() if row["kind"] == "mail" and row["outcome"] != "finished_before")
    assert (mail["group"], mail["outcome"], mail["state"]) == ("action", "may_repeat", "finished")
    about = [one for one in mail_server.mails if one["Message-ID"] in mail["said"]["en"]]
    assert len(about) == 2, "sent twice, under the same Message-ID, and the report says so"
    assert_same_as_by_hand(manager, found)


def test_a_change_that_is_sent_again_after_the_kill_is_done_once(manager: ManagerProcess) -> None:
    def make() -> dict[str, Any]:
        secret = manager.run("token", "create", "program", "--api", "--role", "administrator").stdout.strip()
        return {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Idempotency-Key": "k-1"}

    headers = make()
    body = json.dumps({"name": "branch-osaka"}).encode()

    def post() -> dict[str, Any]:
        request = urllib.request.Request(manager.url + "/api/v1/sources", body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))

    first = post()
    manager.kill()
    manager.start()
    assert post()["operation"] == first["operation"]
    assert [row["name"] for row in manager.json("token", "list")].count("branch-osaka") == 1
    row = rows(manager.json("report", "failover"))[first["operation"]]
    assert (row["group"], row["outcome"]) == ("window", "suppressed")


def test_a_failover_is_a_warning_until_somebody_acknowledges_it(killed: Callable[[str], ManagerProcess]) -> None:
    manager = killed("decided:1")
    told = manager.run("health", "--json", check=False)
    assert told.returncode == 1
    assert "KNM4282-W" in [one["id"] for one in json.loads(told.stdout)["warnings"]]
    assert manager.run("acknowledge", "failover").stdout.startswith("Acknowledged: ")
    assert manager.run("acknowledge", "failover").stdout.strip() == "Acknowledged: there was none"
    healthy = manager.run("health")
    assert healthy.stdout.strip() == "Healthy."
    assert manager.json("report", "failover")["acknowledged_by"].startswith("os:")
    manager.stop()
    manager.start()
    assert manager.json("report", "failover")["cause"] == "clean"
    assert manager.run("health").stdout.strip() == "Healthy."


def assert_same_as_by_hand(manager: ManagerProcess, found: dict[int, dict[str, Any]]) -> None:
    """Who searches the Manager log for a service start between start and end of an operation finds the same."""
    expected = {row["id"] for row in found.values() if row["outcome"] != "finished_before"}
    assert interrupted(manager.log()) == expected


def test_the_administrators_get_the_report_of_a_failover_once(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer
) -> None:
    manager = make_manager(mail=mail_server.settings | {"failover_report_seconds": 1}, action={"collect_seconds": 0})
    manager.start()
    manager.kill()
    manager.start()
    until(lambda: mail_server.mails, 60)
    until(manager.idle, 60)
    manager.stop()
    manager.start()
    until(manager.idle, 60)
    (mail,) = mail_server.mails
    assert mail["Subject"].endswith("started again, nothing is to be done")
    text = mail.get_body().get_content()
    assert "started again; before, it had ended without stopping in order." in text
    assert f"{manager.url}/failovers/" in text
