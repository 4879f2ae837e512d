"""The Manager's end of the exchange: real TLS, a real authority, and no more than the contract.

What a Manager must do, so that an agent loses nothing (``tests/agent/test_the_exchange.py`` holds it to that):

1.  ``GET /agent/v1/authority`` gives the authority's certificate to anybody. The server's own certificate is made by
    it for ``wire.MANAGER_NAME``, for servers only. Certificates of agents are for clients only, their name the CN.
2.  ``enrol``: the secret's hash is known, not older than an hour, for this name, and not used up by another key. The
    same key gets a certificate again. The CSR is signed by its own key, and its CN is the name.
3.  ``renew`` and ``exchange``: a client certificate of the authority whose name is known and not revoked, whose serial
    number was given to it, and which is the name of the message. Checked at every call.
4.  A node that does not lead answers 409, whatever is asked of it.
5.  ``exchange``: keep answers and sightings, and only then confirm. Give every order that has no answer, and those
    whose answer is ``stale`` by a term below one's own, under one's own term. With nothing to give, wait as long as
    the agent allows; a newer call of the same agent ends an older one.
6.  When no order is without an answer and the digests differ, give the whole list, made when its first piece is given,
    the piece after the one that the agent has put aside. A new agent gets it before any order.
"""

import asyncio
import contextlib
import hashlib
import secrets
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kanmon import wire
from kanmon.common import clock
from kanmon.wire import Answer, Certificate, Enrolment, Entry, Exchange, Instructions, Order, Piece, Refusal
from tests.agent.ledger import Ledger

PIECE_ENTRIES = 3  # small, so that a list has several


