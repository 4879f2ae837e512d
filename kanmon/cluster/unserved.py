"""Why a node took over, and for how long nobody judged or acted: told from one row of ``takeover``. Pure.

How long is a difference of two times of wall clocks, and wall clocks are not to be trusted: so it always says by
whose clock it was measured, and that it is the most that it can have been. The node that was lost may have worked
for a moment after its last sign of life.
"""

from dataclasses import dataclass
from datetime import datetime

from kanmon.cluster.said import Said
from kanmon.journal import eras
from kanmon.journal.models import Takeover
from kanmon.journal.takeover import Cause

ORDERLY = [str(cause) for cause in Cause if not cause.is_failover]
_WHY = {
    "first": "KNM4250-I",
    "clean": "KNM4251-I",
    "crash": "KNM4252-W",
    "handed_over": "KNM4253-I",
    "session_gone": "KNM4254-W",
    "not_renewed": "KNM4255-W",
    "database_failed_over": "KNM4256-W",
    "restored": "KNM4257-W",
}
OTHER_CAUSE = "KNM4259-W"


@dataclass(frozen=True, slots=True)
class Unserved:
    """``seconds`` from ``since`` to ``until``; ``seconds`` None when the clock went backwards. ``exact`` false: it was
    at most so long. ``said`` says all of this, and by whose clock.
    """

    seconds: float | None
    since: datetime
    until: datetime
    exact: bool
    said: Said


def why(takeover: Takeover) -> Said:
    """The sentence of its cause."""
    moved = takeover.cause == "crash" and takeover.from_node != takeover.to_node  # with the disk of its home
    return Said(
        OTHER_CAUSE if moved else _WHY.get(takeover.cause, OTHER_CAUSE),
        {
            "cause": takeover.cause, "from": takeover.from_node, "to": takeover.to_node,
            "term": eras.said(takeover.term),
        },
    )  # fmt: skip


def measured(takeover: Takeover) -> Unserved | None:
    """From the last sign of life of the node before to the readiness of this one; None at a first start."""
    since, until = takeover.last_seen_at, takeover.ready_at or takeover.at
    if since is None or takeover.from_term is None:
        return None
    by_database = takeover.counts.get("clock") == "database"
    seconds = round((until - since).total_seconds(), 3)
    told = {"seconds": f"{seconds:,.2f}", "from": takeover.from_node, "to": takeover.to_node}
    if seconds < 0:
        return Unserved(None, since, until, False, Said("KNM4276-W", told))
    if takeover.from_node != takeover.to_node and not by_database:
        return Unserved(seconds, since, until, False, Said("KNM4275-I", told))
    exact = takeover.cause in ORDERLY and not by_database  # a stop in order is the last that its node writes
    return Unserved(seconds, since, until, exact, Said("KNM4273-I" if exact else "KNM4274-I", told))
