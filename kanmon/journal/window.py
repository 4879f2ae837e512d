"""The trust window: how long whoever holds the lease may believe that it still does.

A standby takes over when the lease has not been renewed for one TTL. So the holder may believe in it for less
than that: until the *start* of the last successful renewal plus 0.8 TTL. It is counted from the start because
nobody knows when within the round trip the database wrote it; a slow answer can't stretch the window.

What the window is for: effects that the database can't fence. A write of who was deposed is refused by the term
check (writing.py); a mail that is half sent, or a command that is about to start, asks nobody. Therefore

* no effect begins in the last tenth of the window (``require``),
* when the last tenth begins, effects that run are cancelled (``guard``),
* if a part that can't be taken back (``unfenced``: a mail from DATA on, the start of a command) has not confirmed
  its end when the window ends, the process ends. The new active waits out that long before it resumes such work.

That last watchdog is ``faulthandler.dump_traceback_later(..., exit=True)``: it runs in C without the GIL, so that
neither a busy interpreter nor a process that was stopped and continued can get past it. It writes where the
threads stood; the next start says so in the Manager log.

On SQLite there is no window: the kernel's file lock is the lease, and it can't be lost while the process lives.
"""

import contextlib
import faulthandler
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from kanmon.common import clock

TRUSTED_SHARE = 0.8
MARGIN_SHARE = 0.1


class Suspended(Exception):
    """The trust window is closed: no effect may begin until the lease has been renewed."""


class Window:
    """``ttl_seconds`` infinite: open until it is closed. ``trace``: file for what the watchdog writes."""

    def __init__(self, ttl_seconds: float = math.inf, trace: Path | None = None) -> None:
        self.ttl_seconds = ttl_seconds
        self._until = math.inf if math.isinf(ttl_seconds) else -math.inf
        self._margin = 0.0 if math.isinf(ttl_seconds) else ttl_seconds * MARGIN_SHARE
        self._changed = threading.Condition()
        self._guards: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._unfenced = 0
        self._closed = False
        self.lapses = (
            0  # how often it has run out: what was kept from before is another leadership's, see connections.py
        )
        self._trace = open(trace, "a", encoding="utf-8") if trace else None  # noqa: SIM115 (as long as the process)
        if not math.isinf(ttl_seconds):
            threading.Thread(target=self._watch, name="trust-window", daemon=True).start()

    def renewed(self, started_at: float) -> None:
        """A renewal that began at ``started_at`` (``clock.monotonic``) has succeeded."""
        with self._changed:
            if not self._closed:
                self.lapses += self.remaining() <= 0
                self._until = max(self._until, started_at + TRUSTED_SHARE * self.ttl_seconds)
                self._arm()
                self._changed.notify_all()

    def close(self) -> None:
        """The lease is gone, or given back: no effect begins any more, and running ones are cancelled."""
        with self._changed:
            self._closed = True
            alone = math.isinf(self.ttl_seconds)  # nobody else waits for the end of what can't be taken back
            if not alone:
                self._until = min(self._until, clock.monotonic() + self._margin)
                self._arm()
            self._changed.notify_all()
            guards = self._take_guards() if alone else []
        for cancel in guards:
            _quietly(cancel)

    def remaining(self) -> float:
        """Seconds in which an effect may still run; negative when none may."""
        return -math.inf if self._closed else self._until - self._margin - clock.monotonic()

    def require(self) -> None:
        """Raises Suspended when no effect may begin."""
        if self.remaining() <= 0:
            raise Suspended

    @contextlib.contextmanager
    def guard(self, cancel: Callable[[], None]) -> Iterator[None]:
        """An effect runs. ``cancel`` is called, by another thread, when it has to stop; it must not block."""
        with self._changed:
            self.require()
            number = next(self._numbers)
            self._guards[number] = cancel
        try:
            yield
        finally:
            with self._changed:
                self._guards.pop(number, None)

    @contextlib.contextmanager
    def unfenced(self) -> Iterator[None]:
        """A part of an effect that can't be taken back. Ends before the window does, or the process ends."""
        with self._changed:
            self.require()
            self._unfenced += 1
            self._arm()
        try:
            yield
        finally:
            with self._changed:
                self._unfenced -= 1
                self._arm()

    def _arm(self) -> None:
        if math.isinf(self._until):
            return
        if self._unfenced:
            seconds = max(self._until - clock.monotonic(), 0.001)
            faulthandler.dump_traceback_later(seconds, exit=True, file=self._trace or 2)
        else:
            faulthandler.cancel_dump_traceback_later()

    def _take_guards(self) -> list[Callable[[], None]]:
        taken = list(self._guards.values())
        self._guards.clear()
        return taken

    def _watch(self) -> None:
        """Cancels what runs when the last part of the window begins; ends with the window's closing."""
        while True:
            with self._changed:
                left = self._until - self._margin - clock.monotonic()
                if self._closed:
                    left = 0.0
                if left > 0 or not self._guards:
                    if self._closed and not self._guards:
                        return
                    self._changed.wait(left if left > 0 else 0.05)
                    continue
                guards = self._take_guards()
            for cancel in guards:
                _quietly(cancel)


def _quietly(cancel: Callable[[], None]) -> None:
    with contextlib.suppress(Exception):
        cancel()


OPEN = Window()
"""A window that never ends, for a lease that can't be lost while the process lives."""
