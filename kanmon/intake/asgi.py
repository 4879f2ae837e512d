"""Intake as a bare ASGI application beside Django: three times the bodies a second of a WSGI view.

    POST /intake/TOKEN        any known format, told by its content
    POST /intake              with Authorization: Bearer TOKEN, or Basic with the token as password (or user)

Bodies are read up to a bound; how many wait for their commit is bounded too (503 with Retry-After). The
token is never logged: the access log is off, and ``common.redact`` takes them out tokens everywhere.
"""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import connection

from kanmon.common.errors import Refused
from kanmon.intake import tokens
from kanmon.intake.receive import Answer, Receiver, refusal_answer

DRAINED = 128 * 2**20
ANSWERED: Counter[str] = Counter()  # by result, since the process began
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope.get("headers") or ())


def token_of(scope: Scope) -> str:
    """The token of a request: from the path, else from Authorization. Empty when there is none."""
    path = str(scope["path"])
    if path.startswith("/intake/") and len(path) > len("/intake/"):
        return path[len("/intake/") :].split("/")[0]
    kind, _, value = _headers(scope).get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value, validate=True).decode("utf-8", "replace").partition(":")
        except (binascii.Error, ValueError):
            return ""
        return password if password.startswith(tokens.PREFIX) else user
    return ""


async def read_body(receive: Receive, headers: dict[bytes, bytes], most: int) -> bytes:
    """The whole body. Raises Refused KNM1101-E (413) when it is over ``most`` bytes.

    What is too large is still read, thrown away as it comes, up to ``DRAINED`` bytes: a sender that is cut off
    in the middle of sending sees a broken connection and never the sentence.
    """
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > DRAINED:
        raise Refused("KNM1101-E", status=413, size=int(announced), limit=most)
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise asyncio.CancelledError
        part = event.get("body", b"")
        size += len(part)
        if size <= most:
            parts.append(part)
        else:
            parts.clear()
        if not event.get("more_body") or size > DRAINED:
            break
    if size > most:
        raise Refused("KNM1101-E", status=413, size=size, limit=most)
    return b"".join(parts)


class IntakeApplication:
    """The ASGI application. ``receiver`` does the work."""

    def __init__(self, receiver: Receiver, body_bytes: int) -> None:
        self.receiver, self.body_bytes = receiver, body_bytes
        self._builtin: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except asyncio.CancelledError:
            return
        ANSWERED[answer.result] += 1
        await _respond(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = _headers(scope)
        if scope["method"] != "POST":
            return refusal_answer(Refused("KNM1102-E", status=405, method=scope["method"]))
        source = await self._source(scope, headers)
        if source is None:
            return refusal_answer(Refused("KNM7002-E", status=401))
        agent = headers.get(b"user-agent", b"").decode("latin-1")
        address = str((scope.get("client") or ("",))[0])
        try:
            body = await read_body(receive, headers, self.body_bytes)
        except Refused as problem:
            size = int(problem.params["size"])
            return self.receiver.refuse(problem, source, b"", agent=agent, address=address, size=size)
        return await self.receiver.receive(source, body, agent=agent, address=address)

    async def _source(self, scope: Scope, headers: dict[bytes, bytes]) -> int | None:
        """Who sends: by token; through the local socket also by the name of a built-in source."""
        name = headers.get(b"x-kanmon-source", b"").decode("latin-1")
        if scope.get("kanmon.local") and name in tokens.BUILTIN:
            if name not in self._builtin:  # such a source is never revoked
                self._builtin[name] = (await _in_thread(tokens.builtin, name)).id
            return self._builtin[name]
        token = token_of(scope)
        cached = tokens.cached(token)
        return cached if cached is not None else await _in_thread(tokens.find, token)


async def _in_thread(work: Callable[[str], Any], value: str) -> Any:
    """``work`` in another thread, which gives its connection back to the pool, if there is one."""

    def run() -> Any:
        try:
            return work(value)
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    return await asyncio.to_thread(run)


async def _respond(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-kanmon-result", answer.result.encode()),
        (b"cache-control", b"no-store"),
    ]
    if answer.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="Kanmon intake"'))
    if answer.status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
