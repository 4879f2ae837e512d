"""One address in front of several nodes, as a logical IP address or a balancer is: it leads to one of them."""

import contextlib
import socket
import threading


class Address:
    """Listens on a port of loopback and passes every connection on to ``target``; ``move`` cuts those that are open."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """What a browser is given."""
        return f"http://127.0.0.1:{self.port}"

    def move(self, target: int) -> None:
        """Lead to another node from now on."""
        self.target = target
        self._cut()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                here.close()
                continue
            with self._lock:
                self._open |= {here, there}
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()
