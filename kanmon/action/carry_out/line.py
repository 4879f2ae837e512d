"""A line to another server, which another thread can cut.

When the lease can't be trusted any more, an effect that runs must end soon (journal/window.py). A thread that waits in
``connect`` or ``recv`` hears nothing of it; but shutting its connection down wakes it at once. The line has a
descriptor of its own to do that with (``dup``): it stays the same connection whatever TLS makes of the socket, and a
number that the system has meanwhile given to another file is never shut down.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

ADDRESSES = 4  # of one name that are tried

Place = tuple[socket.AddressFamily, Any]
"""Where to connect to: the family of the address, and the address as a socket wants it."""


def places(host: str, port: int) -> list[Place]:
    """Where ``host`` is, in the order to be tried. Raises OSError when there is no such host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as problem:  # no name that DNS could hold
        raise OSError(f"{host}: {problem}") from None
    unique: dict[Place, None] = {(family, address): None for family, _, _, _, address in found}
    return list(unique)[:ADDRESSES]


class Line:
    """One connection. ``was_cut``: by ``cut``; ``out_of_time``: the limit of ``within`` was reached.

    A context manager: at its end nothing can be cut any more.
    """

    def __init__(self) -> None:
        self.was_cut = self.out_of_time = False
        self._lock = threading.Lock()
        self._mine: socket.socket | None = None

    def connect(self, where: Sequence[Place], seconds: float) -> socket.socket:
        """A connection to the first place that takes one in ``seconds``. Raises OSError."""
        problem = OSError("no address")
        for family, address in where:
            one = socket.socket(family, socket.SOCK_STREAM)
            one.settimeout(seconds)
            try:
                self._hold(one)
                one.connect(address)
                return one
            except OSError as failed:
                one.close()
                problem = failed
        raise problem

    def cut(self) -> None:
        """End the connection, from any thread: whoever waits on it gets an OSError, or the end of the stream."""
        with self._lock:
            self.was_cut = True
            self._shut_down()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """All that is done in here ends in ``seconds``, however slowly the other side sends byte by byte."""
        timer = threading.Timer(seconds, self._run_out)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._let_go()

    def _hold(self, connection: socket.socket) -> None:
        with self._lock:
            if self.was_cut or self.out_of_time:
                raise ConnectionAbortedError("the line was cut")
            self._let_go()
            self._mine = socket.socket(fileno=os.dup(connection.fileno()))

    def _run_out(self) -> None:
        with self._lock:
            self.out_of_time = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._mine is not None:
            with contextlib.suppress(OSError):
                self._mine.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._mine is not None:
            self._mine.close()
            self._mine = None
