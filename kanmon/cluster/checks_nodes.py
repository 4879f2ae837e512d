"""Health of the nodes, and of the database between them."""

from collections.abc import Iterator

from django.db import connection

from kanmon.cluster.found import Found
from kanmon.cluster.nodes import NodeState, database_now, nodes
from kanmon.common import clock
from kanmon.journal import changes
from kanmon.journal.here import HERE
from kanmon.journal.models import Change
from kanmon.judgment.engine import ENGINE

LONG_TRANSACTION_SECONDS = 60
LOADING_SECONDS = 120
BEHIND_SECONDS = 60
CLOCK_SECONDS = 2.0
SERVING = (NodeState.ACTIVE, NodeState.STANDBY, NodeState.DRAINING)

_REPLICAS = "SELECT application_name, sync_state FROM pg_stat_replication WHERE state = 'streaming'"
_LONG = """
SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::bigint, xact_start
FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
  AND xact_start < clock_timestamp() - %s * interval '1 second' ORDER BY xact_start LIMIT 5
"""


def silent() -> Iterator[Found]:
    """Nodes that did not stop in order and are not seen any more.

    On SQLite one runs at a time: only who holds the lease is expected to answer.
    """
    for node in nodes():
        expected = connection.vendor == "postgresql" or node.term is not None
        if expected and node.state is NodeState.NOT_ANSWERING:
            seconds = "?" if node.silent_seconds is None else f"{node.silent_seconds:,.0f}"
            yield Found({"node": node.name, "seconds": seconds}, node.seen_at)


def no_standby() -> Iterator[Found]:
    """A cluster of which one node is left. A single node that never had a partner is no cluster."""
    known = nodes()
    if connection.vendor != "postgresql" or len(known) < 2:
        return
    others = [node for node in known if node.state is NodeState.STANDBY]
    if not others:
        yield Found({"node": next((node.name for node in known if node.state is NodeState.ACTIVE), "-")})


def not_synchronous() -> Iterator[Found]:
    """A standby of the database that may lack what was acknowledged."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_REPLICAS)
        replicas = cursor.fetchall()
        cursor.execute("SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit')")
        names, commit = cursor.fetchone()
    states = [state for _, state in replicas if state is not None]  # not shown to every database user
    asynchronous = bool(states) and not any(state in ("sync", "quorum") for state in states)
    if replicas and (not names or commit in ("off", "local") or asynchronous):
        yield Found({"replicas": ", ".join(name for name, _ in replicas), "names": names or "-", "commit": commit})


def long_transaction() -> Iterator[Found]:
    """A write transaction that is open for long: what is committed after its begin can't be followed."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_LONG, [LONG_TRANSACTION_SECONDS])
        for pid, name, seconds, since in cursor.fetchall():
            yield Found({"pid": pid, "name": name or "-", "seconds": f"{seconds:,}"}, since)


def index_behind() -> Iterator[Found]:
    """A node whose index is not loaded, or this node's, when it does not follow the changes.

    On SQLite the index follows whenever something is judged, and nobody waits for it before.
    """
    if connection.vendor != "postgresql":
        return
    now = database_now()
    for node in nodes():
        if node.state in SERVING and not node.ready and (now - node.started_at).total_seconds() > LOADING_SECONDS:
            yield Found(
                {"node": node.name, "seconds": f"{(now - node.started_at).total_seconds():,.0f}"}, node.started_at
            )
    if not ENGINE.loaded:
        return
    for _, seq in changes.follow("change", ENGINE.position, 1):
        at = Change.objects.values_list("at", flat=True).get(seq=seq)
        if (clock.now() - at).total_seconds() > BEHIND_SECONDS:
            yield Found({"node": HERE.node, "seconds": f"{(clock.now() - at).total_seconds():,.0f}"}, at)


def clock_differs() -> Iterator[Found]:
    """This node's clock against the database's. Nothing depends on it but the times that people read."""
    if connection.vendor != "postgresql":
        return
    before = clock.now()
    there = database_now()
    middle = before + (clock.now() - before) / 2
    seconds = (middle - there).total_seconds()
    if abs(seconds) > CLOCK_SECONDS:
        yield Found({"node": HERE.node, "seconds": f"{seconds:+,.1f}"})
