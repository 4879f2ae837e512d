"""A receiver of webhooks: a real HTTP or HTTPS server on loopback that keeps a ledger by Idempotency-Key.

It checks the signature by itself, from the text of Standard Webhooks and not from Kanmon's code, and refuses with 401
what is not signed by its secret. What it does for an order stands in ``done``, once for each key.
"""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it came in; names of headers are lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """Its Idempotency-Key, without the quotes."""
        return self.headers["idempotency-key"].strip('"')

    @property
    def flagged(self) -> bool:
        """Whether it says that it may be a repeat."""
        return self.headers["x-kanmon-may-be-repeat"] == "true"


@dataclass
class Receiver:
    """``answers`` are given in their order, ``always`` afterwards; while ``open`` is cleared nothing is answered.

    ``requests``: all that came in; ``carried_out``: those that were answered with success; ``done``: what became of
    them, once for each key; ``held``: how many wait for their answer.
    """

    secret: str = field(default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    port: int = 0
    tls: bool = False
    always: int = 204
    held: int = 0
    requests: list[Request] = field(default_factory=list)
    carried_out: list[Request] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)  # key -> the order's body, decoded
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    open: threading.Event = field(default_factory=threading.Event)
    drip_seconds: float = 0.0  # between two bytes of an answer that never ends

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http{'s' if self.tls else ''}://localhost:{self.port}/hook"

    def settings(self, name: str, folder: Path) -> dict[str, Any]:
        """What [webhook] in kanmon.toml has to say; writes the secret into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(self.secret + "\n")
        return {"targets": [f"{name}={self.url}"], "allow_private": [name], "secret_folder": str(folder)}

    def take(self, request: Request) -> tuple[int, dict[str, str]]:
        """Note a request, and say what is answered."""
        self.requests.append(request)
        self.held += 1
        self.open.wait(60)
        self.held -= 1
        if not signed(request, self.secret):
            return 401, {}
        answer = self.answers.popleft() if self.answers else (self.always, {})
        if 200 <= answer[0] < 300:
            self.carried_out.append(request)
            self.done.setdefault(request.key, json.loads(request.body))
        return answer


def signed(request: Request, secret: str) -> bool:
    """Whether one of the request's signatures was made with ``secret``, now."""
    head = request.headers
    if abs(time.time() - int(head["webhook-timestamp"])) > 300:
        return False
    content = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, "v1," + wanted) for one in head["webhook-signature"].split(" "))


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        status, more = receiver.take(Request(self.path, headers, body))
        try:
            while receiver.drip_seconds:
                self.wfile.write(b"H")
                time.sleep(receiver.drip_seconds)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was cut, or a certificate that was not trusted, is no news."""


@contextmanager
def receiving(certificate: Path | None = None, port: int = 0) -> Iterator[Receiver]:
    """A receiver that runs; with ``certificate`` (see ``make_certificate``) by HTTPS."""
    server = _Server(("127.0.0.1", port), _Handler)
    receiver = Receiver(port=server.server_port, tls=certificate is not None)
    server.receiver = receiver  # type: ignore[attr-defined]
    receiver.open.set()
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        receiver.drip_seconds = 0
        server.shutdown()
        server.server_close()
        thread.join(30)


def make_certificate(folder: Path, name: str = "localhost") -> Path:
    """A file with a key and a certificate of its own for ``name``."""
    path = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    with open(path, "ab") as whole:
        whole.write(Path(f"{path}.crt").read_bytes())
    return path
