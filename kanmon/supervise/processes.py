"""The program's processes: started in a session of their own, found and ended with all their descendants."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

from kanmon.supervise.place import FILES, Order

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def adopt_descendants() -> None:
    """From now on orphaned descendants become children of this process, and not of init."""
    if _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def start(place: Path, order: Order, output: int) -> int:
    """Start the program; its process id, which is its session's, too. Raises OSError or SubprocessError.

    Its output goes to the descriptor ``output``, its input is empty, its folder is the one with the files.
    """
    supervisor = os.getpid()

    def die_with_supervisor() -> None:  # after the change of the user, which would take the signal back
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(70)

    who: dict[str, Any] = (
        {} if order.uid is None else {"user": order.uid, "group": order.gid, "extra_groups": order.groups}
    )
    process = subprocess.Popen(
        [order.program, *order.arguments], cwd=place / FILES, env=dict(order.environment), stdin=subprocess.DEVNULL,
        stdout=output, stderr=output, start_new_session=True, umask=0o077, preexec_fn=die_with_supervisor, **who,
    )  # fmt: skip
    process.returncode = 0  # it is reaped by ``reap``, not by Popen
    return process.pid


def reap() -> dict[int, int]:
    """Statuses of the children that have ended, by process id: exit status, or minus the number of the signal."""
    ended = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended


def descendants() -> set[int]:
    """Process ids below this process that have not ended."""
    children = defaultdict(list)
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, parent = Path(entry.path, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if state not in "ZX":
                children[int(parent)].append(int(entry.name))
    found: set[int] = set()
    below = list(children[os.getpid()])
    while below:
        pid = below.pop()
        if pid not in found:
            found.add(pid)
            below += children[pid]
    return found


def send(number: signal.Signals, group: int | None, pids: set[int]) -> None:
    """Send a signal to ``pids``, and to the program's group unless its leader was reaped (then its number is free)."""
    if group is not None:
        with contextlib.suppress(OSError):
            os.killpg(group, number)
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended, or belongs to somebody else by now
            os.kill(pid, number)
