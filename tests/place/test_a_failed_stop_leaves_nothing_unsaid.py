"""kanmon stop, and what remains when a Manager did not stop in order."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kanmon.supervise import place as supervised
from tests.conftest import ManagerProcess, until


def remains(manager: ManagerProcess) -> tuple[int, list[str]]:
    """Exit status and message ids of ``kanmon cluster remains``."""
    done = manager.run("cluster", "remains", "--json", check=False)
    return done.returncode, [one["id"] for one in json.loads(done.stdout)]


def test_a_running_manager_is_stopped_in_order(manager: ManagerProcess) -> None:
    assert remains(manager) == (0, [])
    assert manager.process is not None
    said = manager.run("stop").stdout
    assert f"Stopping process {manager.process.pid}" in said
    assert "Stopped after" in said
    assert manager.process.wait(30) == 0
    assert "KNM0002-I" in manager.log()
    assert remains(manager) == (0, [])
    assert "KNM4195-I" in manager.run("stop").stdout


def test_a_manager_that_hangs_is_said_and_is_killed_only_when_that_is_asked_for(manager: ManagerProcess) -> None:
    assert manager.process is not None
    manager.process.send_signal(signal.SIGSTOP)
    status, ids = remains(manager)
    assert (status, ids) == (1, ["KNM4190-W"])
    late = manager.run("stop", "--wait", "0.5", check=False)
    assert (late.returncode, late.stderr[:9]) == (6, "KNM4196-E")
    assert not manager.ended()
    done = manager.run("stop", "--wait", "0.5", "--force")
    assert f"KNM4199-W Process {manager.process.pid} was killed." in done.stdout
    assert manager.process.wait(30) == -signal.SIGKILL
    assert remains(manager) == (0, ["KNM4193-I", "KNM4194-I"])  # a mark and a socket: nothing to do
    manager.start()
    assert remains(manager) == (0, [])


def test_a_command_that_outlives_its_manager_is_found_and_ended(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager()
    place = tmp_path / _mark(manager) / "7-1-x"
    (place / supervised.FILES).mkdir(parents=True)
    order = supervised.Order("mark", "/bin/sleep", ("600",), {}, None, None, (), 600.0, 1.0, 1000)
    supervised.write_order(place, order)
    words = [sys.executable, "-I", "-m", "kanmon.supervise", str(place)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as supervisor:
        assert supervisor.stdin is not None
        assert supervisor.stdout is not None
        supervisor.stdout.readline()
        supervisor.stdin.write(f"go {time.monotonic() + 600}\n".encode())
        supervisor.stdin.flush()
        assert supervisor.stdout.readline() == b"started\n"
        program = int(until(lambda: _children(supervisor.pid))[0])
        status, ids = remains(manager)
        assert (status, ids) == (1, ["KNM4190-W"])
        manager.run("stop")  # no Manager, and nothing was said of force
        assert supervisor.poll() is None
        manager.run("stop", "--force")
        supervisor.wait(30)
    assert not os.path.exists(f"/proc/{program}")
    result = json.loads((place / supervised.RESULT).read_text())
    assert result["ended"] == "stop"
    assert remains(manager) == (0, [])


def _mark(manager: ManagerProcess) -> str:
    """What a Manager of this home writes into the paths of its commands."""
    line = "from kanmon.action import texts; print(texts.installation())"
    before = "import django; from kanmon import home; home.start_django(); "
    done = subprocess.run(
        [sys.executable, "-c", before + line], env=manager.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
