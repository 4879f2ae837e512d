"""The lease on PostgreSQL, as one session sees it: observe, renew, release.

It is a row that the holder renews, and the holder's database session, which ends at once when its process dies.
Others look at both. The session is only a hint: it also ends when the database is restarted or a network device
forgets it. That is why it must have been seen alive by whoever says that it is gone, and be gone twice in a row.
An advisory lock of the session would be no better: through a pooler two clients can get the same one.

This connection is direct (never from a pool), commits each statement by itself, and gives up on a peer that does
not answer within the TTL. Its ``application_name`` is the name of the holder in the row: node, machine and a random
part, so that a restarted process is not taken for the one before it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

from django.db import connection as django_connection

from kanmon.journal.here import HERE

_OBSERVE: LiteralString = """
SELECT l.term, l.node, l.beat, l.released, l.session, l.ttl_seconds,
       EXISTS (SELECT 1 FROM pg_stat_activity a
               WHERE a.datname = current_database() AND a.application_name = l.session),
       pg_is_in_recovery(), coalesce((SELECT draining FROM node WHERE name = %s), false)
FROM lease l WHERE l.shard = %s
"""
_RENEW: LiteralString = """
UPDATE lease SET beat = beat + 1, renewed_at = clock_timestamp()
WHERE shard = %s AND term = %s AND session = %s AND NOT released
RETURNING (SELECT system_identifier::text FROM pg_control_system()),
          ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint,
          asked_by, coalesce((SELECT draining FROM node WHERE name = %s), false)
"""
_EVICT: LiteralString = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'kanmon-worker:%%'
  AND split_part(application_name, ':', 2)::bigint <= %s
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the lease showed. ``ttl_seconds`` is the holder's; ``draining`` is this node's."""

    term: int
    node: str
    beat: int
    released: bool
    session: str
    ttl_seconds: float
    session_alive: bool
    draining: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Which database this is: its system identifier, and its timeline, which a promoted standby changes."""

    system_identifier: str
    timeline: int


NO_IDENTITY = Identity("", 0)  # of SQLite


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a renewal told: the database, who asks for a hand-over ("": nobody), and whether this node is drained."""

    identity: Identity
    asked_by: str
    draining: bool


class NotWritable(Exception):
    """The database that answers is a standby: nothing can be written there."""


def session_name(node: str) -> str:
    """A name for this process's lease session: node, a mark of the machine, and a random part."""
    return f"kanmon-lease:{node[:24]}:{machine_mark()}:{secrets.token_hex(4)}"


def machine_mark() -> str:
    """Eight characters that tell this machine from others, from its machine id or, without one, its boot id."""
    for name in ("/etc/machine-id", "/proc/sys/kernel/random/boot_id"):
        path = Path(name)
        if path.exists() and (text := path.read_text("ascii", "replace").strip()):
            return hashlib.sha256(text.encode()).hexdigest()[:8]
    return "00000000"


class LeaseSession:
    """A direct connection. Every method raises psycopg.Error when the database is away; call ``close`` then."""

    def __init__(self, name: str, ttl_seconds: float, shard: int = 0) -> None:
        self.name, self.ttl_seconds, self.shard = name, ttl_seconds, shard
        self._connection: Any = None

    def open(self) -> bool:
        """Connect if that is needed; whether the connection is new."""
        if self._connection is not None and not self._connection.closed:
            return False
        self._connection = connect(self.name, self.ttl_seconds)
        self._connection.execute("SET synchronous_commit = 'local'")
        return True

    def close(self) -> None:
        """Forget the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def observe(self) -> Seen | None:
        """The lease as it is now; None before the first leadership. Raises NotWritable on a standby database."""
        row = self._connection.execute(_OBSERVE, [HERE.node, self.shard]).fetchone()
        if row is None:
            return None
        term, node, beat, released, session, ttl_seconds, alive, in_recovery, draining = row
        if in_recovery:
            raise NotWritable
        return Seen(term, node, beat, released, session, ttl_seconds, alive, draining)

    def renew(self, term: int) -> Renewed | None:
        """One beat more. None when the lease is another's, or released."""
        row = self._connection.execute(_RENEW, [self.shard, term, self.name, HERE.node]).fetchone()
        return Renewed(Identity(row[0], row[1]), row[2], row[3]) if row else None


def identity() -> Identity:
    """Of the database of this thread's Django connection; empty on SQLite."""
    if django_connection.vendor != "postgresql":
        return NO_IDENTITY
    with django_connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
            " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint"
        )
        return Identity(*cursor.fetchone())


def evict(term: int, connection: Any) -> None:
    """End the database sessions of workers of ``term`` and of those before it; never of intake or console."""
    connection.execute(_EVICT, [term])


def connect(name: str, ttl_seconds: float) -> Any:
    """A direct connection in autocommit, with time limits that fit a lease of ``ttl_seconds``."""
    import psycopg

    parameters = {
        name: value
        for name, value in django_connection.get_connection_params().items()
        if name not in {"pool", "cursor_factory", "context", "server_side_binding", "prepare_threshold"}
    }
    return psycopg.connect(
        **parameters
        | {
            "application_name": name[:63], "connect_timeout": 2, "keepalives": 1, "keepalives_idle": 1,
            "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": int(ttl_seconds * 1000),
            "autocommit": True,
        }
    )  # fmt: skip
