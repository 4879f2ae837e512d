"""Two machines, one disk, one address: the Manager is moved by its resource agent, and what was acknowledged is there."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.conftest import KANMON, until
from tests.place.machines import ADDRESS, AGENT, Agent, Machine, command, kanmon, pair, require, set_up
from tests.place.reporting import PORT, Reporting, check_everything, copied, idle, mail_server

OK, GENERIC, CONFIGURED, INSTALLED, NOT_RUNNING = 0, 1, 6, 5, 7


def agents(home: Path, *machines: Machine) -> list[Agent]:
    """The agent on each machine."""
    told = {
        "home": str(home), "binary": KANMON, "user": "root", "listen": f"{ADDRESS}:{PORT}", "stop_timeout": "30",
        "mount": str(machines[0].disk), "address": ADDRESS,
    }  # fmt: skip
    return [Agent(one, told) for one in machines]


def test_the_agent_passes_ocf_tester(ready_made: Path, tmp_path: Path) -> None:
    require("ocf-tester", "xmllint")
    home = tmp_path / "home"
    shutil.copytree(ready_made, home)
    options = {"home": home, "binary": KANMON, "user": "root", "listen": "127.0.0.1:0"}
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:  # which anybody may enter: the tester asks the agent as nobody, too
        Path(folder).chmod(0o755)
        agent = shutil.copy(AGENT, folder)
        done = subprocess.run(
            ["ocf-tester", "-n", f"test-{tmp_path.name}", *words, agent], capture_output=True, text=True, timeout=240,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed all tests" in done.stdout


@pytest.mark.parametrize("shell", ["dash", "bash --posix"])
def test_the_scripts_are_plain_shell(shell: str) -> None:
    for script in (AGENT, *AGENT.parents[1].glob("keepalived/*")):
        if script.read_text().startswith("#!/bin/sh"):
            command(*shell.split(), "-n", str(script))


def test_a_manager_is_moved_and_what_was_acknowledged_is_there(tmp_path: Path, ready_made: Path) -> None:
    with pair(tmp_path) as (lan, first, second), mail_server(lan) as mails:
        home = set_up(first, ready_made)
        here, there = agents(home, first, second)
        first.mount()
        first.take_address()
        done = here("start")
        assert done.returncode == OK, done.stderr
        assert [here("monitor", level).returncode for level in (0, 10, 20)] == [OK, OK, OK]
        token = kanmon(first, home, "token", "create", "tests").stdout.strip()
        sender = Reporting(lan, token, 1)
        sender.start()
        until(lambda: sender.count > 20, 60)

        refused = there("start")  # nothing is in place there
        assert refused.returncode == GENERIC
        assert "KNM4180-E" in refused.stderr
        assert there("monitor").returncode == NOT_RUNNING

        done = here("stop")  # a move in order
        assert done.returncode == OK, done.stderr
        assert here("monitor").returncode == NOT_RUNNING
        first.unmount()
        first.drop_address()
        second.mount()
        refused = there("start")  # the address is still missing
        assert (refused.returncode, "KNM4182-E" in refused.stderr) == (GENERIC, True), refused.stderr
        second.take_address()
        assert there("start").returncode == OK
        count = sender.count
        until(lambda: sender.count > count + 20, 60)

        second.power_off()  # in the middle of everything
        first.mount()
        first.take_address()
        assert "KNM4192-W" in kanmon(first, home, "cluster", "remains", check=False).stdout
        assert here("start").returncode == OK
        count = sender.count
        until(lambda: sender.count > count + 20, 60)
        sender.stop()
        until(lambda: idle(first, home), 60)
        assert "KNM4186-W" in first.path(home / "log" / "service.log").read_text()
        assert here("stop").returncode == OK
        assert sender.acknowledged
        check_everything(copied(first, home, tmp_path / "seen"), sender, mails)
        first.unmount()


def test_the_agent_says_what_it_finds_in_ocf_words(tmp_path: Path, ready_made: Path) -> None:
    with pair(tmp_path) as (_lan, first, _second):
        home = set_up(first, ready_made)
        (agent,) = agents(home, first)
        first.mount()
        first.take_address()
        assert agent("start").returncode == OK
        pid = first.path("/run/resource-agents/kanmon-kanmon.state").read_text().split()[0]
        first.run("kill", "-STOP", pid)  # it hangs
        assert [agent("monitor").returncode, agent("monitor", 10).returncode] == [OK, GENERIC]
        agent.parameters["stop_timeout"] = "1"
        assert agent("stop").returncode == OK  # killed in the end
        assert agent("monitor").returncode == NOT_RUNNING
        assert agent("start").returncode == OK
        first.run("sh", "-c", "kill -9 $(cut -d' ' -f1 /run/resource-agents/kanmon-kanmon.state)")
        until(lambda: agent("monitor").returncode == NOT_RUNNING, 30)
        first.path(home / "kanmon.toml").write_text("[server]\nlisten = 5\n")
        wrong = agent("start")
        assert (wrong.returncode, "KNM6001-E" in wrong.stderr) == (CONFIGURED, True)
        agent.parameters["user"] = "nobody-of-this-name"
        assert agent("validate-all").returncode == INSTALLED
        agent.parameters["home"] = "relative"
        assert agent("validate-all").returncode == CONFIGURED
        assert agent("promote").returncode == 3
