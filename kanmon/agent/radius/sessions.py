"""Who is where, by what was answered and by accounting: one row for each MAC at each switch (its name, and the address
that it asks from).

Bounded: at ``MOST`` rows those are forgotten of which nothing was heard for the longest, ended ones first.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kanmon.agent.radius.attributes import network_of
from kanmon.agent.radius.request import Request
from kanmon.agent.radius.tables import Tables
from kanmon.common import clock

MOST = 250_000
SWEEP_EVERY = 1000  # rows between two looks at the bound
KEPT_SECONDS = 7 * 24 * 3600.0


class Session(NamedTuple):
    """A PC at a switch. ``state``: open, ended or rejected. Times are seconds of the epoch, UTC; ``ends_at`` is when the
    switch asks anew at the latest (None: never told)."""

    mac: str
    nas: str
    nas_address: str
    port: str
    calling: str
    session: str
    ip: str
    network: str
    state: str
    began_at: float
    heard_at: float
    ends_at: float | None


class Answered(NamedTuple):
    """What was answered to an authentication."""

    request: Request
    network: str
    accepted: bool
    session_seconds: int = 0


_COLUMNS = ", ".join(Session._fields)
_KEY = "mac = ? AND nas = ? AND nas_address = ?"


class Sessions:
    """The table. ``now`` tells the seconds of the epoch."""

    def __init__(self, tables: Tables, most: int = MOST, now: Callable[[], float] | None = None) -> None:
        self._tables, self._most = tables, most
        self._now = now or (lambda: clock.now().timestamp())
        self._written = 0

    def answered(self, answers: Iterable[Answered]) -> None:
        """What was answered to authentications, in their order; in one transaction."""
        now = self._now()
        with self._tables.transaction() as connection:
            for one in answers:
                if one.request.mac is not None:
                    values = self._of(one.request, one.network, "open" if one.accepted else "rejected", now)
                    values["ends_at"] = now + one.session_seconds if one.accepted and one.session_seconds else None
                    self._put(connection, values, fresh=True)

    def accounted(self, request: Request) -> str:
        """Start, Interim-Update or Stop of a PC; the network that its session has (unknown: nobody has told it).

        A Stop of an older session than the one that is open ends nothing: switches send it late.
        """
        assert request.mac is not None
        now = self._now()
        ended = request.status == "Stop"
        with self._tables.transaction() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM radius_session WHERE {_KEY}", (request.mac, request.nas, request.nas_address)
            ).fetchone()
            before = None if row is None else Session(*row)
            network = network_of(request.class_) or (before.network if before else "unknown")
            if ended and before and before.state == "open" and before.session not in ("", request.session):
                return network
            if ended and before and before.state == "rejected":
                return network
            if not ended and before and _comes_late(request, before):
                return "unknown"
            values = self._of(request, network, "ended" if ended else "open", now)
            values["ends_at"] = before.ends_at if before and not ended else None
            values["ip"] = request.ip or (before.ip if before else "")
            fresh = before is None or before.session not in ("", request.session)
            self._put(connection, values, fresh=fresh)
        return network

    def restarted(self, nas: str, nas_address: str) -> int:
        """Accounting-On or -Off: the switch has forgotten all its sessions. How many were open."""
        with self._tables.transaction() as connection:
            changed = connection.execute(
                "UPDATE radius_session SET state = 'ended', heard_at = ?"
                " WHERE nas = ? AND nas_address = ? AND state = 'open'", (self._now(), nas, nas_address),
            )  # fmt: skip
            return changed.rowcount

    def ended(self, session: Session) -> None:
        """The switch has said that it has ended this session, or that it knows none."""
        self._change(session, "state = 'ended'")

    def moved(self, session: Session, network: str) -> None:
        """The switch has said that this session is in ``network`` from now on."""
        self._change(session, "network = ?", network)

    def _change(self, session: Session, what: str, *values: str) -> None:
        """Unless a newer one has begun there since ``session`` was read."""
        with self._tables.transaction() as connection:
            connection.execute(
                f"UPDATE radius_session SET {what}, heard_at = ? WHERE {_KEY} AND session = ? AND began_at = ?",
                (
                    *values,
                    self._now(),
                    session.mac,
                    session.nas,
                    session.nas_address,
                    session.session,
                    session.began_at,
                ),
            )

    def of(self, mac: str) -> list[Session]:
        """Where a PC is or was, the newest first."""
        rows = self._tables.rows(
            f"SELECT {_COLUMNS} FROM radius_session WHERE mac = ? ORDER BY heard_at DESC LIMIT 100", mac
        )
        return [Session(*row) for row in rows]

    def open(self, within_seconds: float | None = None) -> Iterable[Session]:
        """All that are open, of which something was heard in ``within_seconds`` or that can't have ended by themselves."""
        since = self._now() - within_seconds if within_seconds is not None else 0.0
        rows = self._tables.rows(
            f"SELECT {_COLUMNS} FROM radius_session WHERE state = 'open' AND (heard_at >= ? OR ends_at > ?)"
            " ORDER BY heard_at DESC LIMIT ?", since, self._now(), self._most,
        )  # fmt: skip
        return [Session(*row) for row in rows]

    def count(self) -> int:
        """How many rows there are."""
        return int(self._tables.rows("SELECT count(*) FROM radius_session")[0][0])

    def _of(self, request: Request, network: str, state: str, now: float) -> dict[str, Any]:
        return {
            "mac": request.mac, "nas": request.nas, "nas_address": request.nas_address, "port": request.port,
            "calling": request.calling, "session": request.session, "ip": request.ip, "network": network,
            "state": state, "began_at": now, "heard_at": now, "ends_at": None,
        }  # fmt: skip

    def _put(self, connection: sqlite3.Connection, values: dict[str, Any], *, fresh: bool) -> None:
        """``fresh``: a new session begins now; else when it began stays."""
        kept = {"mac", "nas", "nas_address"} | (set() if fresh else {"began_at"})
        changes = ", ".join(f"{name} = excluded.{name}" for name in Session._fields if name not in kept)
        blanks = ", ".join(f":{name}" for name in Session._fields)
        connection.execute(
            f"INSERT INTO radius_session ({_COLUMNS}) VALUES ({blanks}) ON CONFLICT (mac, nas, nas_address) DO UPDATE SET {changes}",
            values,
        )
        self._written += 1
        if self._written % SWEEP_EVERY == 1:
            self._sweep(connection)

    def _sweep(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "DELETE FROM radius_session WHERE state != 'open' AND heard_at < ?", (self._now() - KEPT_SECONDS,)
        )
        count = connection.execute("SELECT count(*) FROM radius_session").fetchone()[0]
        if count > self._most:
            connection.execute(
                "DELETE FROM radius_session WHERE rowid IN"
                " (SELECT rowid FROM radius_session ORDER BY state = 'open', heard_at LIMIT ?)", (count - self._most,),
            )  # fmt: skip


def _comes_late(request: Request, before: Session) -> bool:
    """A Start or Interim-Update that a switch sends again, of a session that has ended or been followed by another since.

    It would bring the old session back. Told by Event-Timestamp; a clock that is behind delays what is learned, no more.
    """
    known = before.state == "open" and before.session in ("", request.session)
    return not known and request.event_at is not None and request.event_at <= before.heard_at
