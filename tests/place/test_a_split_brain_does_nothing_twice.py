"""Pacemaker without fencing, on PostgreSQL: whoever fell out of the cluster keeps address and Manager, and the other gets
both as well. There is one lease; who has lost it writes nothing more, and no action is done twice.
"""

import contextlib
import json
import shutil
import time
from pathlib import Path

import psycopg
import pytest

from tests.conftest import CAMPAIGN, KANMON, until
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts, rows
from tests.place.machines import ADDRESS, CLIENT, Machine, command, kanmon
from tests.place.pacemaker import Cluster, cluster
from tests.place.reporting import Reporting, idle, mail_server
from tests.postgresql import postgresql_server

HOME = Path("/run/kanmon-home")  # of each machine its own
LEASE_SECONDS = 3
ROUNDS = 2
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not CAMPAIGN, reason="long: only in make campaign"),
]


def set_up(folder: Path, names: tuple[str, ...], url: str) -> None:
    """Homes of the machines, with the same secrets, on one database."""
    settings = {
        "server": {"behind_proxy": True}, "action": {"collect_seconds": 0}, "database": {"url": url},
        "cluster": {"address": ADDRESS, "lease_seconds": LEASE_SECONDS},
        "mail": {"server": f"{CLIENT}:2525", "administrators": ["a@example.test"], "per_hour": 1000},
    }  # fmt: skip
    lines = []
    for section, values in settings.items():
        lines += [f"[{section}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    first = folder / names[0]
    command("env", f"KANMON_HOME={first}", f"KANMON_DATABASE_URL={url}", KANMON, "setup")
    (first / "kanmon.toml").write_text("\n".join(lines) + "\n")
    for name in names[1:]:
        shutil.copytree(first, folder / name)


def start(two: Cluster, machine: Machine, homes: Path) -> None:
    """Its home in place, and the cluster software."""
    machine.run("mkdir", str(HOME))
    machine.run("mount", "--bind", str(homes / machine.name), str(HOME))
    two.start(machine)


def signal_manager(machine: Machine, signal: str) -> None:
    machine.run("sh", "-c", f"kill -{signal} $(cut -d' ' -f1 /run/resource-agents/kanmon-manager.state)")


def has_address(machine: Machine) -> bool:
    return f" {ADDRESS}/" in machine.run("ip", "-o", "address", "show", "dev", "eth0").stdout


def leads(home: Path) -> str:
    found = rows(home, "SELECT node FROM lease WHERE NOT released")
    return str(found[0]["node"]) if found else ""


def test_both_have_the_address_and_one_has_the_lease(tmp_path: Path) -> None:
    homes = tmp_path / "homes"
    homes.mkdir()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgresql_server())
        with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kanmon")
        two = stack.enter_context(cluster(tmp_path))
        mails = stack.enter_context(mail_server(two.lan))
        names = (two.machines[0].name, two.machines[1].name)
        set_up(homes, names, server.format(name="kanmon"))
        for one in two.machines:
            start(two, one, homes)
        two.configure(HOME, without={"fencing", "disk"})
        active = until(two.active, 300, 0.5)
        sender = Reporting(two.lan, kanmon(active, HOME, "token", "create", "pcs").stdout.strip(), 7)
        sender.start()

        for _ in range(ROUNDS):
            more(sender, 30)
            old, new = active, two.other(active)
            old.run("sh", "-c", "kill -9 $(cat /run/corosync.pid)")
            two.runs_on(new)
            assert has_address(old), "nobody has fenced it"
            assert has_address(new)
            until(lambda: kanmon(new, HOME, "alive", "--ready", check=False).returncode == 0, 300)  # noqa: B023
            more(sender, 30)
            assert leads(homes / old.name) == old.name, "it lives, and has never given up its lease"

            signal_manager(old, "STOP")  # it falls behind: the other takes the lease, and goes on
            until(lambda: leads(homes / new.name) == new.name, 300)  # noqa: B023
            more(sender, 30)
            signal_manager(old, "CONT")  # and now takes itself for the active one, for a moment
            more(sender, 30)
            time.sleep(2 * LEASE_SECONDS)
            assert leads(homes / new.name) == new.name
            more(sender, 30)

            old.power_off()
            old.boot()
            start(two, old, homes)
            active = new
            two.lan.forget_neighbours()

        sender.stop()
        until(lambda: idle(active, HOME), 300)
        active.run("crm_resource", "--resource", "manager", "--meta", "--set-parameter", "target-role",
                   "--parameter-value", "Stopped")  # fmt: skip
        until(lambda: active.run("pgrep", "-f", "kanmon manager", check=False).returncode, 300)
        last = homes / active.name
        assert not sender.wrong
        assert mails.mails
        assert len(rows(last, "SELECT 1 FROM takeover")) >= 1 + ROUNDS
        check_records(last, sender.acknowledged)
        check_verdicts(last)
        check_mails(last, mails.mails)
        check_log(last)
        check_log(homes / two.other(active).name, whole=False)


def more(sender: Reporting, count: int) -> None:
    """Reports are acknowledged again."""
    before = sender.count
    until(lambda: sender.count > before + count, 300)
