"""Where the clients of PCs call: a bare ASGI application beside Django, on the listener of intake.

    POST /client/v1/register   the token of a source, and a new one of the client's own: it is the client of its PC
    POST /client/v1/poll       the client's own token; a long poll: what it tells, for what it is given

Bodies are small, calls at a time are bounded (``message.connections``; above that: 503, come again later), and one that waits
holds no thread. See docs/reference/client-protocol.md.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import msgspec
from django.db import connection

from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.intake import tokens
from kanmon.intake.asgi import read_body, token_of
from kanmon.message import clients
from kanmon.message.desk import Desk
from kanmon.message.exchange import MOST_HAD, MOST_TOLD, Told

PREFIX = "/client/"
REGISTER, POLL = "/client/v1/register", "/client/v1/poll"
BODY_BYTES = 16 * 1024
BODY_SECONDS = 10.0
AGAIN_SECONDS = 30


class Registration(msgspec.Struct, frozen=True):
    """Body of a registration. ``device``: as the client's inventory names it; or the ``uuid`` of the board."""

    token: str
    device: str = ""
    uuid: str = ""


class ClientListener:
    """The application. ``start`` before it serves, ``stop`` when it ends."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.waiting = 0

    def start(self) -> None:
        """Begin to answer."""
        self.desk.start()

    def stop(self) -> None:
        """Calls that wait are answered now."""
        self.desk.stop()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, dict(scope["headers"]), BODY_BYTES)
            status, said = 200, await self._answer(scope, body)
        except asyncio.CancelledError:
            return  # the client has gone away
        except TimeoutError:
            status, said = 408, _refusal(Refused("KNM3214-E", status=408, problem="its body did not come"))
        except Refused as problem:
            status, said = problem.status, _refusal(problem)
        except msgspec.MsgspecError as problem:
            status, said = 400, _refusal(Refused("KNM3214-E", problem=str(problem)[:300]))
        headers = [
            (b"content-type", b"application/json" if status == 200 else b"application/problem+json"),
            (b"content-length", b"%d" % len(said)),
            (b"cache-control", b"no-store"),
        ]
        if status == 503:
            headers.append((b"retry-after", b"%d" % random.randint(AGAIN_SECONDS // 2, AGAIN_SECONDS)))  # noqa: S311
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    async def _answer(self, scope: Any, body: bytes) -> bytes:
        route = (scope["method"], scope["path"])
        if route == ("POST", POLL):
            return await self._poll(scope, body)
        if route == ("POST", REGISTER):
            return await self._register(scope, body)
        raise Refused("KNM3214-E", status=404, problem=f"{route[0]} {route[1]}"[:200])

    async def _poll(self, scope: Any, body: bytes) -> bytes:
        token = _bearer(scope)
        if not token.startswith(clients.PREFIX) or len(token) > 100:
            raise Refused("KNM3212-E", status=401)
        told = msgspec.json.decode(body or b"{}", type=Told)
        if len(told.delivered) > MOST_TOLD or len(told.shown) > MOST_TOLD or len(told.have) > MOST_HAD:
            raise Refused("KNM3214-E", problem=f"more than {MOST_TOLD} messages told at once")
        if self.waiting >= int(config.get("message.connections")):
            raise Refused("KNM3215-E", status=503)
        most = int(config.get("message.poll_seconds"))
        seconds = max(0.0, min(told.wait_seconds, most * random.uniform(0.9, 1.0)))  # noqa: S311
        self.waiting += 1
        try:
            answer = await self.desk.ask(tokens.digest(token), told, seconds)
        finally:
            self.waiting -= 1
        return msgspec.json.encode(msgspec.structs.replace(answer, poll_seconds=most))

    async def _register(self, scope: Any, body: bytes) -> bytes:
        token = token_of({**scope, "path": ""})
        source = tokens.cached(token)
        if source is None:
            source = await _in_thread(tokens.find, token)
        if source is None:
            raise Refused("KNM7002-E", status=401)
        asked = msgspec.json.decode(body, type=Registration)
        agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
        agent = "".join(one for one in agent if one.isprintable())
        await _in_thread(clients.register, source, asked.device, asked.uuid, asked.token, agent)
        return b"{}"


def _bearer(scope: Any) -> str:
    kind, _, value = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def _refusal(problem: Refused) -> bytes:
    return msgspec.json.encode(
        {"type": "about:blank", "status": problem.status, "title": problem.message_id, "detail": problem.sentence()}
    )


async def _in_thread(work: Callable[..., Any], *values: Any) -> Any:
    """``work`` in another thread, which gives its connection back to the pool, if there is one."""

    def run() -> Any:
        try:
            return work(*values)
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    return await asyncio.to_thread(run)
