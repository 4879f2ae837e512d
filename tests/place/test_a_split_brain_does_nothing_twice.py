"""Pacemaker without fencing, on PostgreSQL: whoever fell out of the cluster keeps address and Manager, and the other gets
both as well. There is one lease; who has lost it writes nothing more, and no action is done twice.
"""

import shutil
import time
from pathlib import Path

import pytest

from tests.cluster import nodes
from tests.conftest import CAMPAIGN, KANMON, as_toml, until
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts
from tests.place.machines import ADDRESS, CLIENT, Machine, command, kanmon
from tests.place.pacemaker import Cluster, cluster
from tests.place.reporting import Reporting, idle, mail_server

HOME = Path("/run/kanmon-home")  # of each machine its own
LEASE_SECONDS = 3
ROUNDS = 2
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not CAMPAIGN, reason="long: only in make campaign"),
]


def set_up(database: nodes.Cluster, first: str, second: str) -> None:
    """Homes of the machines, with the same secrets, on one database."""
    settings = {
        "server": {"behind_proxy": True}, "action": {"collect_seconds": 0}, "database": {"url": database.url},
        "cluster": {"address": ADDRESS, "lease_seconds": LEASE_SECONDS},
        "mail": {"server": f"{CLIENT}:2525", "administrators": ["a@example.test"], "per_hour": 1000},
    }  # fmt: skip
    home = database.folder / first
    command("env", f"KANMON_HOME={home}", f"KANMON_DATABASE_URL={database.url}", KANMON, "setup")
    (home / "kanmon.toml").write_text(as_toml(settings))
    shutil.copytree(home, database.folder / second)


def start(two: Cluster, machine: Machine, homes: Path) -> None:
    """Its home in place, and the cluster software."""
    machine.run("mkdir", str(HOME))
    machine.run("mount", "--bind", str(homes / machine.name), str(HOME))
    two.start(machine)


def signal_manager(machine: Machine, signal: str) -> None:
    machine.run("sh", "-c", f"kill -{signal} $(cut -d' ' -f1 /run/resource-agents/kanmon-manager.state)")


def has_address(machine: Machine) -> bool:
    return f" {ADDRESS}/" in machine.run("ip", "-o", "address", "show", "dev", "eth0").stdout


def more(sender: Reporting, count: int = 30) -> None:
    """Reports are acknowledged again."""
    before = sender.count
    until(lambda: sender.count > before + count, 300)


def split(two: Cluster, old: Machine, new: Machine) -> None:
    """``old`` falls out of the cluster, and keeps what it has; ``new`` gets it as well."""
    old.run("sh", "-c", "kill -9 $(cat /run/corosync.pid)")
    two.runs_on(new)
    assert has_address(old), "nobody has fenced it"
    assert has_address(new)
    until(lambda: kanmon(new, HOME, "alive", "--ready", check=False).returncode == 0, 300)


def fall_behind(database: nodes.Cluster, sender: Reporting, old: Machine, new: Machine) -> None:
    """The Manager on ``old`` stands still until the other has its lease, and then goes on as if nothing had been."""
    assert database.active() == old.name, "it lives, and has never given up its lease"
    signal_manager(old, "STOP")
    until(lambda: database.active() == new.name, 300)
    more(sender)
    signal_manager(old, "CONT")  # it takes itself for the active one, for a moment
    more(sender)
    time.sleep(2 * LEASE_SECONDS)
    assert database.active() == new.name


def test_both_have_the_address_and_one_has_the_lease(tmp_path: Path) -> None:
    homes = tmp_path / "homes"
    homes.mkdir()
    with nodes.cluster(homes) as database, cluster(tmp_path) as two, mail_server(two.lan) as mails:
        set_up(database, two.machines[0].name, two.machines[1].name)
        for one in two.machines:
            start(two, one, homes)
        two.configure(HOME, without={"fencing", "disk"})
        active = until(two.active, 300, 0.5)
        sender = Reporting(two.lan, kanmon(active, HOME, "token", "create", "pcs").stdout.strip(), 7)
        sender.start()
        for _ in range(ROUNDS):
            more(sender)
            old, active = active, two.other(active)
            split(two, old, active)
            more(sender)
            fall_behind(database, sender, old, active)
            more(sender)
            old.power_off()
            old.boot()
            start(two, old, homes)
            two.lan.forget_neighbours()
        sender.stop()
        until(lambda: idle(active, HOME), 300)
        active.run("crm_resource", "--resource", "manager", "--meta", "--set-parameter", "target-role",
                   "--parameter-value", "Stopped")  # fmt: skip
        until(lambda: active.run("pgrep", "-f", "kanmon manager", check=False).returncode, 300)
        assert not sender.wrong
        assert mails.mails
        assert database.rows("SELECT count(*) FROM takeover")[0][0] >= 1 + ROUNDS
        last = homes / active.name
        check_records(last, sender.acknowledged)
        check_verdicts(last)
        check_mails(last, mails.mails)
        check_log(last)
        check_log(homes / two.other(active).name, whole=False)
