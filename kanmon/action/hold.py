"""The switch that holds all actions: nothing is ordered, and what is ordered already is not begun.

It stands in the table of holds, beside those after a restore (``backup.held``), one row a lane; its own have ``WHY``. While
it stands, decisions are made and write down what they withhold. When it is released, what is still due is decided anew.
"""

from collections.abc import Collection
from typing import Any

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.models import Hold

WHY = "KNM3078-W"


def is_held() -> bool:
    """Whether a person holds all actions."""
    return Hold.objects.filter(why=WHY).exists()


def hold(lanes: Collection[str], actor: str) -> int:
    """Hold ``lanes``; those that are held already stay so. Returns how many were free. Inside a transaction.

    Raises Refused KNM3280-E when all of them are held since a restore.
    """
    free = set(lanes) - set(Hold.objects.values_list("lane", flat=True))
    if not free and not is_held():
        raise Refused("KNM3280-E", status=409)
    now = clock.now()
    Hold.objects.bulk_create(Hold(lane=lane, why=WHY, actor=actor[:150], since=now) for lane in sorted(free))
    return len(free)


def release() -> int:
    """Release what a person held. Returns how many lanes were. Inside a transaction."""
    return int(Hold.objects.filter(why=WHY).delete()[0])


def told() -> dict[str, Any]:
    """Whether all actions are held by a person, by whom, and since when."""
    row = Hold.objects.filter(why=WHY).order_by("since").first()
    if row is None:
        return {"held": False, "by": "", "since": None}
    return {"held": True, "by": row.actor, "since": row.since.isoformat()}
