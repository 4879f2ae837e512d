"""Body -> receipt. The steps of one report, from bytes to the answer that it is on the disk.

    digest -> same bytes as last time? -> inflate and read (in a thread when large) -> group commit -> answer

The sender gets its answer after the durable commit, or a sentence why the report was refused; a refused
body is kept for the administrator to see.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.intake import formats
from kanmon.intake import report as reports
from kanmon.intake.commit import Committer, Probe, Refusing
from kanmon.intake.inflate import inflate, kept
from kanmon.intake.store import Arrival, utc

THREAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender gets: HTTP status, content type, body, and in one word what became of the report."""

    status: int
    content_type: str
    body: bytes
    result: str


@dataclass
class Receiver:
    """Receives bodies in an event loop and hands them to the committer."""

    committer: Committer
    counts: dict[str, int] = field(default_factory=dict)

    async def receive(self, source: int, body: bytes, *, agent: str = "", address: str = "") -> Answer:
        """Take one body in. Never raises for bad input: the answer carries the sentence."""
        try:
            answer = await self._take(source, body, agent)
        except Refused as problem:
            answer = self.refuse(problem, source, body, agent=agent, address=address)
        self.counts[answer.result] = self.counts.get(answer.result, 0) + 1
        return answer

    def refuse(
        self, problem: Refused, source: int | None, body: bytes, *, agent: str, address: str, size: int | None = None
    ) -> Answer:
        """The answer for a refused body; it is also put on the list of refusals, unless that is full, too."""
        if problem.status not in (503, 401, 405):
            try:
                size = len(body) if size is None else size
                self.committer.put(Refusing(source, address, agent, size, problem, bytes(body[:65536])))
            except Refused:
                pass
        return refusal_answer(problem)

    async def _take(self, source: int, body: bytes, agent: str) -> Answer:
        raw_digest = hashlib.blake2b(body, digest_size=16).digest()
        known = await self._ask(lambda answer: Probe(source, raw_digest, answer))
        if known is not None:
            return accepted(known, agent, "unchanged")
        if len(body) > THREAD_BYTES or body[:1] == b"\x78" or body[:2] == b"\x1f\x8b":
            got, encoded = await asyncio.to_thread(_decode, body, agent)
        else:
            got, encoded = _decode(body, agent)
        if encoded is None:
            status, content_type, text = got.reply(agent)
            return Answer(status, content_type, text, "greeting")
        whole, columns_only, digest, stored = encoded
        result = await self._ask(
            lambda answer: Arrival(
                source,
                got.device_key,
                got.format,
                utc(got.reported_at),
                raw_digest,
                digest,
                stored,
                whole,
                columns_only,
                answer,
                got.partial and not got.supplement,  # that of a device which is new goes to a PC that is not
            )
        )
        return accepted(got.format, agent, result)

    async def _ask(self, make: Callable[[Callable[[Any], None]], Any]) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def answer(value: Any) -> None:
            loop.call_soon_threadsafe(_settle, future, value)

        self.committer.put(make(answer))
        return await future


def _settle(future: "asyncio.Future[Any]", value: Any) -> None:
    if future.done():
        return
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)


def _decode(body: bytes, agent: str) -> tuple[Any, tuple[bytes, bytes, bytes, bytes] | None]:
    """(message, None) for a greeting, (report, (whole, without facts, digest, body to keep)) for a report."""
    got = formats.read(inflate(body), agent)
    if not isinstance(got, reports.Report):
        return got, None
    without = msgspec.structs.replace(got, facts=())
    packed = reports.pack(got.facts)
    whole, digest = reports.encode(got, packed), reports.content_digest(got, packed)
    return got, (whole, reports.encode(without), digest, kept(body))


def accepted(format: str, agent: str, result: str) -> Answer:
    """The answer to a report that is on the disk."""
    status, content_type, body = formats.accepted(format, agent, result)
    return Answer(status, content_type, body, result)


def refusal_answer(problem: Refused) -> Answer:
    """A sentence as JSON (problem details, RFC 9457)."""
    body = msgspec.json.encode(
        {"type": "about:blank", "status": problem.status, "title": problem.message_id, "detail": problem.sentence()}
    )
    return Answer(problem.status, "application/problem+json", body, "refused")
