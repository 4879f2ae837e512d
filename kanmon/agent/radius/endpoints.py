"""What FreeRADIUS's module rest calls, as a bare ASGI application.

    POST /radius/v1/authorize     which network? 200 with attributes, or 401: reject
    POST /radius/v1/post-auth     credentials were wrong: the PC is there, and not let in. 204
    POST /radius/v1/accounting    sessions begin, go on and end. 204

FreeRADIUS signs in by a password (HTTP Basic) that it shares with the agent, and each body is bounded. Whoever calls
without it gets 403, which FreeRADIUS takes as a reject: a wrong password must not look as if the agent were gone.
"""

import asyncio
import base64
import binascii
import hmac
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from kanmon.agent import log
from kanmon.agent.radius import attributes
from kanmon.agent.radius.decisions import Decisions
from kanmon.agent.radius.request import BODY_MOST, Request, read
from kanmon.agent.radius.sessions import Answered, Sessions
from kanmon.agent.radius.setup import Setup
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.wire import Seen

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, bytes]
ROOT = "/v1/"  # the agent mounts this below /radius
USER = "freeradius"
WAITING_MOST = 10_000  # answers that are not yet written down; more are not written
BATCH = 500


class RadiusApplication:
    """The application.

    ``setup`` and ``profiles`` (of each switch by name) are asked each time, so that they may change; ``password`` is
    FreeRADIUS's; ``seen`` takes what was seen and must not wait.
    """

    def __init__(
        self, decisions: Decisions, sessions: Sessions, *, setup: Callable[[], Setup],
        profiles: Callable[[], Mapping[str, str]], password: str, seen: Callable[[Seen], None],
    ) -> None:  # fmt: skip
        self._decisions, self._sessions = decisions, sessions
        self._setup, self._profiles, self._seen = setup, profiles, seen
        self._password = password.encode()
        self._answered: list[Answered] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        try:
            status, body = await self._answer(scope, receive)
        except asyncio.CancelledError:
            return
        except Refused as problem:
            log.say_once(problem.message_id, problem.message_id, **problem.params)
            status, body = problem.status, str(problem).encode()
        kind = b"application/json" if status in (200, 401) else b"text/plain; charset=utf-8"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers if status != 204 else []})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        work = {"authorize": self.authorize, "post-auth": self.post_auth, "accounting": self.accounting}.get(
            str(scope["path"]).removeprefix("/radius").removeprefix(ROOT)
        )
        if work is None or scope["method"] != "POST":
            raise Refused("KNM8210-E", status=404, path=str(scope["path"])[:200])
        if not self._may(dict(scope["headers"])):
            raise Refused("KNM8211-E", status=403)
        return await work(read(await _body(receive)))

    def _may(self, headers: dict[bytes, bytes]) -> bool:
        kind, _, value = headers.get(b"authorization", b"").partition(b" ")
        if kind.lower() != b"basic":
            return False
        try:
            told = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(told, USER.encode() + b":" + self._password)

    async def authorize(self, request: Request) -> Answer:
        """Which network. For 802.1X FreeRADIUS asks only when the credentials are right."""
        if request.mac is None:
            log.say_once(f"no mac {request.nas}", "KNM8212-W", nas=request.nas, calling=request.calling)
            return 401, _json({})
        if request.signs_in_at_the_switch or not (request.with_eap or request.is_bypass):
            log.say_once(f"login {request.nas}", "KNM8214-W", nas=request.nas, user=request.user, mac=request.mac)
            return 401, _json({})
        setup = self._setup()
        network = self._decisions.decide(request.mac).network
        reply = setup.networks[network]
        self._record(request, network, accepted=bool(reply.accept), session_seconds=reply.session_seconds)
        self._tell(request, network, "authentication")
        if not reply.accept:
            return 401, _json({})
        given = attributes.of_network(setup, network, self._profiles().get(request.nas, "standard"), request.mac)
        # FreeRADIUS remembers the network by this, for when the agent is gone (`last_known`)
        return 200, _json(
            {f"reply:{name}": values for name, values in given.items()} | {"control:Tmp-String-1": [network]}
        )

    async def post_auth(self, request: Request) -> Answer:
        """Credentials were wrong."""
        if request.mac is not None:
            self._record(request, "unauthenticated", accepted=False)
            self._tell(request, "unauthenticated", "authentication")
        return 204, b""

    async def accounting(self, request: Request) -> Answer:
        """Accounting-On and -Off are of the switch and name no MAC."""
        while self._writing is not None:  # what was answered before comes before
            await asyncio.wait([self._writing])
        if request.status in ("Accounting-On", "Accounting-Off"):
            ended = await asyncio.to_thread(self._sessions.restarted, request.nas, request.nas_address)
            log.say("KNM8213-I", nas=request.nas, status=request.status, ended=ended)
        elif request.mac is not None and request.status in ("Start", "Interim-Update", "Stop"):
            network = await asyncio.to_thread(self._sessions.accounted, request)
            if request.status != "Stop":
                self._tell(request, network, "accounting")
        return 204, b""

    def _record(self, request: Request, network: str, *, accepted: bool, session_seconds: int = 0) -> None:
        """Write down what was answered, together with others, after the answer: nobody waits for it.

        What a crash loses of it the next accounting tells again.
        """
        if len(self._answered) < WAITING_MOST:
            self._answered.append(Answered(request, network, accepted, session_seconds))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._answered:
                some, self._answered = self._answered[:BATCH], self._answered[BATCH:]
                await asyncio.to_thread(self._sessions.answered, some)
        except sqlite3.Error as problem:
            # a disk that is full must not keep PCs out, nor let them in elsewhere: answers stand on the list alone
            log.say_once("sessions", "KNM8218-E", problem=str(problem))
        finally:
            self._writing = None

    def _tell(self, request: Request, network: Any, how: Any) -> None:
        assert request.mac is not None
        self._seen(
            Seen(
                mac=request.mac, at=clock.now(), network=network, how=how, ip=request.ip[:45], nas=request.nas,
                port=request.port,
            )
        )  # fmt: skip


def _json(told: Mapping[str, list[str]]) -> bytes:
    """For each attribute its values; do_xlat off, or FreeRADIUS would expand what looks like its own variables."""
    return msgspec.json.encode({name: {"op": ":=", "do_xlat": False, "value": values} for name, values in told.items()})


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise asyncio.CancelledError
        part = event.get("body", b"")
        size += len(part)
        if size > BODY_MOST:
            raise Refused("KNM8201-E", status=413, problem=f"more than {BODY_MOST} bytes")
        parts.append(part)
        if not event.get("more_body"):
            return b"".join(parts)
