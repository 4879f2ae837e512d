"""Where agents call: a bare ASGI application on a listener of its own, TLS 1.3 with certificates of both sides.

    GET  /agent/v1/authority   the authority's certificate, to anybody: an invitation carries its fingerprint
    POST /agent/v1/enrol       an invitation for a certificate
    POST /agent/v1/renew       a certificate for a newer one
    POST /agent/v1/exchange    a long poll: what the agent tells, for what it is to do

Only the node that leads answers; another says 409, and the agent goes to the next address. The certificate is looked
up at every call, so that a revoked agent is out at once. Bodies are bounded, and so are calls at a time; work on the
database is done by a few threads, and a call that waits holds none of them.
"""

import asyncio
import contextlib
import functools
import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.db import Error as DatabaseError
from django.db import connection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kanmon import wire
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.intake.asgi import read_body
from kanmon.journal.writing import TermLost, call_session
from kanmon.network import certify, enrolment, exchange, news
from kanmon.network.models import Agent
from kanmon.network.whole import Whole

log = logging.getLogger("kanmon.network")
ASK_AGAIN_SECONDS = 1.0
RELOAD_SECONDS = 86_400.0
THREADS = 4
_Value = TypeVar("_Value")


class AgentProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it; the scope carries the certificate of who calls (DER), or None."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        self.scope["extensions"] = {"tls": {"client": tls.getpeercert(binary_form=True) if tls else None}}


class AgentListener:
    """The application. ``leads``: whether this node does; ``folder``: where its certificate is kept while it runs."""

    def __init__(self, leads: Callable[[], bool], folder: Path) -> None:
        self.leads, self.folder = leads, folder
        self.whole = Whole()
        self._calls: dict[int, int] = {}
        self._threads = ThreadPoolExecutor(THREADS, "agents", initializer=lambda: call_session("kanmon-agents"))
        self._tls: ssl.SSLContext | None = None
        self.stopping = False

    def tls(self, *_: Any) -> ssl.SSLContext:
        """TLS 1.3; agents show a certificate of our authority, or none (then they may enrol)."""
        home = config.home()
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        made.load_verify_locations(cafile=str(home / "secrets" / "agent-ca.crt"))
        made.verify_mode = ssl.CERT_OPTIONAL
        self._tls = made
        self._certify()
        return made

    def _certify(self) -> None:
        """A new certificate of this Manager; calls that come from now on are shown it."""
        assert self._tls is not None
        path = self.folder / "agents.pem"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(certify.for_manager(certify.authority(config.home())))
        try:
            self._tls.load_cert_chain(str(path))
        finally:
            path.unlink()

    async def keep_certified(self) -> None:
        """Its certificate is a new one every day."""
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            try:
                await self._in_thread(self._certify)
            except (Refused, OSError, ssl.SSLError) as problem:
                log.warning("the certificate for agents could not be renewed: %s", problem)

    def stop(self) -> None:
        """Calls that wait are answered now."""
        self.stopping = True
        news.tell()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            status, body = 200, await self._answer(scope, receive)
        except Refused as problem:
            status, body = problem.status, _refusal(problem)
        except msgspec.MsgspecError as problem:
            status, body = 400, _refusal(Refused("KNM8427-E", problem=str(problem)))
        except asyncio.CancelledError:
            return  # the agent has gone away
        except TermLost:
            status, body = 409, _refusal(Refused("KNM8428-E"))
        except (DatabaseError, RuntimeError) as problem:
            log.warning("an agent could not be answered: %s", problem)
            status, body = 503, _refusal(Refused("KNM8429-E"))
        kind = b"application/x-pem-file" if scope["path"] == wire.AUTHORITY and status == 200 else b"application/json"
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Any) -> bytes:
        route = _ROUTES.get((scope["method"], scope["path"]))
        if route is None:
            raise Refused("KNM8427-E", status=404, problem=f"{scope['method']} {scope['path']}"[:200])
        body = await read_body(receive, dict(scope["headers"]), wire.BODY_BYTES)
        if not self.leads():
            raise Refused("KNM8428-E", status=409)
        return await route(self, scope, body)

    async def _authority(self, scope: Any, body: bytes) -> bytes:
        return certify.authority(config.home()).pem

    async def _enrol(self, scope: Any, body: bytes) -> bytes:
        asked = msgspec.json.decode(body, type=wire.Enrolment)
        return msgspec.json.encode(await self._in_thread(enrolment.enrol, asked))

    async def _renew(self, scope: Any, body: bytes) -> bytes:
        agent = await self._who(scope)
        asked = msgspec.json.decode(body, type=wire.Enrolment)
        return msgspec.json.encode(await self._in_thread(enrolment.renew, agent.name, asked))

    async def _who(self, scope: Any) -> Agent:
        return await self._in_thread(enrolment.who, scope["extensions"]["tls"]["client"])

    async def _exchange(self, scope: Any, body: bytes) -> bytes:
        agent = await self._who(scope)
        told = msgspec.json.decode(body, type=wire.Exchange)
        if told.name != agent.name:
            raise Refused("KNM8425-E", status=403, name=told.name)
        call = self._calls[agent.id] = self._calls.get(agent.id, 0) + 1
        address = str((scope.get("client") or ("",))[0])
        confirmed = await self._in_thread(exchange.keep, agent, told, address)
        end = asyncio.get_running_loop().time() + told.wait_seconds
        with news.listening() as happened:
            while True:
                happened.clear()
                given = await self._in_thread(exchange.instructions, agent, told, confirmed, self.whole)
                left = end - asyncio.get_running_loop().time()
                idle = not (given.orders or given.setup or given.whole_list or given.want_list or confirmed)
                if not idle or left <= 0 or self._calls[agent.id] != call or self.stopping:
                    return msgspec.json.encode(given)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(happened.wait(), min(left, ASK_AGAIN_SECONDS))
                if not self.leads():
                    raise Refused("KNM8428-E", status=409)

    async def _in_thread(self, function: Callable[..., _Value], *arguments: Any) -> _Value:
        call = functools.partial(_with_connection, function, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _with_connection(function: Callable[..., _Value], *arguments: Any) -> _Value:
    """One call on the database by a thread that lives long: a connection that failed is not used again."""
    try:
        return function(*arguments)
    except DatabaseError:
        connection.close()
        raise


def _refusal(problem: Refused) -> bytes:
    return msgspec.json.encode(wire.Refusal(id=problem.message_id, sentence=problem.sentence()[:1000]))


_Route = Callable[[AgentListener, Any, bytes], Awaitable[bytes]]
_ROUTES: dict[tuple[str, str], _Route] = {
    ("GET", wire.AUTHORITY): AgentListener._authority,
    ("POST", wire.ENROL): AgentListener._enrol,
    ("POST", wire.RENEW): AgentListener._renew,
    ("POST", wire.EXCHANGE): AgentListener._exchange,
}
