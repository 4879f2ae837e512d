"""Calls over HTTP: sent again until they are answered, and done once."""

import http.client
import json
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AGAIN = frozenset({429, 500, 502, 503, 504})
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 8.0
NEXT = "X-Kanmon-Next"


class Problem(Exception):
    """The Manager refused. ``id``: of the message; ``detail``: its sentence; ``how``: how to mend it; ``errors``: the
    fields that are wrong, each with ``field`` and ``detail``.
    """

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.id = str(told.get("id", ""))
        self.title = str(told.get("title", ""))
        self.detail = str(told.get("detail", f"HTTP {status}"))
        self.how = str(told.get("how", ""))
        self.errors: list[dict[str, Any]] = list(told.get("errors", ()))
        super().__init__(f"{self.id} {self.detail}".strip())


class Unreachable(Exception):
    """Nobody has answered within ``patience_seconds``."""


class Transport:
    """Where the Manager is, and who calls. A token is sent over https, or to this machine.

    ``language``: of sentences, "en" or "ja". ``patience_seconds``: how long a call is sent again while nobody answers, for
    example while another node takes over. ``context``: certificates that are trusted, instead of the system's.
    """

    def __init__(
        self, url: str, token: str = "", *, language: str = "en", patience_seconds: float = 60,
        timeout_seconds: float = 60, context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self.parts = urlsplit(url)
        if token and self.parts.scheme != "https" and self.parts.hostname not in LOOPBACK:
            raise ValueError("a token goes over https only, or to this machine")
        self.patience_seconds, self.timeout_seconds, self.context = patience_seconds, timeout_seconds, context
        self.headers = {"Accept-Language": language}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def _call(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None, key: str | None = None
    ) -> Any:
        return self._answer(method, path, query or {}, body, key)[0]

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """The rows of a list, page by page, to its end."""
        cursor = ""
        while True:
            rows, headers = self._answer("GET", path, {**query, "cursor": cursor or None}, None, None)
            yield from rows
            cursor = headers.get(NEXT, "")
            if not cursor:
                return

    def _answer(
        self, method: str, path: str, query: Mapping[str, Any], body: Any, key: str | None
    ) -> tuple[Any, http.client.HTTPMessage]:
        """The decoded answer and its headers. Whatever changes something has a key: sent again, it is done once."""
        given = {name: _spelt(one) for name, one in query.items() if one is not None}
        target = self.parts.path.rstrip("/") + "/api/v1" + path + ("?" + urlencode(given, doseq=True) if given else "")
        headers = dict(self.headers)
        if method != "GET":
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/octet-stream" if data is body else "application/json"
        end, pause = time.monotonic() + self.patience_seconds, FIRST_PAUSE_SECONDS
        while True:
            try:
                status, told, content = self._once(method, target, data, headers)
                if status not in AGAIN or time.monotonic() + pause > end:
                    return _decoded(status, told, content), told
                wait = max(pause, _seconds(told.get("Retry-After", "")))
            except (OSError, http.client.HTTPException) as why:
                if time.monotonic() + pause > end:
                    raise Unreachable(f"{self.parts.netloc}: {why or type(why).__name__}") from why
                wait = pause
            time.sleep(min(wait, max(0.0, end - time.monotonic())))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _once(
        self, method: str, target: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        if self.parts.scheme == "https":
            context = self.context or ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self.parts.netloc, timeout=self.timeout_seconds, context=context
            )
        else:
            connection = http.client.HTTPConnection(self.parts.netloc, timeout=self.timeout_seconds)
        try:
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def _spelt(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _segment(value: Any) -> str:
    """A value as one part of a path."""
    return quote(str(value), safe="")


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0


def _decoded(status: int, headers: http.client.HTTPMessage, content: bytes) -> Any:
    kind = headers.get("Content-Type", "")
    if status >= 400:
        try:
            told = json.loads(content)
        except ValueError:
            told = {}
        raise Problem(status, told if isinstance(told, dict) else {})
    return json.loads(content) if kind.startswith("application/json") else content.decode("utf-8")
