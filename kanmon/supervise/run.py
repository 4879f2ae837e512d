"""Run the program of an order to its end, whatever it does."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from kanmon.common import fault
from kanmon.supervise import processes
from kanmon.supervise.output import Output
from kanmon.supervise.place import OUTPUT, STOP, Ended, Order, Result, boot_id

LOOK_SECONDS = 0.2
LEFT_GRACE_SECONDS = 2.0  # for what the program has left behind
GIVE_UP_SECONDS = 30.0  # after KILL: a process in the kernel (a dead mount) does not end at all
READ_BYTES = 65_536


def run(place: Path, order: Order, started: Callable[[], None]) -> Result:
    """Start the program, call ``started``, and return how it ended."""
    began = time.monotonic()
    output = Output(place / OUTPUT, order.output_bytes)
    watched = _Watched(place, order, output)
    try:
        watched.start()
    except (OSError, subprocess.SubprocessError) as problem:
        started()
        return watched.result(time.monotonic() - began, str(problem))
    fault.point("supervise_started")
    started()
    watched.to_the_end(began)
    fault.point("supervise_ended")
    return watched.result(time.monotonic() - began)


class _Watched:
    """A program that runs, from its start to the end of all its processes."""

    def __init__(self, place: Path, order: Order, output: Output) -> None:
        self.place, self.order, self.output = place, order, output
        self.pid = 0
        self.why, self.left = Ended.ITSELF, 0
        self.status: int | None = None
        self._stop_asked = False
        self._kill_at: float | None = None  # set when TERM was sent
        self._selector = selectors.DefaultSelector()
        self._heed_signals()

    def start(self) -> None:
        """Start the program. Raises OSError or SubprocessError."""
        self.reader, writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.reader, False)
        try:
            self.pid = processes.start(self.place, self.order, writer)
        finally:
            os.close(writer)
        self._selector.register(self.reader, selectors.EVENT_READ)

    def result(self, seconds: float, problem: str = "") -> Result:
        """How it ended; ``problem``: why it could not be started."""
        status, why = self.status, Ended.NOT_STARTED if problem else self.why
        name = signal.Signals(-status).name if status is not None and status < 0 else ""
        exit_status = status if status is not None and status >= 0 else None
        tail = self.output.close()
        return Result(
            self.order.mark, why, exit_status, name, problem, round(seconds, 3), self.output.total, tail, self.left,
            boot_id(),
        )  # fmt: skip

    def to_the_end(self, began: float) -> None:
        """Return when no process of it is left, or none that can be ended."""
        limit = began + self.order.time_limit_seconds
        while True:
            self._read(LOOK_SECONDS if self._kill_at is None else 0.05)
            for pid, status in processes.reap().items():
                if pid == self.pid:
                    self.status = status
            now = time.monotonic()
            if self._kill_at is None:
                self._decide(now, limit)
            elif self._is_over(now):
                break
            if self.status is not None and self._kill_at is None:
                break
        self._read(0)

    def _decide(self, now: float, limit: float) -> None:
        """Begin to end it when it has to end."""
        if self.status is not None:
            left = processes.descendants()
            if not left:
                return
            self.left, grace = len(left), min(LEFT_GRACE_SECONDS, self.order.grace_seconds)
        elif self._stop_asked or (self.place / STOP).exists():
            self.why, grace = Ended.STOP, self.order.grace_seconds
        elif now >= limit:
            self.why, grace = Ended.TIME_LIMIT, self.order.grace_seconds
        else:
            return
        self._send(signal.SIGTERM, processes.descendants())
        self._kill_at = now + grace

    def _send(self, number: signal.Signals, pids: set[int]) -> None:
        processes.send(number, self.pid if self.status is None else None, pids)

    def _is_over(self, now: float) -> bool:
        """Whether all processes have ended; those that outlast the grace are killed, again and again."""
        assert self._kill_at is not None
        left = processes.descendants()
        if not left and self.status is not None:
            return True
        if now >= self._kill_at:
            self._send(signal.SIGKILL, left)
        return now >= self._kill_at + GIVE_UP_SECONDS

    def _heed_signals(self) -> None:
        """TERM (the machine goes down, or the scope is stopped) ends the program; the end of a child wakes us."""
        wake, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        self._selector.register(wake, selectors.EVENT_READ)

        def stop(*_: object) -> None:
            self._stop_asked = True

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _read(self, seconds: float) -> None:
        """Take what there is of output, after waiting up to ``seconds`` for something to happen."""
        for key, _ in self._selector.select(seconds):
            if key.fd != self.reader:
                with contextlib.suppress(BlockingIOError):
                    os.read(key.fd, 4096)
                continue
            for _turn in range(16):  # then look at the clock again: it may never stop to write
                try:
                    data = os.read(self.reader, READ_BYTES)
                except BlockingIOError:
                    break
                if not data:
                    self._selector.unregister(self.reader)
                    break
                self.output.add(data)
