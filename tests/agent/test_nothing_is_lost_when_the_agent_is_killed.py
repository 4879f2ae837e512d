"""The agent killed with SIGKILL between an order and its answer: real processes, a real wire, a real disk.

What must hold: an order that the agent has kept is carried out and answered by the next process, without the Manager's
giving it again; nothing is told that is not kept; the device ends as the newest orders say.
"""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.agent.ledger import Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.conftest import CAMPAIGN, until

MACS = [f"02:00:00:00:02:{number:02x}" for number in range(8)]
POINTS = (
    "agent_before_kept", "agent_kept", "driver_changing", "driver_changed", "agent_applied", "agent_before_answered",
    "agent_answered",
)  # fmt: skip


def kept_results(agent: AgentProcess) -> dict[str, str | None]:
    """Result by order, as it stands on the disk; None: open."""
    connection = sqlite3.connect(agent.home / "agent.sqlite3")
    try:
        return dict(connection.execute("SELECT order_id, result FROM answer"))
    finally:
        connection.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_between_order_and_answer_loses_nothing(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger, point: str
) -> None:
    enrolled.start()
    first = manager.order(MACS[0], "deny")
    until(lambda: first.id in ledger.answers, 30)
    enrolled.stop()
    second = manager.order(MACS[0], "refuse", "person")
    third = manager.order(MACS[1], "deny")
    # the driver writes the whole list once at start, before it changes single PCs
    enrolled.start(KANMON_FAULT=f"{point}:{2 if point.startswith('driver') else 1}=kill")
    assert enrolled.ended() == -9
    kept = kept_results(enrolled)
    told = {one.order for one in ledger.answered}
    assert {order for order in told if kept.get(order) is None} == set(), "told, and not kept"
    if point != "agent_before_kept":
        assert {second.id, third.id} <= kept.keys()
    manager.active = False  # the Manager is away: what was kept is carried out all the same
    enrolled.start()
    wanted = {MACS[0]: "deny"} if point == "agent_before_kept" else {MACS[0]: "refuse", MACS[1]: "deny"}
    enrolled.until_network(wanted)
    manager.active = True
    until(lambda: {second.id, third.id} <= ledger.answers.keys(), 60)
    enrolled.until_network({MACS[0]: "refuse", MACS[1]: "deny"})
    assert {ledger.answers[order].result for order in (first.id, second.id, third.id)} == {"done"}


@pytest.mark.parametrize("seed", range(20 if CAMPAIGN else 2))
def test_kills_at_any_moment_end_in_what_was_ordered_last(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger, seed: int
) -> None:
    chance = random.Random(seed)
    enrolled.start()
    for _ in range(8):
        for _ in range(chance.randint(1, 12)):
            by = chance.choice(("policy", "policy", "person"))
            words = ("permit", "deny", "remove") if by == "policy" else ("refuse", "lift", "permit", "withdraw")
            manager.order(chance.choice(MACS), chance.choice(words), by)
        until(lambda: chance.random() < 0.2, pause=0.02)  # somewhere in between
        enrolled.kill()
        kept = kept_results(enrolled)
        assert [one.order for one in ledger.answered if kept.get(one.order) is None] == []
        enrolled.start()
    until(lambda: ledger.orders.keys() == ledger.answers.keys(), 60)
    assert {answer.result for answer in ledger.answers.values()} <= {"done", "stale"}
    newest = {order.mac: order.id for order in ledger.orders.values()}
    assert {ledger.answers[order].result for order in newest.values()} == {"done"}
    wanted = {
        mac: state for mac, entry in ledger.list.items()
        if (state := entry.emergency.state or entry.person.state or entry.policy.state)
    }  # fmt: skip
    enrolled.until_network(wanted)
    assert enrolled.listed() == wanted


def test_a_list_that_broke_off_is_healed_by_the_next_one(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    macs = [f"02:00:00:00:03:{number:02x}" for number in range(12)]
    for mac in macs:
        ledger.decide(mac, "deny")
    ledger.orders.clear()
    enrolled.start()
    until(lambda: any(one.staged for one in ledger.exchanges), 30, pause=0.001)
    enrolled.kill()
    ledger.decide(macs[0], "permit")
    ledger.orders.clear()
    manager._lists.clear()  # this Manager was started anew, too
    enrolled.start()
    enrolled.until_network(dict.fromkeys(macs[1:], "deny") | {macs[0]: "permit"})


def test_on_a_shared_disk_the_next_machine_goes_on_where_the_first_one_died(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger, tmp_path: Path
) -> None:
    agent.settings["agent"]["shared_disk"] = True
    agent.configure()
    agent.enrol(ledger.invite("gateway-1", manager.url))
    order = manager.order(MACS[0], "deny")
    agent.start(KANMON_FAULT="agent_kept=kill")
    assert agent.ended() == -9
    moved = tmp_path / "mounted-elsewhere"
    shutil.copytree(agent.home, moved)
    manager.active = False
    agent.home = moved
    agent.start()
    agent.until_network({MACS[0]: "deny"})
    manager.active = True
    until(lambda: order.id in ledger.answers, 60)
    assert not list(moved.glob("*-wal"))


def test_a_second_agent_of_the_same_home_does_not_start(enrolled: AgentProcess) -> None:
    enrolled.start()
    until(lambda: enrolled.said("KNM8000-I"), 30)
    assert enrolled.run("run", code=8).startswith("KNM8002-E")
    assert enrolled.stop() == 0
    assert enrolled.said("KNM8001-I")
