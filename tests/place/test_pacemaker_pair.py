"""Pacemaker and Corosync move Manager, address and SQLite disk: nothing is lost, and nothing is done twice."""

import statistics
import time
from pathlib import Path

import pytest

from tests.conftest import CAMPAIGN, until
from tests.place.machines import Machine, kanmon, set_up
from tests.place.pacemaker import Cluster, cluster
from tests.place.reporting import Reporting, check_everything, copied, idle, mail_server

ROUNDS = 2
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not CAMPAIGN, reason="long: only in make campaign"),
]


def kill_the_manager(two: Cluster, active: Machine) -> None:
    """kill -9 of its process."""
    active.run("sh", "-c", "kill -9 $(cut -d' ' -f1 /run/resource-agents/kanmon-manager.state)")


def kill_corosync(two: Cluster, active: Machine) -> None:
    """kill -9 of Corosync: the machine is out of the cluster with the group still on it, until it is fenced."""
    active.run("sh", "-c", "kill -9 $(cat /run/corosync.pid)")


def stand_by(two: Cluster, active: Machine) -> None:
    """An administrator takes the node out."""
    active.run("crm_standby", "--node", active.name, "--update", "on")


def cut_the_cable(two: Cluster, active: Machine) -> None:
    """Its network is gone: it lives on, with disk, address and Manager, until it is fenced."""
    active.run("ip", "link", "set", "eth0", "down")


FAULTS = (kill_the_manager, kill_corosync, stand_by, cut_the_cable)


def test_the_group_moves_whatever_happens_to_the_active_node(tmp_path: Path, ready_made: Path) -> None:
    with cluster(tmp_path) as two, mail_server(two.lan) as mails:
        home = set_up(two.machines[0], ready_made)
        for one in two.machines:
            two.start(one)
        two.configure(home)
        until(two.active, 300, 0.5)
        active = two.active()
        assert active is not None, two.told()
        sender = Reporting(two.lan, kanmon(active, home, "token", "create", "pcs").stdout.strip(), 7)
        sender.start()
        silences: dict[str, list[float]] = {}
        for fault in FAULTS * ROUNDS:
            count = sender.count
            until(lambda: sender.count > count + 30, 300)  # noqa: B023
            before = active
            fault(two, before)
            begin, count = time.monotonic(), sender.count
            active = two.other(before)
            two.runs_on(active)
            until(lambda: sender.count > count + 5, 300)  # noqa: B023
            silences.setdefault(fault.__name__, []).append(sender.longest_silence(begin))
            two.repair(before)
            if fault is stand_by:
                before.run("crm_standby", "--node", before.name, "--delete")
        sender.stop()
        until(lambda: idle(active, home), 300)
        active.run("crm_resource", "--resource", "manager", "--meta", "--set-parameter", "target-role",
                   "--parameter-value", "Stopped")  # fmt: skip
        until(lambda: active.run("pgrep", "-f", "kanmon manager", check=False).returncode, 300)
        assert mails.mails
        check_everything(copied(active, home, tmp_path / "seen"), sender, mails)
        assert two.fenced.count("nA") + two.fenced.count("nB") == 2 * ROUNDS
        for name, seconds in silences.items():
            print(
                f"{name}: unserved {', '.join(f'{one:.1f}' for one in seconds)} s, mean {statistics.mean(seconds):.1f}"
            )
