"""Where a story takes place: a database, nodes, a ledger and those who send; and how it ends.

``settle`` mends what is broken, waits until everything is done, decides what is in doubt as a person would who looks at
the ledger, and stops all nodes in order. Then the checker may look.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.failover.check_journal import check_report
from tests.failover.disk import SmallDisk
from tests.failover.findings import Findings
from tests.failover.ledger import Ledger
from tests.failover.network import Link
from tests.failover.nodes import Node
from tests.failover.senders import Senders

DRAIN_SECONDS = 60.0
TTL_SECONDS = 1.0


@dataclass
class Hit:
    """A fault that happened. ``term``: of who led then, where the time until somebody else works is measured."""

    what: str
    at: float  # wall clock of this machine
    term: int | None = None


@dataclass
class World:
    """See the module."""

    folder: Path
    seed: str
    database: Any
    environment: dict[str, str] = field(default_factory=dict)
    chance: random.Random = field(init=False)
    nodes: list[Node] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    found: Findings = field(default_factory=Findings)
    mend: list[Callable[[], None]] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    disk: SmallDisk | None = None
    tools: Path = Path()
    cables: list[Link] = field(default_factory=list)
    drain_seconds: float = DRAIN_SECONDS

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(self.folder, self.chance.randrange(2**32))
        self.senders: Senders | None = None
        self._lock = threading.Lock()

    def add_node(self, home: Path, prefix: list[str] | None = None, url: str | None = None) -> Node:
        """A node, not started."""
        name = f"mgr-{'abcdef'[len(self.nodes)]}"
        environment = {
            "SLIM_LEDGER": str(self.ledger.path), "SLIM_MAIL": str(self.ledger.mail_path), "SLIM_TTL": str(TTL_SECONDS),
            "SLIM_TRACE": str(self.folder / "points"), "SLIM_JITTER": f"{self.seed}-{name}",
            "KANMON_CLOCK_FILE": str(home / "clock"),
            "KANMON_DATABASE_URL": self.database.url if url is None else url, **self.environment,
        }  # fmt: skip
        self.nodes.append(Node(name, home, environment, prefix or []))
        return self.nodes[-1]

    def begin_load(self) -> None:
        """Agents and a person begin."""
        self.senders = Senders(self.nodes, self.chance.randrange(2**32))

    def hit(self, what: str, term: int | None = None) -> None:
        """A fault has happened just now."""
        self.hits.append(Hit(what, time.time(), term))

    def pause(self, most: float, least: float = 0.02) -> None:
        """Let it work for a moment."""
        time.sleep(self.chance.uniform(least, most))

    def active(self) -> tuple[Node, int] | None:
        """Who leads, by the rows, and its term."""
        for row in self.database.rows("SELECT node, term, released FROM lease"):
            for node in self.nodes:
                if node.name == row["node"] and not row["released"]:
                    return node, row["term"]
        return None

    def leads(self, node: Node, term: int) -> bool:
        """Whether this node leads, in this term."""
        return self.active() == (node, term)

    def newest_term(self) -> int:
        """Of whoever leads or has led last; 0 before the first."""
        return max((row["term"] for row in self.database.rows("SELECT term FROM term")), default=0)

    def is_working(self, term: int, or_later: bool = False) -> bool:
        """Whether an operation was started under ``term``."""
        compared = ">=" if or_later else "="
        sql = f"SELECT 1 FROM entry WHERE event = 'started' AND attempt > 0 AND term {compared} ? LIMIT 1"
        return bool(self.database.rows(sql, term))

    def all_up(self) -> None:
        """Whoever is dead is started again, without faults."""
        for node in self.nodes:
            while node.ended() or not node.wait_ready():
                node.start()

    def settle(self) -> None:
        """See the module."""
        while self.mend:
            self.mend.pop()()
        self.ledger.calm = True
        self.all_up()
        assert self.senders is not None
        self.senders.stop()
        self.drain()
        self._check_reports()
        while self._decide_doubts():
            self.drain()
        for node in self.nodes:
            node.stop()
        points = self.folder / "points"
        self.passed = set(points.read_text().split()) if points.exists() else set()

    def drain(self) -> None:
        """Until nothing waits or runs; what is held is released. Fails when nothing happens for ``drain_seconds``."""
        newest, end = -1, 0.0
        while True:
            seq = self.database.rows("SELECT max(seq) AS seq FROM entry")[0]["seq"]
            if seq != newest:  # it is at work
                newest, end = seq, time.monotonic() + self.drain_seconds
            open_ones = self.database.rows(
                "SELECT id, kind, state FROM operation WHERE state IN ('waiting', 'running', 'held')"
            )
            if not open_ones:
                return
            if time.monotonic() > end:
                self.found.say(
                    "actions_lost",
                    f"nothing has happened for {self.drain_seconds:.0f} s, and there is {open_ones[:10]}",
                )
                return
            for row in open_ones:
                if row["state"] == "held":
                    self.decide("release", row["id"])
            self.all_up()
            time.sleep(0.05)

    def _check_reports(self) -> None:
        """What the product itself says of what happened, asked of each node."""
        for node in self.nodes:
            audit = node.ask({"do": "audit"}, 30) or node.ask({"do": "audit"}, 30)  # its connection may have been ended
            assert audit is not None, node.output()[-3000:]
            for problem in audit["problems"]:
                self.found.say("invariants_broken", f"the audit: {problem}")
            self.found.shown["rows of the audit, sealed"] += audit["rows"]
            answer = node.ask({"do": "report"}, 30)
            assert answer is not None, node.output()[-3000:]
            check_report(self.database, answer["report"], self.found)

    def decide(self, verb: str, operation: int) -> None:
        """A person decides, by any node, until it is known to have been done."""
        assert self.senders is not None
        for _ in range(20):
            answer = self.chance.choice(self.nodes).ask({"do": "decide", "verb": verb, "operation": operation})
            if answer is not None:
                if answer["said"] == "ok":
                    self.senders.known.decided.setdefault(operation, []).append(verb)
                return
            time.sleep(0.05)

    def _decide_doubts(self) -> bool:
        """In doubt: look whether it happened, and say so; what did not happen is done again, or closed.

        False when nothing is in doubt any more; what is done again may be in doubt again.
        """
        doubts = self.database.rows("SELECT id, kind, subject FROM operation WHERE state = 'in_doubt' ORDER BY id")
        self.found.shown["in doubt"] += len(doubts)
        for row in doubts:
            if self.ledger.of(row["kind"]).get(row["subject"]):
                self.decide("it_ran", row["id"])
            else:
                self.decide(self.chance.choice(["redo", "redo", "close"]), row["id"])
        return bool(doubts)

    def close(self) -> None:
        """Whatever is left of it ends."""
        for node in self.nodes:
            node.kill()
        while self.mend:
            self.mend.pop()()
        self.ledger.stop()
