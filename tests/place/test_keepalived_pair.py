"""keepalived moves the address, its script disk and Manager; a machine that is cut off can't be overtaken, only waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import CAMPAIGN, KANMON, ROOT, until
from tests.place.machines import ADDRESS, Machine, kanmon, pair, require, set_up
from tests.place.reporting import PORT, Reporting, check_everything, copied, idle, mail_server

SCRIPT = ROOT / "deploy" / "keepalived" / "kanmon-notify"
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not CAMPAIGN, reason="long: only in make campaign"),
]

KEEPALIVED = """\
global_defs {{
    script_user root
}}
vrrp_instance kanmon {{
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority {priority}
    advert_int 1
    virtual_ipaddress {{
        {address}/24
    }}
    notify "/run/notify"
    notify_stop "/run/notify INSTANCE kanmon STOP 0"
}}
"""
SETTINGS = """\
KANMON_HOME={home}
KANMON_CLUSTER_MOUNT={disk}
KANMON_CLUSTER_ADDRESS={address}
KANMON_DEVICE=/run/shared-disk
KANMON_BINARY={binary}
KANMON_USER=root
KANMON_LISTEN={address}:{port}
"""


def start(machine: Machine, home: Path, priority: int) -> None:
    """keepalived on a machine."""
    told = {"home": home, "disk": machine.disk, "address": ADDRESS, "binary": KANMON, "port": PORT}
    machine.path("/run/cluster").write_text(SETTINGS.format(**told))
    machine.path("/run/keepalived.conf").write_text(KEEPALIVED.format(priority=priority, address=ADDRESS))
    script = machine.path("/run/notify")
    script.write_text(f'#!/bin/sh\nKANMON_CLUSTER_SETTINGS=/run/cluster exec {SCRIPT} "$@"\n')
    script.chmod(0o755)
    machine.run("sh", "-c", "keepalived -n -l -P -f /run/keepalived.conf -p /run/ka.pid -r /run/vrrp.pid"
                " >/run/keepalived.out 2>&1 </dev/null &")  # fmt: skip


def said(machine: Machine) -> str:
    """What the script has written."""
    path = machine.path("/run/kanmon-notify/log")
    return path.read_text() if path.exists() else ""


@contextmanager
def reporting(sender: Reporting) -> Iterator[None]:
    """More and more is acknowledged afterwards."""
    yield
    count = sender.count
    until(lambda: sender.count > count + 20, 240)


def test_what_keepalived_moves(tmp_path: Path, ready_made: Path) -> None:
    require("keepalived", "mountpoint", "setpriv")
    with pair(tmp_path, "mmp") as (lan, first, second), mail_server(lan) as mails:
        home = set_up(first, ready_made)
        start(first, home, 140)
        until(lambda: "nA is active" in said(first), 240)
        start(second, home, 130)
        sender = Reporting(lan, kanmon(first, home, "token", "create", "pcs").stdout.strip(), 3)
        with reporting(sender):
            sender.start()

        with reporting(sender):  # in order
            first.run("sh", "-c", "kill $(cat /run/ka.pid)")
            until(lambda: "nA has given up disk and Manager" in said(first), 240)
            until(lambda: "nB is active" in said(second), 240)
        assert "Nothing remains" in kanmon(first, home, "cluster", "remains").stdout

        start(first, home, 140)
        until(lambda: "BACKUP" in first.path("/run/keepalived.out").read_text(), 60)
        with reporting(sender):  # the machine dies
            second.power_off()
            until(lambda: said(first).count("nA is active") == 2, 240)

        second.boot()
        start(second, home, 130)
        until(lambda: "BACKUP" in second.path("/run/keepalived.out").read_text(), 60)
        first.run("sh", "-c", "kill -9 $(cat /run/ka.pid) $(cat /run/vrrp.pid)")  # it keeps address, disk and Manager
        until(lambda: "nB can't become active yet" in said(second), 240)
        assert "nB is active" not in said(second)
        assert second.run("mountpoint", str(second.disk), check=False).returncode != 0
        assert kanmon(first, home, "alive").returncode == 0
        with reporting(sender):  # until somebody switches it off
            first.power_off()
            until(lambda: "nB is active" in said(second), 240)

        sender.stop()
        until(lambda: idle(second, home), 240)
        kanmon(second, home, "stop")
        check_everything(copied(second, home, tmp_path / "seen"), sender, mails)
