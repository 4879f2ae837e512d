"""The agent's memory on the disk: connection control list, answers, setup, the highest term.

An order and its open answer are written in one transaction, before anything is done about it; the answer's result is
written before it is told, and kept until the Manager has confirmed it and 7 days more. A ``Store`` is for one thread;
several, also of several processes, may use one file: every decision is made inside a transaction that may write.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from kanmon import ordering
from kanmon.agent import log, schema
from kanmon.common import clock, fault, messages
from kanmon.wire import MOST_ANSWERS, Answer, Entry, Order, Result, Setup, digest_line, digest_of

KEEP_ANSWER_DAYS = 7
KEEP_EMPTY_DAYS = 30  # an entry in which nothing holds any more; older orders of it are refused so long
_entry = msgspec.json.Decoder(Entry)
_encode = msgspec.json.Encoder().encode
_REFUSED = {"stale_term": "KNM8010-W", "stale_version": "KNM8011-W", "not_for_policy": "KNM8012-E"}


class Open(NamedTuple):
    """An order that is kept and not answered, or whose driver failed."""

    order: str
    mac: str


class Told(NamedTuple):
    """What is told of an order that was carried out, or was not."""

    order: str
    result: Result
    sentence: str


class Store:
    """See the module."""

    def __init__(self, home: Path, *, shared_disk: bool = False) -> None:
        self.connection = schema.connect(home, shared_disk=shared_disk)
        schema.migrate(self.connection, "core", schema.TABLES)
        self._lines: dict[str, str] = {}  # what each entry that is not empty adds to the digest
        self._digest: tuple[int, str, int] = (-1, "", 0)  # after which change, the digest, how many entries

    def close(self) -> None:
        """The file is let go."""
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that may write."""
        with schema.writing(self.connection) as connection:
            yield connection

    def word(self, name: str, default: str = "") -> str:
        """A value by name."""
        row = self.connection.execute("SELECT value FROM word WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else default

    def set_word(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        self.connection.execute("INSERT OR REPLACE INTO word VALUES (?, ?)", [name, value])

    @property
    def highest_term(self) -> int:
        """The highest term that a Manager has told."""
        return int(self.word("highest_term", "0"))

    @property
    def changed(self) -> int:
        """How often the list has changed."""
        return int(self.word("changed", "0"))

    @property
    def listed(self) -> bool:
        """A whole list was known once: the Manager's, or one that a person has imported here."""
        return bool(self.word("listed"))

    def first_listed(self) -> bool:
        """The Manager's whole list has come, or there is nothing in it; whether that is so for the first time."""
        if self.listed:
            return False
        with self.writing():
            self.set_word("listed", "manager")
        return True

    def hear_term(self, term: int) -> bool:
        """Remember ``term`` if it is the highest; whether who says it may still give orders."""
        with self.writing():
            highest = self.highest_term
            if term > highest:
                self.set_word("highest_term", str(term))
            return term >= highest

    def take(self, given: Iterable[Order]) -> int:
        """Keep orders, each decided, in one transaction; how many are kept for carrying out.

        One that was answered for good is answered again. The others have an open answer, or are refused at once.
        """
        kept = 0
        with self.writing():
            for order in given:
                kept += self._take(order)
            fault.point("agent_before_kept")
        fault.point("agent_kept")
        return kept

    def _take(self, order: Order) -> bool:
        row = self.connection.execute("SELECT result FROM answer WHERE order_id = ?", [order.id]).fetchone()
        if row and row[0] in ("done", "fixed"):
            self.connection.execute(
                "UPDATE answer SET told = 0, confirmed_at = NULL WHERE order_id = ?", [order.id]
            )  # fmt: skip
            return False
        highest = self.highest_term
        entry = self.entry(order.mac) or Entry(mac=order.mac)
        decided = ordering.decide(entry, order, highest)
        if decided.outcome != "kept":
            sentence = messages.text(
                _REFUSED[decided.outcome], {"term": order.term, "highest": highest}, log.language()
            )
            result = "failed" if decided.outcome == "not_for_policy" else "stale"
            self._answer(order.id, order.mac, result, sentence)
            return False
        if order.term > highest:
            self.set_word("highest_term", str(order.term))
        self.put([decided.entry])
        self._answer(order.id, order.mac, None, "")
        return True

    def _answer(self, order_id: str, mac: str, result: str | None, sentence: str) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, 0, ?, NULL)",
            [order_id, mac, self.highest_term, result, sentence[:1000], clock.now().isoformat()],
        )

    def put(self, entries: Iterable[Entry]) -> None:
        """Write entries, each as a change of the list. Within a transaction."""
        changed, now = self.changed, clock.now().isoformat()
        for entry in entries:
            changed += 1
            self.connection.execute(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", [entry.mac, _encode(entry), changed, now]
            )
        self.set_word("changed", str(changed))

    def entry(self, mac: str) -> Entry | None:
        """The entry of a MAC, also an empty one."""
        row = self.connection.execute("SELECT body FROM entry WHERE mac = ?", [mac]).fetchone()
        return _entry.decode(row[0]) if row else None

    def entries(self, since: int = 0) -> tuple[int, list[Entry]]:
        """The number of changes so far, and the entries changed after ``since`` (empty ones among them), by MAC."""
        with self.reading():
            changed = self.changed
            found = self.connection.execute("SELECT body FROM entry WHERE changed > ? ORDER BY mac", [since])
            return changed, [_entry.decode(row[0]) for row in found]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("COMMIT")

    def digest(self) -> tuple[str, int]:
        """The list's digest (``wire.digest``), and how many entries have something that holds."""
        if self._digest[0] != self.changed:
            changed, entries = self.entries(self._digest[0])
            for entry in entries:
                if entry.empty:
                    self._lines.pop(entry.mac, None)
                else:
                    self._lines[entry.mac] = digest_line(entry)
            self._digest = changed, digest_of(filter(None, self._lines.values())), len(self._lines)
        return self._digest[1:]

    def open_orders(self, *, failed: bool = False, most: int = 10_000) -> list[Open]:
        """Orders that are kept and not answered; with ``failed``, those that a driver could not carry out."""
        condition = "result = 'failed'" if failed else "result IS NULL"
        rows = self.connection.execute(f"SELECT order_id, mac FROM answer WHERE {condition} LIMIT ?", [most])
        return [Open(*row) for row in rows]

    def answer(self, told: Iterable[Told]) -> None:
        """Keep what became of orders; the Manager is told from here."""
        with self.writing():
            now, term = clock.now().isoformat(), self.highest_term
            self.connection.executemany(
                "UPDATE answer SET result = ?, sentence = ?, term = ?, at = ?, told = 0, confirmed_at = NULL"
                " WHERE order_id = ? AND (result IS NULL OR result = 'failed')",
                [(one.result, one.sentence[:1000], term, now, one.order) for one in told],
            )
            fault.point("agent_before_answered")
        fault.point("agent_answered")

    def to_tell(self, most: int = MOST_ANSWERS) -> tuple[Answer, ...]:
        """Answers that no Manager has confirmed; those that were never told come first."""
        rows = self.connection.execute(
            "SELECT order_id, mac, result, sentence, term, at FROM answer WHERE confirmed_at IS NULL AND result IS NOT NULL"
            " ORDER BY told, at LIMIT ?",
            [most],
        )
        return tuple(
            Answer(order=order, mac=mac, result=result, sentence=sentence, term=term, at=datetime.fromisoformat(at))
            for order, mac, result, sentence, term, at in rows
        )

    def anything_to_tell(self) -> bool:
        """Whether there is an answer that was not told yet."""
        row = self.connection.execute(
            "SELECT 1 FROM answer WHERE told = 0 AND confirmed_at IS NULL AND result IS NOT NULL LIMIT 1"
        )
        return row.fetchone() is not None

    def told(self, answers: Mapping[str, Answer], confirmed: Iterable[str]) -> None:
        """These answers have reached the Manager, and it has kept those that it names.

        An answer that has changed since it was sent counts as not told.
        """
        ids = set(confirmed)
        now = clock.now().isoformat()
        if not answers:
            return
        with self.writing():
            self.connection.executemany(
                "UPDATE answer SET told = 1, confirmed_at = ? WHERE order_id = ? AND result = ? AND at = ?",
                [(now if a.order in ids else None, a.order, a.result, a.at.isoformat()) for a in answers.values()],
            )

    def setup(self) -> Setup:
        """Which network is for whom."""
        return msgspec.json.decode(self.word("setup", "{}"), type=Setup)

    def set_up(self, setup: Setup) -> None:
        """Keep a setup; the running agent follows it."""
        with self.writing():
            self.set_word("setup", _encode(setup).decode())

    def prune(self) -> int:
        """Forget answers confirmed 7 days ago, and entries in which nothing has held for 30 days; how many."""
        answers = (clock.now() - timedelta(days=KEEP_ANSWER_DAYS)).isoformat()
        empty = (clock.now() - timedelta(days=KEEP_EMPTY_DAYS)).isoformat()
        with self.writing():
            gone = self.connection.execute("DELETE FROM answer WHERE confirmed_at < ?", [answers]).rowcount
            old = self.connection.execute("SELECT body FROM entry WHERE touched_at < ?", [empty])
            macs = [[entry.mac] for entry in map(_entry.decode, (row[0] for row in old)) if entry.empty]
            self.connection.executemany("DELETE FROM entry WHERE mac = ?", macs)
        return gone + len(macs)
