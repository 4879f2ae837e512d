"""Calls of clients that wait, and the one thread that answers them: many at a time, with a few statements.

A call is looked up together with all that have come in the meantime; when there is nothing for it, it waits in the event loop
and costs neither a thread nor the database. It is looked up again when somebody has written something for its PC: in this
process that is told at once (``tell``), what others write is seen within ``LOOK_SECONDS``. Nothing depends on being told: a
call ends after its time, and the next looks anew. A client has one call at a time; a newer one ends the one before.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import connection

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.writing import call_session
from kanmon.message import exchange
from kanmon.message.exchange import Answer, Reply, Told

log = logging.getLogger("kanmon.message")
LOOK_SECONDS = 1.0
OVERLAP = timedelta(seconds=30)  # a row can be committed so long after its time
MOST_AT_ONCE = 2000
NOTHING = Answer()


@dataclass(eq=False)
class Call:
    """One call. ``news``: there is something for its PC; ``over``: it is to end now."""

    loop: asyncio.AbstractEventLoop
    digest: bytes
    told: Told
    reply: "asyncio.Future[Reply]"
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def wake(self) -> None:
        """Look again. From any thread."""
        with contextlib.suppress(RuntimeError):  # its loop has ended
            self.loop.call_soon_threadsafe(self.news.set)

    def settle(self, value: Reply | Exception) -> None:
        """Answer the look-up. From any thread."""

        def done() -> None:
            if self.reply.done():
                return
            if isinstance(value, Exception):
                self.reply.set_exception(value)
            else:
                self.reply.set_result(value)

        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(done)


class Desk:
    """The calls of this process. ``start`` and ``stop`` its thread."""

    def __init__(self) -> None:
        self._new = threading.Condition()
        self._asked: list[Call] = []
        self._waiting: dict[int, Call] = {}  # by PC
        self._seen: set[tuple[str, int, int]] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="messages", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        with _lock:
            _desks.add(self)

    def stop(self) -> None:
        """Calls that wait are answered now, and no more are."""
        with _lock:
            _desks.discard(self)
        with self._new:
            self._stopping = True
            calls = [*self._waiting.values(), *self._asked]
            self._new.notify_all()
        for call in calls:
            call.over = True
            call.settle(Refused("KNM3215-E", status=503))
            call.wake()

    async def ask(self, digest: bytes, told: Told, wait_seconds: float) -> Answer:
        """The answer to a call: at once when there is something, else when there is, or after ``wait_seconds``.

        Raises Refused KNM3212-E (401), KNM3215-E, KNM3216-E (503).
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_seconds
        call = Call(loop, digest, told, loop.create_future())
        pc = None
        try:
            while True:
                call.news.clear()
                self._put(call)
                reply = await call.reply
                pc = reply.pc
                left = end - loop.time()
                if reply.answer != NOTHING or left <= 0 or call.over:
                    return reply.answer
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await call.news.wait()
                if call.over or not call.news.is_set():
                    return NOTHING
                call.told, call.reply = Told(have=(*call.told.have, *call.told.delivered)), loop.create_future()
        finally:
            if pc is not None:
                self._leave(pc, call)

    def _put(self, call: Call) -> None:
        with self._new:
            if self._stopping:
                raise Refused("KNM3215-E", status=503)
            self._asked.append(call)
            self._new.notify_all()

    def _leave(self, pc: int, call: Call) -> None:
        with self._new:
            if self._waiting.get(pc) is call:
                del self._waiting[pc]

    def _drop(self, calls: list[Call]) -> None:
        """These calls wait no more."""
        with self._new:
            gone = set(map(id, calls))
            for pc in [pc for pc, call in self._waiting.items() if id(call) in gone]:
                del self._waiting[pc]

    def tell(self, pcs: Iterable[int]) -> None:
        """There is something for these PCs."""
        with self._new:
            calls = [call for pc in pcs if (call := self._waiting.get(pc)) is not None]
        for call in calls:
            call.wake()

    def _run(self) -> None:
        call_session("kanmon-messages")
        look_at, failing = clock.monotonic(), False
        while True:
            with self._new:
                self._new.wait_for(lambda: self._asked or self._stopping, max(0.0, look_at - clock.monotonic()))
                if self._stopping:
                    break
                calls, self._asked = self._asked[:MOST_AT_ONCE], self._asked[MOST_AT_ONCE:]
            try:
                if calls:
                    self._answer(calls)
                if clock.monotonic() >= look_at:
                    look_at = clock.monotonic() + LOOK_SECONDS
                    self._look()
                failing = False
            except Exception as problem:
                if not failing:  # said once, not each second
                    log.warning("clients could not be answered: %s", problem)
                failing = True
                connection.close()
                self._drop(calls)
                for call in calls:
                    call.settle(Refused("KNM3216-E", status=503))
                if not isinstance(problem, DatabaseError):
                    log.exception("a defect")
        connection.close()

    def _answer(self, calls: list[Call]) -> None:
        """Each call waits for news of its PC before it is looked up: what is written after that wakes it."""
        replies = exchange.answer([(call.digest, call.told) for call in calls])
        again: list[Call] = []
        for call, reply in zip(calls, replies, strict=True):
            if isinstance(reply, Refused):
                call.settle(reply)
                continue
            with self._new:
                before = self._waiting.get(reply.pc)
                self._waiting[reply.pc] = call
            if before is not None and before is not call:
                before.over = True
                before.wake()
            if before is not call and reply.answer == NOTHING:
                again.append(call)  # it was not waiting yet when it was looked up
            else:
                call.settle(reply)
        asked = [(one.digest, Told(have=(*one.told.have, *one.told.delivered))) for one in again]
        for call, reply in zip(again, exchange.answer(asked), strict=True):
            call.settle(reply)

    def _look(self) -> None:
        """What others have written for PCs that wait here."""
        with self._new:
            if not self._waiting:
                return
        marks, _ = exchange.news(clock.now() - OVERLAP)
        fresh = marks - self._seen
        self._seen = marks
        self.tell({pc for _, _, pc in fresh})


_lock = threading.Lock()
_desks: set[Desk] = set()


def tell(pcs: Iterable[int]) -> None:
    """There is something for these PCs, in this process. From any thread."""
    with _lock:
        desks = list(_desks)
    for one in desks:
        one.tell(pcs)
