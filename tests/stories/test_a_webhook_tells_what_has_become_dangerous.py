"""A webhook: an action policy that people take in, a receiver that checks the signature, and a kill in between."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from kanmon.action.webhook_body import Body
from tests.conftest import ManagerProcess, pc_json, until
from tests.failover.checker import check_log
from tests.receiver import Receiver, receiving

Make = Callable[..., ManagerProcess]
POLICY = "{kind: action, name: Default, danger: {webhook: {to: siem}}}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiving() as one:
        yield one


def start(
    make_manager: Make, receiver: Receiver, tmp_path: Path, fault: str = "", **more: dict[str, object]
) -> ManagerProcess:
    """A Manager whose policy orders a webhook to "siem" for each PC that becomes dangerous."""
    settings = receiver.settings("siem", tmp_path / "webhook-secrets")
    manager = make_manager(webhook=settings, action={"collect_seconds": 2}, **more).start(fault=fault)
    (tmp_path / "actions.yaml").write_text(POLICY)
    assert manager.run("policy", "import", str(tmp_path / "actions.yaml")).stdout.startswith("Default version 2")
    return manager


def send_dangerous(manager: ManagerProcess, count: int) -> None:
    """Reports of ``count`` PCs without antivirus."""
    token = manager.token()
    for number in range(count):
        assert manager.post(json.dumps(pc_json(number, antivirus=[])).encode(), token)[0] == 200


def test_pcs_of_one_collecting_window_stand_in_one_webhook(
    make_manager: Make, receiver: Receiver, tmp_path: Path
) -> None:
    manager = start(make_manager, receiver, tmp_path)
    send_dangerous(manager, 3)
    until(lambda: receiver.done, 60)
    until(manager.idle)
    (request,) = receiver.requests
    told = msgspec.json.decode(request.body, type=Body, strict=True)
    assert (told.type, told.data.id, told.data.level, told.data.when) == (
        "kanmon.level", request.headers["webhook-id"], "danger", "level_changed"
    )  # fmt: skip
    assert (told.data.policy.name, told.data.policy.version) == ("Default", 2)
    assert (told.data.run.cause, told.data.counts.pcs, told.data.counts.listed) == ("inventory", 3, 3)
    assert [pc.host for pc in told.data.pcs] == ["pc-0000", "pc-0001", "pc-0002"]
    assert all("No antivirus product found" in pc.why and pc.level == "danger" for pc in told.data.pcs)
    (row,) = manager.json("operations", "--kind", "webhook")
    assert told.data.link == f"{manager.url}/operations/{row['id']}"
    assert row["state"] == "finished"
    line = next(line for line in manager.log().splitlines() if "KNM3101-I" in line)
    assert "success. siem took it: 204 No Content." in line
    check_log(manager.home)


def test_killed_after_it_was_taken_the_receiver_gets_the_same_bytes_and_does_it_once(
    make_manager: Make, receiver: Receiver, tmp_path: Path
) -> None:
    manager = start(make_manager, receiver, tmp_path, fault="after_effect:1=kill")
    send_dangerous(manager, 1)
    until(manager.ended, 60)
    assert len(receiver.done) == 1
    manager.start()
    until(lambda: len(receiver.requests) == 2, 60)
    until(manager.idle)
    first, second = receiver.requests
    assert (first.body, first.key) == (second.body, second.key)
    assert [first.flagged, second.flagged] == [False, True]
    assert second.headers["x-kanmon-attempt"] == "2"
    assert len(receiver.done) == 1, "it knows it by its Idempotency-Key"
    assert f"webhook may be a repeat; receivers know it by {first.key}" in manager.log()
    check_log(manager.home)


def test_a_target_that_is_not_set_is_said_in_the_log(make_manager: Make, receiver: Receiver, tmp_path: Path) -> None:
    manager = start(make_manager, receiver, tmp_path)
    (tmp_path / "actions.yaml").write_text(POLICY.replace("siem", "pager"))
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    send_dangerous(manager, 1)
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM3101-I" in one], 60)[0]
    assert "not_executed. No webhook is sent: webhook.targets has no address for pager." in line


class TestTakingPoliciesIn:
    """``kanmon policy import``: an action policy becomes a new version, or is refused with the line."""

    def test_the_same_again_makes_no_version(self, manager: ManagerProcess, tmp_path: Path) -> None:
        file = tmp_path / "actions.yaml"
        file.write_text(POLICY)
        for _ in range(2):
            assert manager.run("policy", "import", str(file)).stdout.startswith("Default version 2")
        file.write_text(POLICY.replace("Default", "Mine"))
        assert manager.run("policy", "import", str(file)).stdout == "Mine version 1\n"
        shown = manager.run("policy", "show", "Mine", "--kind", "action").stdout
        assert "webhook:\n    to: siem\n" in shown
        (row,) = [row for row in manager.json("policy", "list") if (row["kind"], row["name"]) == ("action", "Default")]
        assert row["author"].startswith("os:")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{kind: judgment, name: Initial}", "KNM3121-E"),
            ("{kind: action, name: Initial}", "KNM3121-E"),
            ("{kind: action, name: x, danger: {webhook: {to: UPPER CASE}}}", "KNM5004-E"),
            ("{kind: action, name: x, danger: {webhook: {}}}", "KNM5005-E"),
            ("{kind: action, name: x, danger: {webhok: {to: siem}}}", "KNM5002-E"),
        ],
    )
    def test_what_is_wrong_is_refused(self, text: str, said: str, manager: ManagerProcess, tmp_path: Path) -> None:
        (tmp_path / "actions.yaml").write_text(text)
        done = manager.run("policy", "import", str(tmp_path / "actions.yaml"), check=False)
        assert done.returncode == 1
        assert done.stderr.startswith(said), done.stderr

    def test_who_may_only_look_may_not(self, manager: ManagerProcess, tmp_path: Path) -> None:
        (tmp_path / "actions.yaml").write_text(POLICY)
        (tmp_path / "token").write_text(manager.run("token", "create", "viewer", "--api").stdout)
        done = manager.run(
            "policy", "import", str(tmp_path / "actions.yaml"), "--server", manager.url, "--token-file",
            str(tmp_path / "token"), check=False,
        )  # fmt: skip
        assert "KNM7001-E" in done.stderr
        assert [row["version"] for row in manager.json("policy", "list") if row["kind"] == "action"] == [1, 1]
