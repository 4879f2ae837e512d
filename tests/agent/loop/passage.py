"""A passage for TCP into a namespace, so that an agent in there reaches a Manager out here; it can be shut.

The listening socket belongs to the namespace in which it was made, whatever thread accepts from it; threads belong to
the one of the thread that starts them. No address of this machine is touched.
"""

import contextlib
import socket
import threading


class Passage:
    """From ``listening`` to 127.0.0.1:``port``, until ``close``."""

    def __init__(self, listening: socket.socket, port: int) -> None:
        self.listening, self.port = listening, port
        self.is_open = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        """As a cable that was pulled: what is connected breaks off, and nobody comes through."""
        self.is_open = False
        self._break()

    def open(self) -> None:
        """Plugged in again."""
        self.is_open = True

    def close(self) -> None:
        """The end of it."""
        self.is_open = False
        self.listening.close()
        self._break()

    def _break(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        for one in ends:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                inside, _ = self.listening.accept()
            except OSError:
                return
            try:
                if not self.is_open:
                    raise OSError
                outside = socket.create_connection(("127.0.0.1", self.port), 5)
            except OSError:
                inside.close()
                continue
            with self._lock:
                self._ends |= {inside, outside}
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            source.settimeout(None)
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
