"""An agent that systemd has started says when it serves, that it lives, and that it stops."""

import socket
from pathlib import Path

from tests.agent.processes import AgentProcess

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "kanmon-agent.service"


def test_an_agent_says_that_it_is_ready_alive_stopping(agent: AgentProcess, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(60)
        agent.start(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="600000")
        said = [systemd.recv(4096).decode().splitlines() for _ in range(4)]
        assert said[0][0] == "READY=1"
        assert said[1:] == [["WATCHDOG=1"]] * 3
        assert agent.process
        agent.process.terminate()
        while (last := systemd.recv(4096).decode()) == "WATCHDOG=1":
            pass
        assert last == "STOPPING=1"


def test_the_unit_waits_for_it() -> None:
    lines = UNIT.read_text("utf-8").splitlines()
    assert {"Type=notify", "NotifyAccess=main", "WatchdogSec=60"} <= set(lines)
