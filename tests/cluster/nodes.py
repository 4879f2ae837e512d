"""Real Managers on one real PostgreSQL, each in a home of its own."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.conformance.databases import postgresql_server
from tests.conftest import ManagerProcess, pc_json


@dataclass
class NodeProcess(ManagerProcess):
    """A Manager as a node with a name."""

    name: str = "nA"

    @property
    def environment(self) -> dict[str, str]:
        """That of its processes, with the node's name."""
        return super().environment | {"KANMON_NODE": self.name}


@dataclass
class Cluster:
    """A database and its nodes."""

    url: str
    folder: Path
    nodes: list[NodeProcess] = field(default_factory=list)

    def node(self, name: str, **settings: dict[str, Any]) -> NodeProcess:
        """A node, set up and not started."""
        wanted = {"database": {"url": self.url}, "action": {"collect_seconds": 0}} | settings
        made = NodeProcess(self.folder / name, wanted, name=name)
        made.setup()
        self.nodes.append(made)
        return made

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the database, as anybody sees them."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    def active(self) -> str:
        """The node that the lease names; empty when it is released."""
        found = self.rows("SELECT node FROM lease WHERE NOT released")
        return str(found[0][0]) if found else ""

    def by_name(self, name: str) -> NodeProcess:
        """The node of that name."""
        return next(one for one in self.nodes if one.name == name)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A fresh database for nodes below ``folder``; stops them all at the end."""
    with postgresql_server() as url:
        with psycopg.connect(url.format(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kanmon")
        made = Cluster(url.format(name="kanmon"), folder)
        try:
            yield made
        finally:
            for one in made.nodes:
                one.stop()


class Sender(threading.Thread):
    """Sends report after report to one node, and counts what it answers. ``bad``: share of PCs in danger."""

    def __init__(self, node: NodeProcess, token: str, first: int, bad: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.bad, self.random = bad, random.Random(first)
        self.node, self.token, self.next = node, token, first
        self.acknowledged: set[str] = set()
        self.answers: list[int] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(0.02):
            danger = {"antivirus": []} if self.random.random() < self.bad else {}
            report = pc_json(self.next, **danger)
            try:
                status, _, _ = self.node.post(json.dumps(report).encode(), self.token)
            except OSError:  # the node is down: an agent's load balancer would take another
                continue
            self.answers.append(status)
            if status == 200:
                self.acknowledged.add(report["device_id"])
                self.next += 1

    def stop(self) -> None:
        """End, and wait for it."""
        self.stopping.set()
        self.join()


def seconds_since(begin: float) -> float:
    """Seconds since ``begin`` (monotonic)."""
    return time.monotonic() - begin
