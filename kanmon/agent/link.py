"""The exchange with the Manager: one thread that calls, and is called by nobody.

Each call tells what is new (answers, sightings, health, the list's digest) and brings orders back. With nothing to tell
it is a long poll, which is cut as soon as there is something; a call that tells something is never cut. A Manager that
does not answer, says that another node is active, or speaks with an older term than was heard, is left for the next
address. Whatever the Manager says is on the disk before the next call.
"""

import contextlib
import random
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from kanmon import __version__
from kanmon.agent import call, enrol, log, sightings, whole_list
from kanmon.agent.config import Settings
from kanmon.agent.drivers.base import unwell
from kanmon.agent.store import Store
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.wire import EXCHANGE, MOST_ENTRIES, MOST_HEALTH, Entry, Exchange, Health, Instructions, Message, Piece

LONGEST_PAUSE_SECONDS = 5.0  # after a Manager has failed over, its orders flow within this
SHORTEST_PART = 0.6  # of a pause: agents that lost the same Manager don't all come back in the same moment
RENEW_PAUSE_SECONDS = 300.0  # after a renewal that failed
SOON_DAYS = 10
_instructions = msgspec.json.Decoder(Instructions)


class Link(threading.Thread):
    """See the module. ``wake``: there are orders to carry out; ``health``: how the drivers are."""

    def __init__(
        self, home: Path, settings: Settings, wake: Callable[[], None], health: Callable[[], tuple[Health, ...]],
        failed: Callable[[BaseException], None],
    ) -> None:  # fmt: skip
        super().__init__(name="agent-link", daemon=True)
        self.home, self.settings = home, settings
        self.wake, self.drivers_health, self.on_failed = wake, health, failed
        self._stopping, self._news = threading.Event(), threading.Event()
        self._caller: call.Caller | None = None
        self._waiting = False  # in a call that may be cut
        self._turn = 0
        self._renew_after = 0.0
        self._listing: Iterator[Piece] | None = None
        self._more = False  # the Manager is in the middle of something, or there is more to tell
        self.state = Health(part="link", sentence="")
        self._run_id = secrets.token_hex(8)

    def tell(self) -> None:
        """There is something to tell the Manager now."""
        self._news.set()
        caller = self._caller
        if caller is not None and self._waiting:
            caller.cut()

    def stop(self) -> None:
        """End soon, whatever is under way."""
        self._stopping.set()
        self.tell()

    def run(self) -> None:
        try:
            self.store = Store(self.home, shared_disk=bool(self.settings["agent.shared_disk"]))
            pause = 0.0
            while not self._stopping.wait(pause * random.uniform(SHORTEST_PART, 1.0)):  # noqa: S311  # not for secrets
                pause = self._turn_of_calls(pause)
            self._close()
            self.store.close()
        except BaseException as problem:  # the disk fails, or a defect
            self.on_failed(problem)

    def _turn_of_calls(self, pause: float) -> float:
        """Call until it fails at every address; how long to wait then, in seconds."""
        problem: Refused | None = None
        for _ in self._managers():
            try:
                while not self._stopping.is_set():
                    self._call()
                    pause = 0.0
                return 0.0
            except call.Cut:
                return 0.0
            except Refused as refused:
                problem = refused
            self._close()
            self._turn += 1
        self._not_well(problem or Refused("KNM8037-E"))
        shortest = float(self.settings["link.retry_seconds"])
        return min(max(pause * 2, shortest), max(LONGEST_PAUSE_SECONDS, shortest))

    def _managers(self) -> list[str]:
        told = list(self.settings["link.managers"]) or self.store.word("managers").split()
        return [str(url) for url in told]

    def _call(self) -> None:
        """One exchange with the Manager whose turn it is. Raises Refused when another should be tried, Cut."""
        who = enrol.identity(self.home)
        self._renew_if_due(who)
        caller = self._connected()
        self._news.clear()
        exchange, seen_number = self._exchange(who.name)
        waiting = exchange.wait_seconds > 0
        self._waiting = waiting
        try:
            if waiting and self._news.is_set():
                return
            body = self._ask(caller, EXCHANGE, exchange, exchange.wait_seconds)
        finally:
            self._waiting = False
        try:
            told = _instructions.decode(body)
        except msgspec.MsgspecError as problem:
            raise Refused("KNM8036-E", url=caller.url, problem=str(problem)) from None
        self._follow(caller, exchange, told, seen_number)

    def _ask(self, caller: call.Caller, path: str, message: Message, wait_seconds: float = 5.0) -> bytes:
        try:
            return caller.post(path, message, wait_seconds + 5.0)
        except call.ManagerRefused as problem:
            if problem.status == 409:
                raise Refused("KNM8034-W", url=caller.url, problem=str(problem)) from None
            raise Refused("KNM8035-E", url=caller.url, problem=str(problem)) from None
        except OSError as problem:
            raise Refused("KNM8033-W", url=caller.url, problem=str(problem)) from None

    def _connected(self) -> call.Caller:
        if self._caller is None:
            managers = self._managers()
            tls = call.context(enrol.authority_path(self.home), enrol.identity_path(self.home))
            url = managers[self._turn % len(managers)]
            self._caller = call.Caller(url, tls, float(self.settings["link.connect_seconds"]))
        return self._caller

    def _close(self) -> None:
        if self._caller is not None:
            self._caller.close()
        self._caller = None

    def _exchange(self, name: str) -> tuple[Exchange, int]:
        """What is told now, and up to which number the sightings in it are."""
        answers = self.store.to_tell()
        seen_number, seen = sightings.to_tell(self.store)
        digest, entries = self.store.digest()
        coming = whole_list.staged(self.store)
        piece = next(self._listing, None) if self._listing is not None else None
        if piece is None or piece.number == piece.of:
            self._listing = None
        unknown = not self.store.listed  # then the Manager is to say at once whether there is a list
        busy = bool(seen or piece or self._more or unknown or self.store.anything_to_tell())
        self._more = False
        exchange = Exchange(
            name=name,
            highest_term=self.store.highest_term,
            digest=digest,
            entries=entries,
            setup=self.store.setup().version,
            answers=answers,
            seen=seen,
            health=(*self.drivers_health(), self._certificate_health())[:MOST_HEALTH],
            piece=piece,
            staged=(coming.id, coming.number) if coming else None,
            wait_seconds=0 if busy else int(self.settings["link.wait_seconds"]),
            version=__version__,
            run=self._run_id,
            host=socket.gethostname()[:255],
        )
        return exchange, seen_number

    def _follow(self, caller: call.Caller, said: Exchange, told: Instructions, seen_number: int) -> None:
        """Keep what the Manager wants. Raises Refused KNM8038-W when a newer Manager has been heard."""
        if not self.store.hear_term(told.term):
            self.store.take(told.orders)  # each is answered as stale
            raise Refused("KNM8038-W", url=caller.url, term=told.term, highest=self.store.highest_term)
        if log.silence("link") or self.state.sentence != caller.url:
            log.say("KNM8039-I", url=caller.url, term=told.term)
        self.state = Health(part="link", sentence=caller.url)
        self.store.told({one.order: one for one in said.answers}, told.confirmed)
        sightings.told(self.store, seen_number)
        self._set_up(told)
        healed: int | None = None
        if told.whole_list is not None:
            self._more = True
            healed = whole_list.take(self.store, told.whole_list)
            if healed:
                log.say("KNM8044-W" if self.store.listed else "KNM8572-I", count=healed)
        complete = healed is not None or (told.whole_list is None and not told.orders)
        if complete and self.store.first_listed():
            self.wake()
        if told.want_list:
            self._listing = self._pieces()
        for order in told.orders:
            log.say("KNM8030-I", order=order.id, wanted=order.wanted, mac=order.mac, by=order.by, reason=order.reason)
        self.store.take(told.orders)
        if told.orders or told.whole_list or told.setup:
            self.wake()

    def _set_up(self, told: Instructions) -> None:
        if told.setup is not None and told.setup != self.store.setup():
            self.store.set_up(told.setup)
            log.say("KNM8045-I", version=told.setup.version)

    def _pieces(self) -> Iterator[Piece]:
        """The agent's own list for the Manager, as it is now."""
        changed, entries = self.store.entries()
        full: list[Entry] = [entry for entry in entries if not entry.empty]
        of = max(1, -(-len(full) // MOST_ENTRIES))
        for number in range(of):
            part = tuple(full[number * MOST_ENTRIES : (number + 1) * MOST_ENTRIES])
            yield Piece(id=f"{changed}", number=number + 1, of=of, entries=part)

    def _renew_if_due(self, who: enrol.Identity) -> None:
        if not enrol.due(who) or clock.monotonic() < self._renew_after:
            return
        caller = self._connected()
        self._renew_after = clock.monotonic() + RENEW_PAUSE_SECONDS
        try:
            fresh = enrol.renew(self.home, lambda path, message: self._ask(caller, path, message))
        except Refused as problem:
            log.say_once("renewal", "KNM8027-W", until=f"{who.valid_until:%Y-%m-%d}", problem=str(problem))
            return
        self._renew_after = 0.0
        log.silence("renewal")
        log.say("KNM8028-I", name=fresh.name, until=f"{fresh.valid_until:%Y-%m-%d}", serial=fresh.serial)
        self._close()  # the next call is made with the new one

    def _certificate_health(self) -> Health:
        with contextlib.suppress(Refused):
            who = enrol.identity(self.home)
            until = f"{who.valid_until:%Y-%m-%d}"
            if enrol.expires_within(who, timedelta(days=SOON_DAYS)):
                return unwell("certificate", Refused("KNM8027-W", until=until, problem="-"), language=log.language())
            return Health(part="certificate", sentence=until)
        return Health(part="certificate", sentence="")

    def _not_well(self, problem: Refused) -> None:
        log.say_once("link", problem.message_id, **problem.params)
        self.state = unwell("link", problem, language=log.language())
