"""``kanmon stop``: the Manager of this home ends in order, or, when that was asked for, by force.

SIGTERM to the process that has the lease open, then waiting for two things: that the process is gone and that its
file lock is free. A process is held by a pidfd while it is signalled: a number that the kernel has given to somebody
else meanwhile is never hit. What can't be looked into is not signalled at all.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kanmon.cluster import holder, remains
from kanmon.cluster.remains import Process
from kanmon.common import clock
from kanmon.common.errors import Refused

KILL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of it: seconds waited, and who had to be killed."""

    pid: int
    seconds: float
    killed: tuple[int, ...]


def stop(home: Path, run: Path, wait_seconds: float, *, force: bool, told: Callable[[int], None]) -> Stopped | None:
    """Stop the Manager of ``home``; None when nothing of it lives. ``told`` is called with its number before waiting.

    Raises Refused KNM4196-E when it has not ended in time and ``force`` is not given, KNM4197-E when its holder is
    out of sight (another container, another user's).
    """
    began = clock.monotonic()
    found = list(remains.processes(home, run))
    managers = [one for one in found if one.is_manager]
    if not managers and remains.locked(run):
        mark = holder.read(run)
        raise Refused("KNM4197-E", status=409, other=mark.said() if mark else "-", home=str(home))
    if not found:
        return None
    killed: list[int] = []
    for one in managers:
        told(one.pid)
        _signal(one, signal.SIGTERM)
    late = _wait(home, run, managers, wait_seconds)
    if late and not force:
        raise Refused("KNM4196-E", status=409, pid=late[0].pid, seconds=f"{wait_seconds:g}")
    killed += _kill(home, run, late, 0)
    others = list(remains.processes(home, run))
    if force:
        killed += _kill(home, run, others, KILL_SECONDS)
    return Stopped(managers[0].pid if managers else 0, clock.monotonic() - began, tuple(killed))


def _kill(home: Path, run: Path, those: list[Process], grace_seconds: float) -> list[int]:
    """End ``those``: with ``grace_seconds``, asked first."""
    if grace_seconds:
        for one in those:
            _signal(one, signal.SIGTERM)
        those = _wait(home, run, those, grace_seconds)
    for one in those:
        _signal(one, signal.SIGKILL)
    late = _wait(home, run, those, KILL_SECONDS)
    if late:  # it hangs in the kernel, on a disk that does not answer: only a reset of the machine ends it
        raise Refused("KNM4198-E", status=409, pid=late[0].pid)
    return [one.pid for one in those]


def _wait(home: Path, run: Path, those: list[Process], seconds: float) -> list[Process]:
    """Wait until ``those`` are gone; those that are not after ``seconds``."""
    pause = threading.Event()
    end = clock.monotonic() + seconds
    while True:
        living = {(one.pid, one.started) for one in remains.processes(home, run)}
        late = [one for one in those if (one.pid, one.started) in living]
        if not late or clock.monotonic() >= end:
            return late
        pause.wait(0.1)


def _signal(one: Process, number: signal.Signals) -> None:
    """To the process, and to its group where it leads one."""
    with _held(one) as descriptor:
        if descriptor is None:
            return
        if one.leads_group and one.pid != os.getpgrp() and number == signal.SIGKILL:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, number)  # the group's number is taken as long as its leader is held
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, number)


@contextlib.contextmanager
def _held(one: Process) -> Iterator[int | None]:
    """A pidfd of just this process; None when it is gone."""
    try:
        descriptor = os.pidfd_open(one.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        fields = Path(f"/proc/{one.pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        yield descriptor if fields[19] == one.started else None
    except OSError:
        yield None
    finally:
        os.close(descriptor)
