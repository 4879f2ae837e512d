"""The nodes of the cluster: what each says of itself, and what the lease says of them.

A node writes that it lives every few seconds, by the database's clock; how long that is ago is asked of the same
clock, so that no two clocks are compared.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from kanmon.common import clock
from kanmon.journal import eras
from kanmon.journal.models import Lease, Node, Term

SILENT_SECONDS = 10.0  # a node writes every few seconds; after this it does not answer
SILENT_ALONE_SECONDS = 150.0  # on SQLite, where nobody else could take over, it writes once a minute


class NodeState(StrEnum):
    """How a node stands."""

    ACTIVE = "active"  # it judges and acts
    STANDBY = "standby"  # it serves, and is ready to take over
    DRAINING = "draining"  # it gives its work away before it stops
    STOPPED = "stopped"  # it stopped in order
    NOT_ANSWERING = "not_answering"  # it did not stop in order and says nothing any more


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """One node. ``silent_seconds`` since it was seen, by the database's clock; None: never. ``ready``: its index has
    followed all changes, so that it can judge at once. ``term`` only of the active one.
    """

    name: str
    version: str
    address: str
    state: NodeState
    ready: bool
    seen_at: datetime | None
    silent_seconds: float | None
    started_at: datetime
    pid: int
    term: int | None

    @property
    def term_said(self) -> str:
        """The term as people read it; empty for a node that is not active."""
        return "" if self.term is None else eras.said(self.term)


def nodes(shard: int = 0) -> list[NodeSeen]:
    """All nodes that have ever been seen: the active one first, then by name."""
    now = database_now()
    term = Term.objects.filter(shard=shard).first()
    lease = Lease.objects.filter(shard=shard).first()
    leads = term.node if term is not None and lease is not None and not lease.released else None
    found = [
        _seen(row, now, term.term if term and row.name == leads else None) for row in Node.objects.order_by("name")
    ]
    return sorted(found, key=lambda one: (one.state is not NodeState.ACTIVE, one.name))


def active(shard: int = 0) -> str:
    """The name of the node that holds the lease; empty when nobody does."""
    term = Term.objects.filter(shard=shard).first()
    lease = Lease.objects.filter(shard=shard).first()
    return term.node if term is not None and lease is not None and not lease.released else ""


def database_now() -> datetime:
    """The database's clock. On SQLite it is this host's."""
    if connection.vendor != "postgresql":
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def _seen(row: Node, now: datetime, term: int | None) -> NodeSeen:
    silent = (now - row.seen_at).total_seconds() if row.seen_at else None
    return NodeSeen(
        name=row.name, version=row.version, address=row.address, state=_state(row, silent, term is not None),
        ready=row.ready, seen_at=row.seen_at, silent_seconds=None if silent is None else max(0.0, round(silent, 1)),
        started_at=row.started_at, pid=row.pid, term=term,
    )  # fmt: skip


def _state(row: Node, silent: float | None, leads: bool) -> NodeState:
    if row.state == "stopped":
        return NodeState.STOPPED
    most = SILENT_SECONDS if connection.vendor == "postgresql" else SILENT_ALONE_SECONDS
    says_that_it_leads = row.state == "active" and not leads  # what it wrote last, and somebody else leads now
    if silent is None or silent > most or says_that_it_leads:
        return NodeState.NOT_ANSWERING
    if row.draining and not leads:
        return NodeState.DRAINING
    return NodeState.ACTIVE if leads else NodeState.STANDBY
