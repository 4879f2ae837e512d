"""Calls to the Manager: through ``$KANMON_HOME/run/manager.sock``, or to ``--server URL`` with a token."""

import contextlib
import http.client
import io
import json
import logging
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from kanmon.common import config, messages
from kanmon.common.errors import Refused

WAIT_SECONDS = 60.0
AGAIN_SECONDS = 0.5
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ServerSaid(Exception):
    """The Manager refused: its message id, sentence and HTTP status."""

    def __init__(self, status: int, message_id: str, sentence: str) -> None:
        self.status, self.message_id = status, message_id
        super().__init__(sentence)


class Cut(Refused):
    """Somebody was there, and was lost before the whole answer had come."""


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: Path, wait_seconds: float) -> None:
        super().__init__("localhost", timeout=wait_seconds)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class _Answer:
    """What a Manager's answer looks like when there is no Manager: Django's own response."""

    def __init__(self, response: Any) -> None:
        self.status, self.headers, self._content = response.status_code, response.headers, response.content

    def read(self) -> bytes:
        """The body."""
        return bytes(self._content)


class _InProcess:
    """The API in this process, on a database that can't be written: for reading when no Manager runs."""

    def request(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> None:
        """Answer one request."""
        from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

        from kanmon.asgi import local_user

        path, _, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": unquote(path), "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "wsgi.input": io.BytesIO(body or b""), "CONTENT_LENGTH": str(len(body or b"")),
            "CONTENT_TYPE": "application/json", "HTTP_X_KANMON_LOCAL": local_user(), "wsgi.url_scheme": "http",
        }  # fmt: skip
        handler = WSGIHandler()
        self._answer = _Answer(handler.get_response(WSGIRequest(environ)))

    def getresponse(self) -> _Answer:
        """The answer to the request."""
        return self._answer

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Client:
    """Where the Manager is. ``server`` empty: the local socket. The token comes from a file or KANMON_TOKEN.

    ``wait_seconds``: longest wait for an answer.
    """

    server: str = ""
    token: str = ""
    in_process: bool = False
    wait_seconds: float = 600

    def _connection(self) -> Any:
        if self.in_process:
            return _InProcess()
        if not self.server:
            return _Unix(socket_path(), self.wait_seconds)
        parts = urlsplit(self.server)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(parts.netloc, timeout=self.wait_seconds, context=context)
        if self.token and parts.hostname not in LOOPBACK:
            raise Refused("KNM1044-E", url=self.server)
        return http.client.HTTPConnection(parts.netloc, timeout=self.wait_seconds)

    def raw(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One request. Raises Refused KNM6007-E when nobody answers, ``Cut`` when the answer was cut off."""
        where = self.server or str(socket_path())
        connection = self._connection()
        refusal: type[Refused] = Refused
        try:
            if not self.in_process:
                connection.connect()
                refusal = Cut
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            raise refusal("KNM6007-E", where=where, problem=str(problem) or type(problem).__name__) from None
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", **query: Any) -> Any:
        """An API call; a list without ``limit`` is whole, page by page.

        Raises ServerSaid with the Manager's sentence, or Refused when nobody answers.
        """
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        wanted = {name: value for name, value in query.items() if value not in ("", None, 0)}
        target = "/api/v1" + quote(path)
        data = None if body is None else json.dumps(body).encode()
        told: Any = None
        while True:
            address = target + ("?" + urlencode(wanted) if wanted else "")
            status, given, content = self._until_answered(method, address, data, headers, again=bool(key))
            value = _decoded(status, content)
            if not isinstance(value, list):
                return value
            told = [*(told or ()), *value]
            if method != "GET" or "limit" in wanted or not (cursor := given.get("X-Kanmon-Next")):
                return told
            wanted["cursor"] = cursor

    def _until_answered(
        self, method: str, target: str, body: bytes | None, headers: dict[str, str], again: bool
    ) -> tuple[int, Any, bytes]:
        """Status, headers and content. What has a key is sent ``again`` when the Manager was lost while it answered: it is done once."""
        end: float | None = None
        while True:
            try:
                return self.raw(method, target, body, headers)
            except Refused as problem:
                lost = isinstance(problem, Cut) or end is not None
                end = end or time.monotonic() + WAIT_SECONDS
                if not (again and lost) or time.monotonic() > end:
                    raise
                time.sleep(AGAIN_SECONDS)

    def send(self, path: str, body: bytes, *, key: str) -> Any:
        """POST ``body`` as it is; ``path`` may end with a query. Raises as ``call`` does."""
        headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        status, _, content = self.raw("POST", "/api/v1" + path, body, headers)
        return _decoded(status, content)


def _decoded(status: int, content: bytes) -> Any:
    try:
        value = json.loads(content) if content else None
    except ValueError:
        value = {"title": "KNM6007-E", "detail": content[:200].decode("utf-8", "replace")}
    if status >= 400:
        said = value if isinstance(value, dict) else {}
        raise ServerSaid(status, str(said.get("id", said.get("title", status))), str(said.get("detail", "no sentence")))
    return value


def socket_path() -> Path:
    """The Manager's local socket."""
    return config.node_folder(config.home()) / "run" / "manager.sock"


def answers() -> bool:
    """Whether a Manager answers on the local socket."""
    try:
        status, _, _ = Client().raw("GET", "/health/live", None, {})
    except Refused:
        return False
    return status == 200


@contextlib.contextmanager
def manager(server: str = "", token_file: Path | None = None, *, reading: bool = False) -> Iterator[Client]:
    """A client of the Manager at ``server``, of the local one, or of one that this process runs for a while.

    ``reading``: nothing will be changed, so that without a Manager the database is only opened for reading.
    """
    token = os.environ.get("KANMON_TOKEN", "")
    if token_file is not None:
        try:
            token = token_file.read_text("utf-8").strip()
        except OSError as problem:
            raise Refused("KNM6006-E", path=str(token_file), problem=problem.strerror or str(problem)) from None
    if server:
        yield Client(server.rstrip("/"), token)
        return
    if answers():
        yield Client()
        return
    if reading:
        os.environ["KANMON_READ_ONLY"] = "1"
        from kanmon import home

        home.require(config.home())
        home.start_django()
        logging.getLogger("django.request").disabled = True  # a refusal is said by the command
        yield Client(in_process=True)
        return
    with _own_manager():
        yield Client()


@contextlib.contextmanager
def _own_manager() -> Iterator[None]:
    from kanmon.manager import Manager

    print("KNM6012-I", messages.text("KNM6012-I", {}), file=sys.stderr)
    ready = threading.Event()
    mine = Manager(config.home(), None, ready.set)
    problems: list[BaseException] = []

    def serve() -> None:
        try:
            mine.run()
        except BaseException as problem:
            problems.append(problem)
        finally:
            ready.set()

    thread = threading.Thread(target=serve, name="own-manager")
    thread.start()
    ready.wait(WAIT_SECONDS)
    if problems:
        thread.join()
        raise problems[0]
    try:
        yield
    finally:
        mine.stop()
        thread.join()


def follow(client: Client, operation: int, on_progress: Any = None) -> dict[str, Any]:
    """Wait until the operation has ended. While the Manager is away, wait for it, too."""
    lost_at: float | None = None
    while True:
        try:
            state: dict[str, Any] = client.call("GET", f"/operations/{operation}")
            lost_at = None
        except Refused:
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > WAIT_SECONDS:
                raise
            time.sleep(0.5)
            continue
        if on_progress:
            on_progress(state)
        if state["state"] in ("finished", "failed", "cancelled", "in_doubt"):
            return state
        time.sleep(0.1)