class _Protocol(HttpToolsProtocol):
    """Puts the client's certificate into the scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True) if tls else None
        self.scope["extensions"] = {"tls": {"client": der}}


class Denied(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


class ManagerEnd:
    """One Manager on a port of loopback. ``term``: its leadership; ``active``: whether it leads."""

    def __init__(self, ledger: Ledger, port: int, term: int = 1, server_pem: Path | None = None) -> None:
        self.ledger, self.port, self.term, self.active = ledger, port, term, True
        self.pem = server_pem or ledger.authority.server_pem()
        self.url = f"https://127.0.0.1:{port}"
        self.list_first = True  # a new agent gets it before any order
        self._in_step: set[str] = set()
        self.lose_answers = 0  # so many calls are carried out, and their answer is lost on the way
        self._lists: dict[str, tuple[str, list[tuple[Entry, ...]]]] = {}
        self._calls: dict[str, int] = {}
        self._news: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> "ManagerEnd":
        def tls(_: Any, __: Any) -> ssl.SSLContext:
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            made.minimum_version = ssl.TLSVersion.TLSv1_3
            made.load_cert_chain(str(self.pem))
            made.load_verify_locations(cafile=str(self.ledger.authority.folder / "ca.pem"))
            made.verify_mode = ssl.CERT_OPTIONAL
            return made

        config = uvicorn.Config(
            self, host="127.0.0.1", port=self.port, log_config=None, http=_Protocol, lifespan="off",
            ssl_context_factory=tls, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        while not self.server.started:
            if not self.thread.is_alive():
                raise RuntimeError("the Manager's end has not started")
            threading.Event().wait(0.01)
        return self

    def _run(self) -> None:
        async def serve() -> None:
            self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
            await self.server.serve()

        asyncio.run(serve())

    def stop(self) -> None:
        self.server.force_exit = self.server.should_exit = True
        self.wake()
        self.thread.join(10)

    def wake(self) -> None:
        """There is something new for an agent that waits."""
        if self._loop and self._news:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._news.set)

    def order(self, mac: str, wanted: str, by: str = "policy") -> Order:
        order = self.ledger.decide(mac, wanted, by, self.term)
        self.wake()
        return order

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        try:
            body = b""
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    return
                body += event.get("body", b"")
                if len(body) > wire.BODY_BYTES:
                    raise Denied(413, "too large")
                if not event.get("more_body"):
                    break
            status, told = 200, await self._answer(scope, body)
        except Denied as problem:
            status, told = problem.status, msgspec.json.encode(Refusal(id="KNM8999-E", sentence=problem.sentence))
        except msgspec.MsgspecError as problem:
            status, told = 400, msgspec.json.encode(Refusal(id="KNM8999-E", sentence=str(problem)))
        if self.lose_answers > 0 and scope["path"] == wire.EXCHANGE:
            self.lose_answers -= 1
            status, told = 503, b""
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(told))]}
        )
        await send({"type": "http.response.body", "body": told})

    async def _answer(self, scope: Any, body: bytes) -> bytes:
        path = scope["path"]
        if not self.active:
            raise Denied(409, "another node is active")
        if path == wire.AUTHORITY:
            return self.ledger.authority.pem
        if path == wire.ENROL:
            return self._enrol(msgspec.json.decode(body, type=Enrolment))
        name = self._who(scope["extensions"]["tls"]["client"])
        if path == wire.RENEW:
            asked = msgspec.json.decode(body, type=Enrolment)
            return self._certified(name, asked)
        exchange = msgspec.json.decode(body, type=Exchange)
        if exchange.name != name:
            raise Denied(403, f"{name} is not {exchange.name}")
        return msgspec.json.encode(await self._exchange(exchange))

    def _who(self, der: bytes | None) -> str:
        """The name of the caller, by its certificate."""
        if der is None:
            raise Denied(401, "no certificate")
        certificate = x509.load_der_x509_certificate(der)
        name = str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        if name in self.ledger.revoked or f"{certificate.serial_number:x}" not in self.ledger.serials.get(name, set()):
            raise Denied(403, f"{name} is not known here, or was revoked")
        return name

    def _enrol(self, asked: Enrolment) -> bytes:
        known = self.ledger.invitations.get(hashlib.sha256(asked.secret.encode()).hexdigest())
        if known is None or known["name"] != asked.name or known["until"] < clock.now():
            raise Denied(403, "no such invitation")
        key = x509.load_pem_x509_csr(asked.csr.encode()).public_key()
        if known["key"] not in (None, key):
            raise Denied(403, "the invitation is used up")
        known["key"] = key
        return self._certified(asked.name, asked)

    def _certified(self, name: str, asked: Enrolment) -> bytes:
        csr = x509.load_pem_x509_csr(asked.csr.encode())
        told = csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        if not csr.is_signature_valid or told != name or asked.name != name:
            raise Denied(403, "the request is not for this name")
        made = self.ledger.authority.certify(
            csr.public_key(), name, ExtendedKeyUsageOID.CLIENT_AUTH, self.ledger.life
        )  # fmt: skip
        self.ledger.serials.setdefault(name, set()).add(f"{made.serial_number:x}")
        pem = made.public_bytes(serialization.Encoding.PEM).decode()
        return msgspec.json.encode(Certificate(certificate=pem, authority=self.ledger.authority.pem.decode()))

    async def _exchange(self, exchange: Exchange) -> Instructions:
        ledger, call = self.ledger, self._calls.get(exchange.name, 0) + 1
        self._calls[exchange.name] = call
        with ledger.lock:
            ledger.exchanges.append(exchange)
            ledger.seen += exchange.seen
            ledger.answered += exchange.answers
            for answer in exchange.answers:
                ledger.answers[answer.order] = answer
            if exchange.piece is not None:
                ledger.agent_list = [] if exchange.piece.number == 1 else ledger.agent_list
                ledger.agent_list += exchange.piece.entries
        end = asyncio.get_running_loop().time() + exchange.wait_seconds
        confirmed = tuple(answer.order for answer in exchange.answers)
        while True:
            assert self._news is not None
            self._news.clear()
            told = self._instructions(exchange, confirmed)
            left = end - asyncio.get_running_loop().time()
            idle = not (told.orders or told.setup or told.whole_list or told.want_list or confirmed)
            if not idle or left <= 0 or self._calls[exchange.name] != call or self.server.should_exit:
                return told
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
            if not self.active:
                raise Denied(409, "another node is active")

    def _instructions(self, exchange: Exchange, confirmed: tuple[str, ...]) -> Instructions:
        ledger = self.ledger
        with ledger.lock:
            differs = wire.digest(ledger.list.values()) != exchange.digest
            new = not exchange.entries and exchange.name not in self._in_step
            orders = (
                ()
                if self.list_first and differs and new
                else tuple(
                    msgspec.structs.replace(order, term=self.term)
                    for order in ledger.orders.values()
                    if self._to_give(ledger.answers.get(order.id))
                )[: wire.MOST_ORDERS]
            )
            setup = ledger.setup if ledger.setup and ledger.setup.version != exchange.setup else None
            want, ledger.want_list = ledger.want_list, False
            piece = None
            if not orders and differs:
                piece = self._piece(exchange)
            elif not orders:
                self._lists.pop(exchange.name, None)
                self._in_step.add(exchange.name)
        return Instructions(
            term=self.term, orders=orders, confirmed=confirmed, setup=setup, want_list=want, whole_list=piece
        )

    def _to_give(self, answer: Answer | None) -> bool:
        return answer is None or (answer.result == "stale" and answer.term < self.term)

    def _piece(self, exchange: Exchange) -> Piece:
        known = self._lists.get(exchange.name)
        number = exchange.staged[1] + 1 if known and exchange.staged and exchange.staged[0] == known[0] else 1
        if known is None or number == 1 or number > len(known[1]):
            full = [entry for entry in self.ledger.list.values() if not entry.empty]
            parts = [tuple(full[at : at + PIECE_ENTRIES]) for at in range(0, len(full), PIECE_ENTRIES)] or [()]
            known = self._lists[exchange.name] = secrets.token_hex(8), parts
            number = 1
        return Piece(id=known[0], number=number, of=len(known[1]), entries=known[1][number - 1])
