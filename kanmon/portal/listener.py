"""The application of the remediation page: bare ASGI on a listener of its own, for PCs that nobody trusts.

    GET  /               the page of the PC at this address
    GET  /pc/SIGNED      the page of the PC of a signed link
    POST to either       check again now: 303 back to the page, 429 with a sentence when it is too often
    GET  /portal.css     its style
    GET  /health/live    200 while it can answer
    GET  anything else   sent to the page: so the notice of a captive portal appears (generate_204, hotspot-detect,
                         connecttest and whatever comes next), and so does whoever typed any address

Every connection is one request; its head has to come in ``HEAD_SECONDS``, bodies are small. Requests are bounded by
address and in all, work on the database is done by a few threads of its own: console, intake and agents don't feel it.
"""

import asyncio
import functools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from django.db import Error as DatabaseError
from django.db import connection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.intake.asgi import read_body
from kanmon.journal.writing import call_session
from kanmon.network import links
from kanmon.portal import again, page, who
from kanmon.portal import state as states
from kanmon.portal.address import Address, networks, source
from kanmon.portal.limits import Limits
from kanmon.portal.words import say

log = logging.getLogger("kanmon.portal")
BODY_BYTES = 4096
BODY_SECONDS = 10.0
HEAD_SECONDS = 10.0
THREADS = 4
CONNECTIONS = 500
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
     b" base-uri 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"x-robots-tag", b"noindex"),
    (b"connection", b"close"),
)  # fmt: skip


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes = b""
    kind: bytes = b"text/html; charset=utf-8"
    more: tuple[tuple[bytes, bytes], ...] = ()


class Asked(NamedTuple):
    """A request, as far as it is looked at."""

    path: str
    query: dict[str, str]
    headers: dict[bytes, bytes]
    address: Address | None
    language: str

    @property
    def said(self) -> str:
        """The address in words; empty when it can't be told."""
        return str(self.address or "")


class PortalProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it; a connection whose head does not come is closed."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, transport.close)

    def on_headers_complete(self) -> None:
        self._late.cancel()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)


