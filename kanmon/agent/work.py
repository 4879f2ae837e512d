"""Carries out what the list wants: one thread, and the only one that talks to drivers.

Each step compares the disk with what was carried out last: the changed entries go into the book and to every driver,
and then each open order gets its answer. Start, an order, an import by another process and a healed list are the same
step. What a driver could not do is tried again; every so often, and at once when a device turns unwell, the network
itself is compared with the list.

A home that is new knows no list, and the empty one would cut everybody off. So before the first list is complete, the
Manager's or an imported one, no driver is called; an order that comes meanwhile is answered as failed, and carried out
with the list.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from kanmon import wire
from kanmon.agent import log, sightings
from kanmon.agent.book import Book
from kanmon.agent.config import Settings
from kanmon.agent.drivers import base
from kanmon.agent.drivers.base import Change, Driver, Entry
from kanmon.agent.store import Open, Store, Told
from kanmon.common import clock, fault, messages
from kanmon.common.errors import Refused
from kanmon.ordering import Holds, overtaken
from kanmon.wire import Health, Result

TICK_SECONDS = 0.5
WHOLE_ABOVE = 5000  # changes: then the whole list is quicker
PRUNE_SECONDS = 3600
_Value = TypeVar("_Value")


class Worker(threading.Thread):
    """See the module. ``tell``: there is something new to tell; ``failed``: the thread has ended by an error."""

    def __init__(
        self, home: Path, settings: Settings, book: Book, drivers: Sequence[Driver],
        tell: Callable[[], None], failed: Callable[[BaseException], None],
    ) -> None:  # fmt: skip
        super().__init__(name="agent-worker", daemon=True)
        self.home, self.settings, self.book, self.drivers = home, settings, book, drivers
        self.tell, self.on_failed = tell, failed
        self.health: tuple[Health, ...] = ()
        self.started_once = threading.Event()
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._applied, self._setup_text = 0, ""
        self._begun = False  # drivers have been given a whole list
        self._broken: dict[str, Refused] = {}  # driver -> why it has not got the whole list
        self._due: dict[str, float] = {}

    def wake(self) -> None:
        """There is something to carry out."""
        self._wake.set()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._stopping.set()
        self._wake.set()

    def run(self) -> None:
        try:
            self.store = Store(self.home, shared_disk=bool(self.settings["agent.shared_disk"]))
            while not self._stopping.is_set():
                self._wake.clear()
                self.step()
                self.started_once.set()
                self._wake.wait(TICK_SECONDS)
            self._keep_seen()
            self.store.close()
        except BaseException as problem:  # the disk fails, or a defect: the process must not go on without its worker
            self.on_failed(problem)

    def step(self) -> None:
        """Bring the network to the list, answer open orders, keep what was seen."""
        if not self._begun and not self._knows_a_list():
            self._wait()
            return
        waiting = self.store.open_orders()  # before the entries: an order that comes now is for the next step
        first = not self._begun
        changed = self._changes(waiting)
        retry = self._is_due("agent.retry_seconds")
        if retry or first:
            again = self.store.open_orders(failed=True)
            waiting += again
            changed |= {one.mac for one in again}
        if retry:
            for driver in self.drivers:
                if driver.name in self._broken:
                    self._whole(driver)
        if changed or waiting:
            self._carry_out(waiting, changed)
        if self._is_due("agent.reconcile_seconds"):
            self._reconcile()
        if self._is_due("agent.look_seconds"):
            self._look()
        self._keep_seen()
        if self._is_due("", PRUNE_SECONDS):
            self.store.prune()
        if self.store.anything_to_tell():
            self.tell()

    def _knows_a_list(self) -> bool:
        self.book.waits = not self.store.listed
        if not self.book.waits and log.silence("list"):
            self.health = ()
        return not self.book.waits

    def _wait(self) -> None:
        """No list is known yet: the network is left as it is, and that is said."""
        problem = Refused("KNM8570-W")
        log.say_once("list", "KNM8570-W")
        self.health = (base.unwell("list", problem, language=log.language()),)
        waiting = self.store.open_orders()
        if waiting:
            self.store.answer([Told(one.order, "failed", problem.text(log.language())) for one in waiting])
        self._keep_seen()
        if self.store.anything_to_tell():
            self.tell()

    def _is_due(self, setting: str, seconds: float = 0) -> bool:
        """Whether the time of a setting has passed since the last time; the first time it is."""
        now, span = clock.monotonic(), seconds or float(self.settings[setting])
        if now < self._due.get(setting, 0):
            return False
        first = setting not in self._due
        self._due[setting] = now + span
        return not (first and setting in ("agent.retry_seconds", "agent.reconcile_seconds"))

    def _changes(self, waiting: Collection[Open]) -> set[str]:
        """Bring the book to the disk; the MACs that have changed, or whose order is open."""
        setup_text = self.store.word("setup", "{}")
        first, self._begun = not self._begun, True
        entries: list[wire.Entry] = []
        if first or self.store.changed != self._applied:
            self._applied, entries = self.store.entries(self._applied)
            self.book.update(entries)
        if first or setup_text != self._setup_text:
            self._setup_text = setup_text
            self.book.set_up(self.store.setup())
            for driver in self.drivers:
                self._whole(driver)
            entries = []
        elif len(entries) > WHOLE_ABOVE:
            for driver in self.drivers:
                self._whole(driver)
            entries = []
        return {entry.mac for entry in entries} | {one.mac for one in waiting}

    def _whole(self, driver: Driver) -> bool:
        listed = [_entry(holds) for holds in self.book.listed()]
        try:
            _guarded(driver, lambda: driver.whole(listed, self.book.setup))
        except Refused as problem:
            self._broken[driver.name] = Refused("KNM8040-E", name=driver.name, problem=problem)
            log.say_once(driver.name, "KNM8040-E", name=driver.name, problem=problem)
            return False
        if self._broken.pop(driver.name, None):
            log.silence(driver.name)
            log.say("KNM8041-I", name=driver.name, count=len(listed))
        return True

    def _carry_out(self, waiting: Sequence[Open], macs: Collection[str]) -> None:
        held = {mac: self.book.holds(mac) for mac in macs}
        changes = [_change(one) for one in held.values()]
        problems: dict[str, str] = {}
        for driver in self.drivers:
            problems.update(self._apply(driver, changes))
        fault.point("agent_applied")
        told = [self._told(one, held[one.mac], problems.get(one.mac, "")) for one in waiting]
        self.store.answer(told)
        for answered, one in zip(told, waiting, strict=True):
            _log_answer(answered, held[one.mac])

    def _apply(self, driver: Driver, changes: Sequence[Change]) -> dict[str, str]:
        """What failed at this driver: the sentence by MAC."""
        broken = self._broken.get(driver.name)
        if broken is not None:
            why = broken.sentence(log.language())
        else:
            try:
                applied = _guarded(driver, lambda: driver.apply(changes))
                return {one.mac: one.sentence for one in applied if one.result == "failed"}
            except Refused as problem:
                why = problem.text(log.language())
        return {change.mac: why for change in changes}

    def _told(self, one: Open, holds: Holds, problem: str) -> Told:
        language = log.language()
        if overtaken(self.store.entry(one.mac) or wire.Entry(mac=one.mac), one.order):
            return Told(one.order, "stale", messages.text("KNM8013-W", {}, language))
        if problem:
            return Told(one.order, "failed", problem)
        result: Result = "fixed" if self.book.ignored(one.mac) else "done"
        sentence = messages.text("KNM8014-W" if result == "fixed" else "KNM8031-I", _words(one.order, holds), language)
        return Told(one.order, result, sentence)

    def _reconcile(self) -> None:
        """Where a network differs from the list, it is brought to it."""
        listed = [_entry(holds) for holds in self.book.listed()]
        for driver in self.drivers:
            if driver.name not in self._broken:
                self._compare(driver, listed)

    def _compare(self, driver: Driver, listed: Collection[Entry]) -> None:
        try:
            drift = _guarded(driver, lambda: driver.drift(listed))
        except Refused as problem:
            log.say_once(driver.name, "KNM8040-E", name=driver.name, problem=problem)
            return
        if drift and self._whole(driver):
            log.say("KNM8042-W", name=driver.name, count=len(drift), mac=drift[0].mac or "-")

    def _look(self) -> None:
        """Who was seen, and how the devices are. One that has turned unwell is compared with the list at once."""
        before = {one.part: one.id for one in self.health}
        told = []
        for driver in self.drivers:
            health = self._look_at(driver)
            if health.id not in ("", before.get(driver.name)) and driver.name not in self._broken:
                self._compare(driver, [_entry(holds) for holds in self.book.listed()])
                health = self._asked(driver)
            told.append(health)
        self.health = tuple(told)

    def _look_at(self, driver: Driver) -> Health:
        health = self._asked(driver)
        try:
            for seen in _guarded(driver, driver.seen):
                self.book.saw(seen)
        except Refused as problem:
            return health if health.id else base.unwell(driver.name, problem, language=log.language())
        return health

    def _asked(self, driver: Driver) -> Health:
        if broken := self._broken.get(driver.name):
            return base.unwell(driver.name, broken, language=log.language())
        try:
            return _guarded(driver, driver.health)
        except Refused as problem:
            return base.unwell(driver.name, problem, language=log.language())

    def _keep_seen(self) -> None:
        seen = self.book.take_seen()
        if seen and sightings.keep(self.store, seen):
            self.tell()


def _guarded(driver: Driver, what: Callable[[], _Value]) -> _Value:
    """A driver's answer. Whatever goes wrong in it is a Refused, so that one driver does not hold up the others."""
    try:
        return what()
    except Refused:
        raise
    except Exception as problem:
        logging.getLogger("kanmon.agent").exception("driver %s", driver.name)
        raise Refused("KNM8043-E", name=driver.name, problem=f"{type(problem).__name__}: {problem}") from None


def _entry(holds: Holds) -> Entry:
    assert holds.state != "unregistered", "the book lists only what holds"
    return Entry(holds.mac, holds.state, holds.ip, holds.host)


def _change(holds: Holds) -> Change:
    return Change(holds.mac, None if holds.state == "unregistered" else holds.state, holds.ip, holds.host)


def _words(order: str, holds: Holds) -> dict[str, str]:
    return {"order": order, "mac": holds.mac, "network": holds.network}


def _log_answer(told: Told, holds: Holds) -> None:
    if told.result in ("done", "fixed"):
        log.say("KNM8031-I" if told.result == "done" else "KNM8014-W", **_words(told.order, holds))
    else:
        log.say_once(told.order, "KNM8032-W", problem=told.sentence, **_words(told.order, holds))
