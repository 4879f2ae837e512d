"""One call to a Manager: HTTPS with the agents' authority as the only one that is trusted, and this agent's certificate.

A connection is kept for the next call. A call that waits can be cut from another thread. The Manager's certificate is
checked for ``wire.MANAGER_NAME``, not for the address, so that any address of it will do.
"""

import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kanmon.common.errors import Refused
from kanmon.wire import AUTHORITY, BODY_BYTES, MANAGER_NAME, Message, Refusal

PORT = 8445
KEEPALIVE = ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3))
"""A call waits for orders in silence; a Manager's machine that is gone is noticed after about 11 seconds all the same."""


class Cut(Exception):
    """The call was cut from another thread."""


class ManagerRefused(Exception):
    """The Manager answered with a refusal; 409: another node is active."""

    def __init__(self, status: int, refusal: Refusal) -> None:
        self.status, self.refusal = status, refusal
        super().__init__(f"{refusal.id} {refusal.sentence}")


def context(authority: Path, identity: Path | None) -> ssl.SSLContext:
    """TLS 1.3 towards the Manager. ``identity``: PEM file with this agent's key and certificate.

    Raises Refused KNM8020-E when a file can't be read.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    path = authority
    try:
        made.load_verify_locations(cafile=str(authority))
        if identity is not None:
            path = identity
            made.load_cert_chain(str(identity))
    except (OSError, ssl.SSLError) as problem:
        raise Refused("KNM8020-E", path=str(path), problem=str(problem)) from None
    return made


class _Connection(http.client.HTTPSConnection):
    """Checks the certificate for the Manager's name, whatever address was called."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=tls)
        self._tls = tls

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:
            plain.setsockopt(socket.IPPROTO_TCP, option, value)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=MANAGER_NAME)
        except BaseException:
            plain.close()
            raise


class Caller:
    """Calls to one Manager at ``url`` (https://host:port). For one thread; ``cut`` may come from any."""

    def __init__(self, url: str, tls: ssl.SSLContext, connect_seconds: float) -> None:
        parts = urlsplit(url)
        self.url, self.host, self.port = url, parts.hostname or "", parts.port or PORT
        self.tls, self.connect_seconds = tls, connect_seconds
        self._connection: _Connection | None = None
        self._cut = threading.Event()

    def post(self, path: str, message: Message, wait_seconds: float = 0) -> bytes:
        """The answer's body. ``wait_seconds``: how long the Manager was allowed to think, on top of the time for a call.

        Raises OSError when nobody answers in time, ManagerRefused, Cut.
        """
        return self._call("POST", path, msgspec.json.encode(message), wait_seconds)

    def get(self, path: str) -> bytes:
        """The answer's body. Raises as ``post`` does."""
        return self._call("GET", path, None, 0)

    def _call(self, method: str, path: str, body: bytes | None, wait_seconds: float) -> bytes:
        try:
            status, content = self._exchange(method, path, body, wait_seconds)
        except (OSError, ValueError, http.client.HTTPException) as problem:
            self.close()
            if self._cut.is_set():
                raise Cut from None
            if isinstance(problem, OSError):
                raise
            raise OSError(f"{type(problem).__name__}: {problem}") from None
        finally:
            self._cut.clear()
        if status != 200:
            raise ManagerRefused(status, _refusal(status, content))
        return content

    def _exchange(self, method: str, path: str, body: bytes | None, wait_seconds: float) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = _Connection(self.host, self.port, self.tls, self.connect_seconds)
            self._connection.connect()
        connection = self._connection
        assert connection.sock is not None
        connection.sock.settimeout(self.connect_seconds + wait_seconds)
        if self._cut.is_set():
            raise OSError("cut")
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read(BODY_BYTES + 1)
        if len(content) > BODY_BYTES:
            raise OSError(f"an answer of more than {BODY_BYTES} bytes")
        if answer.will_close:
            self.close()
        return answer.status, content

    def cut(self) -> None:
        """End the call that waits now, if there is one."""
        self._cut.set()
        connection = self._connection
        sock = None if connection is None else connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # not SSLSocket.shutdown: the calling thread is inside that one
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """No connection is kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _refusal(status: int, content: bytes) -> Refusal:
    try:
        return msgspec.json.decode(content, type=Refusal)
    except msgspec.MsgspecError:
        return Refusal(id="", sentence=f"HTTP status {status}")


def authority_of(url: str, fingerprint: str, connect_seconds: float) -> bytes:
    """The authority of the Manager at ``url`` (PEM), asked for before anything can be trusted.

    Raises Refused KNM8024-E when it is not the one of the invitation, OSError when nobody answers.
    """
    unproven = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unproven.check_hostname, unproven.verify_mode = False, ssl.CERT_NONE
    caller = Caller(url, unproven, connect_seconds)
    try:
        told = caller.get(AUTHORITY)
        found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(told.decode("ascii").strip())).hexdigest()
    except (ManagerRefused, ValueError) as problem:
        raise Refused("KNM8024-E", url=url, problem=str(problem)) from None
    finally:
        caller.close()
    if found != fingerprint:
        raise Refused("KNM8024-E", url=url, problem=f"{found[:16]}..., not {fingerprint[:16]}...")
    return told
