"""Many bodies to intake: a few keep-alive connections, one body under way on each, so memory stays bounded.

A body that meets 503 or a lost connection is sent again after a while: the same body twice is "unchanged".
"""

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from kanmon.cli.client import WAIT_SECONDS, Client, socket_path
from kanmon.common.errors import Refused

CONNECTIONS = 64
RETRY_MOST_SECONDS = 30.0
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one body: the word of intake ("changed", "unchanged", "older", "refused") and a sentence."""

    result: str
    sentence: str
    seconds: float  # from the first byte sent to the last one received, the last time it was sent


@dataclass
class Stream:
    """Sends bodies to the Manager of ``api``; with ``source`` as this built-in source, through the local socket."""

    api: Client
    source: str = ""
    connections: int = CONNECTIONS

    def send(self, bodies: Iterator[bytes], seen: Callable[[Told], None]) -> None:
        """Send all. Raises Refused KNM6007-E when no Manager has answered for a minute, KNM7002-E for a bad token."""
        import uvloop

        refused: list[BaseException] = []
        try:
            uvloop.run(self._send(bodies, seen))
        except* Refused as several:  # what is raised in here would come out as a group again
            refused += several.exceptions
        if refused:
            raise refused[0] from None

    async def _send(self, bodies: Iterator[bytes], seen: Callable[[Told], None]) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self.connections):
                group.create_task(self._serve(bodies, seen))

    async def _serve(self, bodies: Iterator[bytes], seen: Callable[[Told], None]) -> None:
        line = _Line(self)
        try:
            for body in bodies:
                seen(await line.deliver(body))
        finally:
            line.close()

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A new connection."""
        if not self.api.server:
            return await asyncio.open_unix_connection(str(socket_path()))
        parts = urlsplit(self.api.server)
        secure = ssl.create_default_context() if parts.scheme == "https" else None
        port = parts.port or (443 if secure else 80)
        return await asyncio.open_connection(parts.hostname, port, ssl=secure)

    def head(self) -> bytes:
        """The part of the request's head that is always the same."""
        lines = ["POST /intake HTTP/1.1", f"Host: {urlsplit(self.api.server).netloc or 'localhost'}"]
        lines += ["User-Agent: kanmon simulate", "Content-Type: application/json"]
        lines += [f"X-Kanmon-Source: {self.source}"] if self.source else []
        lines += [f"Authorization: Bearer {self.api.token}"] if self.api.token else []
        return "\r\n".join(lines).encode("latin-1") + b"\r\nContent-Length: "


class _Line:
    """One connection, opened again when it is lost."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.head = stream, stream.head()
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def deliver(self, body: bytes) -> Told:
        """Send ``body`` until it is taken or refused."""
        lost_at = 0.0
        while True:
            began = monotonic()
            try:
                status, headers, content = await self._once(body)
            except (OSError, asyncio.IncompleteReadError, ValueError) as problem:
                self.close()
                lost_at = lost_at or began
                if began - lost_at > WAIT_SECONDS:
                    where = self.stream.api.server or str(socket_path())
                    raise Refused("KNM6007-E", where=where, problem=str(problem) or type(problem).__name__) from None
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if status == 503:
                lost_at = 0.0
                await asyncio.sleep(min(float(headers.get("retry-after", "1")), RETRY_MOST_SECONDS))
                continue
            return _told(status, headers, content, monotonic() - began)

    async def _once(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await self.stream.open()
        self.writer.write(self.head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await self.writer.drain()
        first, *rest = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        content = await self.reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(first.split()[1]), headers, content


def _told(status: int, headers: dict[str, str], content: bytes, seconds: float) -> Told:
    if status == 401:
        raise Refused("KNM7002-E", status=401)
    if status < 400:
        return Told(headers.get("x-kanmon-result", "changed"), "", seconds)
    try:
        said = json.loads(content)
        return Told("refused", f"{said['title']} {said['detail']}", seconds)
    except (ValueError, KeyError, TypeError):
        return Told("refused", f"HTTP {status}", seconds)