class PortalListener:
    """The application. ``stop`` ends its threads."""

    def __init__(self) -> None:
        self.proxies = networks([str(one) for one in config.get("portal.proxies")])
        self.limits = Limits()
        self.host = urlsplit(str(config.get("portal.url"))).netloc.lower()
        self._threads = ThreadPoolExecutor(THREADS, "portal", initializer=lambda: call_session("kanmon-portal"))

    def stop(self) -> None:
        """Nothing new is begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except asyncio.CancelledError:
            return  # the PC has gone away
        except Refused as problem:
            answer = _plain(problem)
        except TimeoutError:
            answer = _plain(Refused("KNM8507-E", status=408))
        except (DatabaseError, RuntimeError) as problem:
            log.warning("the remediation page could not be shown: %s", problem)
            answer = _plain(Refused("KNM8508-E", status=503), ((b"refresh", b"10"), (b"retry-after", b"10")))
        headers = [
            *HEADERS,
            (b"content-type", answer.kind),
            (b"content-length", b"%d" % len(answer.body)),
            *answer.more,
        ]
        given = {name for name, _ in answer.more}
        headers = [(name, value) for name, value in headers if name not in given or (name, value) in answer.more]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    async def _answer(self, scope: Any, receive: Any) -> Answer:
        method, path = scope["method"], str(scope["path"])
        if path == "/health/live":
            return Answer(200, b'{"live": true}', b"application/json")
        headers = dict(scope["headers"])
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        address = source(str((scope.get("client") or ("",))[0]), forwarded, self.proxies)
        if not self.limits.allow(str(address), clock.monotonic()):
            raise Refused("KNM8500-E", status=429)
        query = _fields(scope["query_string"])
        language = page.choose_language(query.get("lang", ""), headers.get(b"accept-language", b"").decode("latin-1"))
        asked = Asked(path, query, headers, address, language)
        if path == "/portal.css":
            return Answer(200, page.style()[0], b"text/css; charset=utf-8", ((b"cache-control", b"max-age=86400"),))
        is_page = path == "/" or path.startswith(links.PATH)
        if method in ("GET", "HEAD"):
            if not is_page or (path == "/" and self.host and _host(headers) != self.host):
                return self._sent_there()
            return await self._in_thread(_shown, asked)
        if method != "POST" or not is_page:
            raise Refused("KNM8509-E", status=405, method=method[:20])
        return await self._again(asked, receive)

    async def _again(self, asked: Asked, receive: Any) -> Answer:
        async with asyncio.timeout(BODY_SECONDS):
            fields = _fields(await read_body(receive, asked.headers, BODY_BYTES))
        asked = asked._replace(language=page.choose_language(fields.get("lang", ""), asked.language))
        answer, row = await self._in_thread(_asked_again, asked, fields.get("form", ""))
        port = int(config.get("portal.wake_port"))
        linked = asked.path.startswith(links.PATH)
        if row is not None:
            await self._in_thread(again.wish, row)
        if row is not None and port and not linked and asked.address and await again.wake(str(asked.address), port):
            await self._in_thread(again.woken, row)
        return answer

    def _sent_there(self) -> Answer:
        """To the page: by its whole address where that is known, for the PC may have asked for any host's."""
        there = links.address() + "/" if self.host else "/"
        return Answer(302, more=((b"location", there.encode()),))

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        call = functools.partial(_with_connection, function, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _shown(asked: Asked, trouble: Refused | None = None) -> Answer:
    """The page of whoever asks, with what stood in the way of a check."""
    whose = who.by_link(asked.path[len(links.PATH) :]) if asked.path != "/" else who.by_address(asked.address)
    words, path = "", asked.path
    if whose is None:
        words, whose, path = say("link_over", asked.language), who.by_address(asked.address), "/"
    state = states.of(whose, asked.language)
    held = asked.query.get("hold") == "1" or trouble is not None
    if trouble is not None:
        words = trouble.sentence(asked.language)
    browser = asked.headers.get(b"user-agent", b"").decode("latin-1")[:500]
    body = page.render(state, asked.language, asked.said, path, trouble=words, held=held, browser=browser)
    more = [(b"content-language", asked.language.encode())]
    if state.refresh_seconds and not held:
        where = path + "?" + urlencode({"lang": asked.language})
        more.append((b"refresh", f"{state.refresh_seconds};url={where}".encode()))
    if trouble is not None and trouble.status == 429:
        more.append((b"retry-after", b"%d" % int(config.get("portal.check_seconds"))))
    return Answer(trouble.status if trouble else 200, body, more=tuple(more))


def _asked_again(asked: Asked, form: str) -> tuple[Answer, int | None]:
    """Begin the check, and send the PC back to its page."""
    whose = who.by_link(asked.path[len(links.PATH) :]) if asked.path != "/" else who.by_address(asked.address)
    try:
        if whose is None or whose.pc is None or not states.of(whose, asked.language).may_ask:
            raise Refused("KNM8507-E", status=403)
        row = again.ask(whose.pc, form, asked.said)
    except Refused as problem:
        return _shown(asked, problem), None
    there = asked.path + "?" + urlencode({"lang": asked.language})
    return Answer(303, more=((b"location", there.encode()),)), row


def _with_connection(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except DatabaseError:
        connection.close()
        raise


def _fields(text: bytes) -> dict[str, str]:
    """The first value of each field."""
    try:
        return {
            name: values[0] for name, values in parse_qs(text[:BODY_BYTES].decode("utf-8"), max_num_fields=20).items()
        }
    except ValueError:
        return {}


def _host(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"host", b"").decode("latin-1").lower()


def _plain(problem: Refused, more: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """A sentence, in both languages: who asks may be anybody."""
    said = "\n".join(problem.sentence(language) for language in ("en", "ja")) + "\n"
    if problem.status == 429 and not more:
        more = ((b"retry-after", b"10"),)
    return Answer(problem.status, said.encode(), b"text/plain; charset=utf-8", more)
