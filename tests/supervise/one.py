"""A command under its supervisor, without any Manager: what the Manager would do, a test does."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from kanmon.supervise import place as places
from kanmon.supervise.place import Fate, Order, Result
from tests.conftest import until

MARK = "1-1-mark"
PATH = "/usr/local/bin:/usr/bin:/bin"


def make(folder: Path, script: str, *arguments: str, **more: Any) -> Path:
    """The place of a command that is ``script``; ``more`` are fields of the order."""
    place = folder / "place"
    (place / places.FILES).mkdir(parents=True)
    program = folder / "program"
    program.write_text(script)
    program.chmod(0o755)
    fields: dict[str, Any] = {
        "mark": MARK, "program": str(program), "arguments": arguments, "environment": {"PATH": PATH}, "uid": None,
        "gid": None, "groups": (), "time_limit_seconds": 60.0, "grace_seconds": 1.0, "output_bytes": 2**20,
    }  # fmt: skip
    places.write_order(place, Order(**fields | more))
    return place


def wake(place: Path, fault: str = "", words: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    """Start the supervisor of a place; it has said "ready"."""
    process = subprocess.Popen(
        [*words, sys.executable, "-I", "-m", "kanmon.supervise", str(place)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env={"PATH": PATH} | ({"KANMON_FAULT": fault} if fault else {}),
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]", until: float = math.inf) -> str:
    """Say "go" to it; its answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"go {until!r}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def begin(place: Path, fault: str = "") -> "subprocess.Popen[str]":
    """Start a supervisor and the command."""
    process = wake(place, fault)
    go(process)
    return process


def ended(place: Path, seconds: float = 60) -> Result:
    """The result, once there is one."""
    until(lambda: places.look(place, MARK)[0] not in (Fate.RUNNING, Fate.NEVER_STARTED), seconds)
    fate, result = places.look(place, MARK)
    assert fate is Fate.ENDED, fate
    assert result is not None
    return result


def alive(pid: int) -> bool:
    """Whether a process lives."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def number_in(path: Path) -> int:
    """A process id that the command has written down."""
    return int(until(lambda: path.exists() and path.read_text().strip(), 60))


def output(place: Path) -> str:
    """What was kept of the output."""
    return (place / places.OUTPUT).read_text("utf-8", "replace")


assert os.path.exists("/proc/self/stat"), "these tests need Linux"
