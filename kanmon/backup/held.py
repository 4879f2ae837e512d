"""Actions that wait after a restore, until an administrator has looked.

What waits is of two kinds: what the backup held, of which some may have been carried out after it was made; and what
was decided since the restore, because PCs were judged again. Of the second kind, too, some may have been done in the
time that is lost. So a release cancels what waits, unless it is told to let it go; what is decided after the release
is carried out as ever. Whatever is let go is told as a possible repeat, to receivers and in the log.

``lanes``: kind of operation -> lane, from ``flow.KINDS``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from kanmon.action import hold
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Hold, Operation
from kanmon.journal.states import State
from kanmon.journal.writing import sql_time

MOST_KEPT = 500
LET_GO = "let_go"  # the entry of an operation that waited here and is carried out: it may be a repeat
CANCELLED, MAY_BE_REPEAT = "KNM4241-I", "KNM4234-W"

Lanes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One action that waits. ``from_backup``: it was decided before the restore."""

    id: int
    kind: str
    lane: str
    subject: str
    decided_at: datetime
    from_backup: bool


@dataclass(frozen=True, slots=True)
class HeldActions:
    """``lanes`` that are held since ``since`` (None: none is); how many wait, and the oldest of them."""

    lanes: list[str]
    since: datetime | None
    count: int
    oldest: list[Waiting]


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of what waits. Without anything it is cancelled.

    ``carry_out``: all of it goes; ``discard_before``: only what was decided before that moment is cancelled;
    ``keep``: these operations go, whatever is said of the others. ``lanes``: of these only; empty: all.
    """

    carry_out: bool = False
    discard_before: datetime | None = None
    keep: Collection[int] = ()
    only_lanes: Collection[str] = ()


def since() -> datetime | None:
    """Since when actions are held after a restore; None when they are not."""
    return _restored().order_by("since").values_list("since", flat=True).first()


def _restored() -> "QuerySet[Hold]":
    """What a restore holds; the rows of the switch of all actions stand in the same table."""
    return Hold.objects.exclude(why=hold.WHY)


def held(lanes: Lanes, limit: int = 100) -> HeldActions:
    """What is held, and the oldest ``limit`` operations that wait for it."""
    holds = {one.lane: one.since for one in _restored().order_by("lane")}
    if not holds:
        return HeldActions([], None, 0, [])
    rows = _waiting(lanes, holds)
    oldest = [
        Waiting(one.id, one.kind, lanes[one.kind], one.subject, one.begun_at, one.begun_at < holds[lanes[one.kind]])
        for one in rows.order_by("id").defer("input")[:limit]
    ]
    return HeldActions(sorted(holds), min(holds.values()), rows.count(), oldest)


def _waiting(lanes: Lanes, names: Collection[str]) -> "QuerySet[Operation]":
    kinds = [kind for kind, lane in lanes.items() if lane in names]
    return Operation.objects.filter(state=State.WAITING, kind__in=kinds)


def release(lanes: Lanes, choice: Choice, actor: str) -> dict[str, Any]:
    """Release what is held; inside a transaction (``once``). Returns how many were cancelled and let go.

    Raises Refused KNM4242-E when nothing is held, KNM4249-E for a number in ``keep`` that does not wait here.
    """
    holds = _restored()
    if choice.only_lanes:
        holds = holds.filter(lane__in=choice.only_lanes)
    names = sorted(holds.values_list("lane", flat=True))
    if not names:
        raise Refused("KNM4242-E", status=409)
    rows = _waiting(lanes, names)
    _require_waiting(rows, choice.keep)
    cancelled, gone = rows.filter(_cancelled(choice)), rows.exclude(_cancelled(choice))
    let_go = _tell(gone, LET_GO, MAY_BE_REPEAT, actor)
    _tell(cancelled, "cancelled", CANCELLED, actor)
    count = cancelled.update(
        state=State.CANCELLED, ended_at=clock.now(), outcome={"sentence": "", "id": CANCELLED, "actor": actor}
    )
    if hold.is_held():  # a person holds all actions: these too, from now on
        holds.update(why=hold.WHY, actor=actor[:150], since=clock.now())
    else:
        holds.delete()
    outcome = {"lanes": ", ".join(names), "cancelled": count, "let_go": let_go}
    record.note(None, "actions_released", {"id": "KNM4233-I", "actor": actor, **outcome})
    return outcome


def _cancelled(choice: Choice) -> Q:
    if choice.carry_out:
        return Q(id__lt=0)  # an empty list would be no SQL at all
    which = Q() if choice.discard_before is None else Q(begun_at__lt=choice.discard_before)
    return which & ~Q(id__in=list(choice.keep)) if choice.keep else which & Q(id__gt=0)


def _require_waiting(rows: "QuerySet[Operation]", keep: Collection[int]) -> None:
    if len(keep) > MOST_KEPT:
        raise Refused("KNM6013-E", problem=f"at most {MOST_KEPT} numbers")
    unknown = sorted(set(keep) - set(rows.filter(id__in=list(keep)).values_list("id", flat=True)))
    if unknown:
        raise Refused("KNM4249-E", status=404, operations=", ".join(map(str, unknown)))


def _tell(rows: "QuerySet[Operation]", event: str, message: str, actor: str) -> int:
    """An entry for each of ``rows``, in one statement: there may be as many as there are PCs."""
    inner, values = rows.order_by("id").values_list("id", "attempt", "subject").query.sql_with_params()
    make = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    text = "::text" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO entry (operation, at, node, term, attempt, event, detail)"
            f" SELECT w.id, %s, %s, %s, w.attempt, %s,"
            f" {make}('id', %s{text}, 'operation', w.id, 'subject', w.subject, 'actor', %s{text})"
            f" FROM ({inner}) w",
            [sql_time(clock.now()), HERE.node, HERE.term, event, message, actor, *values],
        )
        return max(int(cursor.rowcount), 0)
