"""Questions and answers between processes of the campaign: a line of JSON each, over a Unix socket."""

import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

Handler = Callable[[dict[str, Any]], dict[str, Any] | None]


class Call:
    """A connection to ``path`` for as many questions as wanted. ``close`` may be called by another thread."""

    def __init__(self, path: str | Path, seconds: float) -> None:
        self.path, self.seconds = str(path), seconds
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        self._reader: Any = None

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, *_: type[BaseException] | TracebackType | BaseException | None) -> None:
        self.close()
        if self._reader is not None:
            self._reader.close()
        self._socket.close()

    def close(self) -> None:
        """End what is going on."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def ask(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when the connection ended without one. Raises OSError when nobody listens."""
        if self._reader is None:
            self._socket.connect(self.path)
            self._reader = self._socket.makefile("rb")
        try:
            self._socket.sendall(json.dumps(question).encode() + b"\n")
            line = self._reader.readline()
        except OSError:
            return None
        return json.loads(line) if line.endswith(b"\n") else None


class Server(socketserver.ThreadingUnixStreamServer):
    """Answers by ``handler``, a thread for each connection. No answer: the connection is closed."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, path: str | Path, handler: Handler) -> None:
        Path(path).unlink(missing_ok=True)
        super().__init__(str(path), _Lines)
        self.handler = handler

    def start(self) -> "Server":
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that are killed in the middle are what this is for."""


class _Lines(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        while line := self.rfile.readline():
            if not line.endswith(b"\n"):
                return  # half a question: its sender was killed
            answer = self.server.handler(json.loads(line))
            if answer is None:
                return
            self.wfile.write(json.dumps(answer).encode() + b"\n")
