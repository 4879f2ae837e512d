"""A node dies while a command runs; the other can't tell whether it did. A person decides, by command and by the API."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MailServer, ManagerProcess, pc_json, until

PROGRAM = (
    '#!/bin/sh\necho "$KANMON_OPERATION" >> {ledger}\n[ -e {held} ] && [ $KANMON_ATTEMPT = 1 ] && sleep 600\nexit 0\n'
)
POLICY = "{kind: action, name: Default, danger: {command: {program: open-ticket}}}"


@pytest.fixture
def doubtful(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer, tmp_path: Path
) -> tuple[ManagerProcess, int, Path]:
    """mgr-a is killed while a command runs, mgr-b takes its home over: Manager, operation, the command's own ledger."""
    programs, ledger, held = tmp_path / "programs", tmp_path / "ledger", tmp_path / "held"
    programs.mkdir(mode=0o755)
    program = programs / "open-ticket"
    program.write_text(PROGRAM.format(ledger=ledger, held=held))
    program.chmod(0o755)
    held.touch()
    command = {"folder": str(programs), "work_folder": str(tmp_path / "work"), "grace_seconds": 1}
    mail = mail_server.settings | {"failover_report_seconds": 1}
    manager = make_manager(command=command, mail=mail, action={"collect_seconds": 0})
    manager.node = "mgr-a"
    manager.start()
    (tmp_path / "actions.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    assert manager.post(json.dumps(pc_json(1, antivirus=[])).encode(), manager.token())[0] == 200
    until(ledger.exists, 60)
    manager.kill()
    manager.node = "mgr-b"
    manager.start()
    until(lambda: "KNM4004-W" in manager.log(), 60)
    (operation,) = manager.json("operations", "--kind", "command")
    assert operation["state"] == "in_doubt"
    held.unlink()
    return manager, operation["id"], ledger


def call(manager: ManagerProcess, token: str, path: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
    """A POST to the API: status and answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    request = urllib.request.Request(f"{manager.url}/api/v1{path}", json.dumps(body).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        return problem.code, json.load(problem)


def test_the_report_asks_and_the_answer_is_written_down(
    doubtful: tuple[ManagerProcess, int, Path], mail_server: MailServer
) -> None:
    manager, id, ledger = doubtful
    asked = manager.run("report", "failover", check=False)
    assert asked.returncode == 1, "somebody has to decide"
    assert "In doubt, for a person to decide: 1" in asked.stdout
    assert f"choose: kanmon redo {id}, kanmon it-ran {id}, kanmon close {id}" in asked.stdout
    assert "was to be started on mgr-a" in asked.stdout, "where to look"
    assert manager.run("operation", str(id), check=False).returncode == 1
    unhealthy = manager.run("health", check=False)
    assert unhealthy.returncode == 1
    assert unhealthy.stdout.startswith("KNM4283-E In doubt: 1 operations.")
    until(lambda: mail_server.mails, 60)
    assert mail_server.mails[0]["Subject"] == "Failover from mgr-a to mgr-b, 1 need a person"
    done = manager.run("redo", str(id), "--because", "no ticket in the queue")
    assert f"Operation {id} is done again as operation" in done.stdout
    assert len(ledger.read_text().splitlines()) == 2
    report = manager.json("report", "failover")
    (row,) = [row for group in report["groups"] for row in group["operations"] if row["id"] == id]
    assert (row["outcome"], row["said"]["en"]) == (
        "redone", f"Done again as operation {row['again']}, by {row['said']['params']['actor']}."
    )  # fmt: skip
    assert (report["needs_person"], report["in_doubt"]) == (0, [])
    refused = manager.run("it-ran", str(id), check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"KNM4299-E Operation {id} is cancelled; it can't it-ran."
    told = manager.json("operation", str(id))
    assert (told["outcome"]["said_by"], told["outcome"]["sentence"]) == (
        row["said"]["params"]["actor"],
        "no ticket in the queue",
    )


def test_a_call_that_is_sent_again_redoes_it_once_and_a_viewer_may_not(
    doubtful: tuple[ManagerProcess, int, Path],
) -> None:
    manager, id, ledger = doubtful
    viewer = manager.run("token", "create", "screen", "--api").stdout.strip()
    program = manager.run("token", "create", "desk", "--api", "--role", "security_administrator").stdout.strip()
    path = f"/operations/{id}/redo"
    assert call(manager, viewer, path, {"because": ""}, "k")[0] == 403
    status, first = call(manager, program, path, {"because": "no ticket"}, "k")
    assert (status, first["now"], first["state"]) == (200, True, "cancelled")
    manager.kill()
    manager.start()
    status, second = call(manager, program, path, {"because": "no ticket"}, "k")
    assert (status, second["now"], second["again"]) == (200, False, first["again"])
    until(manager.idle, 60)
    assert len(ledger.read_text().splitlines()) == 2, "once by mgr-a, once by the redo"
    assert call(manager, program, path, {"because": ""}, "another")[1]["again"] == first["again"]
    status, problem = call(manager, program, f"/operations/{id}/close", {"because": ""}, "third")
    assert (status, problem["id"]) == (409, "KNM4299-E")
    assert call(manager, program, "/operations/99999/redo", {"because": ""}, "fourth")[0] == 404
