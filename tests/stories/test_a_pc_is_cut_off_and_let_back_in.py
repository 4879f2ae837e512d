"""A PC turns dangerous, is cut off by a real agent, is mended, and is let back in: with the Manager's and the agent's own
processes, mutual TLS between them, and the simulated device at the end.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.agent.processes import AgentProcess
from tests.conftest import ManagerProcess, pc_json, until
from tests.postgresql import free_port

Make = Callable[..., ManagerProcess]
POLICY = "{kind: action, name: Default, danger: {network: deny}, safe: {network: permit}}"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    made = AgentProcess(tmp_path / "agent")
    yield made
    made.kill()


def start(
    make_manager: Make, tmp_path: Path, fault: str = "", action: dict[str, Any] | None = None, **network: Any
) -> ManagerProcess:
    """A Manager that cuts off what is dangerous, and listens to agents."""
    manager = make_manager(
        agents={"listen": f"127.0.0.1:{free_port()}"},
        action={"collect_seconds": 0} | (action or {}),
        network=network,
    ).start(fault=fault)
    (tmp_path / "actions.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    return manager


def enrol(manager: ManagerProcess, agent: AgentProcess) -> None:
    agent.enrol(manager.run("network", "invite", "gateway-1").stdout.strip())
    agent.start()


def mac(number: int) -> str:
    return pc_json(number)["identity"]["macs"][0]


def send(manager: ManagerProcess, token: str, number: int, **changes: Any) -> None:
    assert manager.post(json.dumps(pc_json(number, **changes)).encode(), token)[0] == 200


def test_a_pc_is_cut_off_and_let_back_in(make_manager: Make, tmp_path: Path, agent: AgentProcess) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    token = manager.token()
    send(manager, token, 1, antivirus=[])
    send(manager, token, 2)
    agent.until_network({mac(1): "deny", mac(2): "permit"})
    until(lambda: {one["progress"] for one in manager.json("network", "orders")} <= {"acknowledged", "verified"})
    (row,) = [one for one in manager.json("network", "list") if one["state"] == "deny"]
    assert (row["mac"], row["why"], row["reason"]) == (mac(1), "policy", "danger: Default")
    send(manager, token, 1)
    agent.until_network({mac(1): "permit", mac(2): "permit"})


def test_an_emergency_holds_against_the_policy_until_it_is_lifted(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    token = manager.token()
    send(manager, token, 1)
    agent.until_network({mac(1): "permit"})
    manager.run("network", "refuse", "--host", "pc-0001", "--reason", "stolen")
    agent.until_network({mac(1): "refuse"})
    send(manager, token, 1, antivirus=[])
    send(manager, token, 1)
    until(manager.idle)
    assert agent.network() == {mac(1): "refuse"}
    manager.run("network", "lift", "--mac", mac(1))
    agent.until_network({mac(1): "permit"})


def test_a_list_of_devices_is_permitted(make_manager: Make, tmp_path: Path, agent: AgentProcess) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    listed = tmp_path / "printers.csv"
    listed.write_text("mac,note\n02-00-5E-10-00-01,door\n# gone: 02:00:5e:10:00:09\n0200.5e10.0002\n")
    done = manager.json("network", "permit", "--file", str(listed), "--reason", "building")
    assert [len(one["orders"]) for one in done] == [2]
    agent.until_network({"02:00:5e:10:00:01": "permit", "02:00:5e:10:00:02": "permit"})
    listed.write_text("nonsense\n")
    assert "KNM8450-E" in manager.run("network", "permit", "--file", str(listed), check=False).stderr


def pcs_that_wait(manager: ManagerProcess) -> list[dict[str, Any]]:
    """About whom a person is asked."""
    return [pc for one in manager.json("waiting") for pc in manager.json("waiting", str(one["number"]))]


def test_more_than_the_cap_wait_for_a_person(make_manager: Make, tmp_path: Path, agent: AgentProcess) -> None:
    manager = start(make_manager, tmp_path, action={"most_per_hour": ["network=1"]})
    enrol(manager, agent)
    token = manager.token()
    for number in (1, 2, 3):
        send(manager, token, number, antivirus=[])
    waiting = until(lambda: len(found := pcs_that_wait(manager)) == 2 and found)
    (cut,) = {mac(number) for number in (1, 2, 3)} - {mac(int(one["host"][-1])) for one in waiting}
    agent.until_network({cut: "deny"})
    manager.run("approve", "--pc", waiting[0]["host"])
    agent.until_network({cut: "deny", mac(int(waiting[0]["host"][-1])): "deny"})
    send(manager, token, int(waiting[1]["host"][-1]))  # mended before anybody has decided
    until(lambda: not manager.json("waiting"))


@pytest.mark.parametrize("fault", ["network_written:1=kill", "before_commit:12=kill", "after_commit:14=kill"])
def test_killed_on_the_way_it_is_cut_off_all_the_same(
    make_manager: Make, tmp_path: Path, agent: AgentProcess, fault: str
) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    token = manager.token()
    manager.kill()
    manager.start(fault=fault)
    with suppress(OSError, HTTPException):  # it may die while it answers
        manager.post(json.dumps(pc_json(1, antivirus=[])).encode(), token)
    until(manager.ended, 60)
    manager.start()
    send(manager, token, 1, antivirus=[])
    agent.until_network({mac(1): "deny"})
    until(manager.idle)
    assert [one["wanted"] for one in manager.json("network", "orders")] == ["deny"], "once"


def test_a_revoked_agent_is_listened_to_no_more(make_manager: Make, tmp_path: Path, agent: AgentProcess) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    until(lambda: [one["seen_at"] for one in manager.json("network", "agents")] != [None])
    manager.run("network", "revoke", "gateway-1")
    until(lambda: agent.said("KNM8425-E"))
    send(manager, manager.token(), 1, antivirus=[])
    until(manager.idle)
    assert agent.network() == {}


def test_a_killed_agent_goes_on_and_the_log_says_what_was_under_way(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    token = manager.token()
    send(manager, token, 1)
    agent.until_network({mac(1): "permit"})
    agent.kill()
    send(manager, token, 1, antivirus=[])
    send(manager, token, 2, antivirus=[])
    until(lambda: len(manager.json("network", "orders", "--open")) == 2)
    agent.start()
    agent.until_network({mac(1): "deny", mac(2): "deny"})
    until(lambda: "KNM8437-I" in manager.log())
    (line,) = [line for line in manager.log().splitlines() if "KNM8435-I" in line]
    assert "Agent gateway-1 was started again" in line
    assert "2 orders were under way" in line
    (row,) = manager.json("network", "agents")
    assert row["last_start"]["under_way"] == 2
    assert row["last_start"]["caught_up_at"]


def test_taking_the_denial_out_of_a_policy_lets_nobody_back(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    send(manager, manager.token(), 1, antivirus=[])
    agent.until_network({mac(1): "deny"})

    def policy(text: str) -> None:
        (tmp_path / "actions.yaml").write_text(text)
        manager.run("policy", "import", str(tmp_path / "actions.yaml"))
        manager.run("judge", "--all")
        until(manager.idle, 60)

    policy("{kind: action, name: Default, safe: {network: permit}}")
    assert {one["state"] for one in manager.json("network", "list")} == {"deny"}, (
        "it says nothing against what was ordered"
    )
    policy("{kind: action, name: Default, danger: {network: permit, when: every_judgment}}")
    agent.until_network({mac(1): "permit"})


def test_a_pc_whose_management_is_disabled_stays_as_it_is(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager = start(make_manager, tmp_path)
    enrol(manager, agent)
    token = manager.token()
    send(manager, token, 1, antivirus=[])
    send(manager, token, 2)
    agent.until_network({mac(1): "deny", mac(2): "permit"})
    manager.stop()
    database = sqlite3.connect(manager.home / "kanmon.sqlite3")
    with database:
        assert database.execute("UPDATE pc SET managed = 0").rowcount == 2
    database.close()
    manager.start()
    send(manager, token, 1)
    send(manager, token, 2, antivirus=[])
    until(manager.idle, 60)
    assert {one["mac"]: one["state"] for one in manager.json("network", "list")} == {mac(1): "deny", mac(2): "permit"}
