"""A PC is removed from management and refused in the network, also when the Manager is killed in the middle; when it
reports again it is managed again, and a person lets it back in.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.processes import AgentProcess
from tests.conftest import KANMON, ManagerProcess, until
from tests.stories.test_a_call_that_is_sent_again_is_not_done_twice import Caller
from tests.stories.test_a_pc_is_cut_off_and_let_back_in import Make, enrol, mac, send, start


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    made = AgentProcess(tmp_path / "agent")
    yield made
    made.kill()


def hosts(manager: ManagerProcess, *words: str) -> list[str]:
    return [one["host"] for one in manager.json("pcs", *words)]


def ended(manager: ManagerProcess, kind: str) -> list[dict[str, Any]]:
    return [one for one in manager.json("operations", "--kind", kind) if one["state"] == "finished"]


@pytest.mark.parametrize("fault", ["pcs_written:1=kill", "after_claim:2=kill", "network_written:1=kill"])
def test_killed_on_the_way_it_is_removed_once_and_refused(
    make_manager: Make, tmp_path: Path, agent: AgentProcess, fault: str
) -> None:
    manager = start(make_manager, tmp_path, removed_pcs="refuse")
    enrol(manager, agent)
    token = manager.token()
    for number in (1, 2):
        send(manager, token, number)
    agent.until_network({mac(1): "permit", mac(2): "permit"})
    until(manager.idle)
    manager.kill()
    manager.start(fault=fault)
    order = subprocess.Popen(
        [KANMON, "pcs", "remove", "pc-0001", "--reason", "stolen", "--yes"],
        env=manager.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(manager.ended, 60)
    manager.start()
    assert order.communicate(timeout=120)[0] == "Removed from management: 1 PC.\n", "the command waits for the Manager"
    agent.until_network({mac(1): "refuse", mac(2): "permit"})
    until(manager.idle)
    assert (hosts(manager), hosts(manager, "--removed")) == (["pc-0002"], ["pc-0001"])
    assert [one["outcome"]["changed"] for one in ended(manager, "pcs")] == [1]
    refusals = [one for one in manager.json("network", "orders", "--host", "pc-0001") if one["wanted"] == "refuse"]
    assert [one["reason"].endswith("stolen") for one in refusals] == [True], "once, with its reason"


def test_a_removed_pc_that_reports_again_is_back_and_stays_refused(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager = start(make_manager, tmp_path, removed_pcs="refuse")
    enrol(manager, agent)
    token = manager.token()
    send(manager, token, 1)
    agent.until_network({mac(1): "permit"})
    until(manager.idle)
    asked = manager.run("pcs", "remove", "pc-0001", check=False)
    assert (asked.returncode, "KNM1138-E" in asked.stderr, "Remove 1 PC" in asked.stderr) == (1, True, True)
    assert hosts(manager) == ["pc-0001"]
    manager.run("pcs", "remove", "pc-0001", "--yes")
    agent.until_network({mac(1): "refuse"})
    assert "Removed from management since" in manager.run("pc", "pc-0001").stdout
    send(manager, token, 1, antivirus=[])
    until(lambda: manager.json("pcs", "--level", "danger"))
    until(manager.idle)
    assert "KNM1136-I" in manager.log()
    (told,) = until(lambda: manager.json("audit", "list", "--event", "pc_back"))
    assert "pc-0001" in told["subject"]
    assert agent.network() == {mac(1): "refuse"}, "until a person lifts it"
    manager.run("network", "lift", "--host", "pc-0001")
    agent.until_network({mac(1): "deny"})


def test_a_program_removes_once_and_needs_the_permission(manager: ManagerProcess) -> None:
    send(manager, manager.token(), 1)
    send(manager, manager.token("more"), 2, host="manage")
    until(lambda: len(hosts(manager, "--level", "safe")) == 2)
    ci, order = Caller(manager, "ci"), {"wanted": "remove", "pcs": ["pc-0001"], "reason": "sold"}
    status, first = ci.call("POST", "/pcs/manage", order, "k1")
    assert (status, first["subject"]) == (200, "removal of 1 PC")
    until(lambda: hosts(manager, "--removed") == ["pc-0001"])
    assert ci.call("POST", "/pcs/manage", {**order, "wanted": "enable"})[0] == 200
    until(lambda: len(hosts(manager, "--level", "safe")) == 2)
    assert ci.call("POST", "/pcs/manage", order, "k1")[1]["id"] == first["id"], "sent again, it removes nothing again"
    until(manager.idle)
    assert hosts(manager, "--removed") == []
    assert ci.call("POST", "/pcs/manage", {**order, "pcs": ["no-such-pc"]})[1]["id"] == "KNM6010-E"
    assert ci.call("POST", "/pcs/manage", {**order, "wanted": "sell"})[0] == 422
    assert ci.call("POST", "/pcs/manage", {**order, "pcs": []})[0] == 422
    assert ci.call("GET", "/pcs/manage")[1]["host"] == "manage"
    ci.token = manager.run("token", "create", "screen", "--api", "--role", "viewer").stdout.strip()
    assert ci.call("POST", "/pcs/manage", order)[1]["id"] == "KNM7001-E"
    told = {one["event"]: one["actor"] for one in manager.json("audit", "list", "--event", "pcs_*")}
    assert told == {"pcs_begun": "token:ci", "pcs_finished": "token:ci"}
    by_file = manager.home / "pcs.txt"
    by_file.write_text("pc-0001\nno-such-pc\n")
    assert manager.run("pcs", "disable", "-f", str(by_file), "--yes", check=False).returncode == 3
    by_file.write_text("")
    assert "KNM1139-E" in manager.run("pcs", "disable", "-f", str(by_file), "--yes", check=False).stderr
    assert manager.run("pcs", "disable", "-k", "/", "--yes").stdout == "Management disabled: 2 PCs.\n"
    assert "not judged" in manager.run("pc", "pc-0001").stdout
