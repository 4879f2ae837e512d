"""Endpoints of the actions that are held after a restore."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router

from kanmon.api.callers import need
from kanmon.api.changes import change
from kanmon.api.given import Body, Many
from kanmon.backup import held
from kanmon.flow import KINDS

router = Router()


class Release(Body):
    """What becomes of the actions that wait: cancelled, unless this says otherwise. See ``kanmon.backup.held``."""

    carry_out: bool = False
    discard_before: datetime | None = None
    keep: list[int] = Field(default_factory=list, max_length=held.MOST_KEPT)
    lanes: list[str] = Field(default_factory=list, max_length=20)


def lanes() -> dict[str, str]:
    """Kind of operation -> lane."""
    return {name: kind.lane for name, kind in KINDS.items()}


@router.get("/actions/held")
def held_actions(request: HttpRequest, limit: Many = 100) -> dict[str, Any]:
    """Actions that are held since a restore: lanes, since when, how many, and the oldest of them."""
    need(request, "view")
    found = held.held(lanes(), limit)
    return {
        "lanes": found.lanes,
        "since": found.since.isoformat() if found.since else None,
        "count": found.count,
        "operations": [
            {
                "id": one.id,
                "kind": one.kind,
                "lane": one.lane,
                "subject": one.subject,
                "decided_at": one.decided_at.isoformat(),
                "from_backup": one.from_backup,
            }
            for one in found.oldest
        ],
    }


@router.post("/actions/release")
def release(request: HttpRequest, order: Release) -> dict[str, Any]:
    """Release what is held: what waits is cancelled, or carried out as far as the order says so."""
    who = need(request, "act")
    before = order.discard_before
    choice = held.Choice(
        carry_out=order.carry_out,
        discard_before=before if before is None or before.tzinfo else before.replace(tzinfo=UTC),
        keep=order.keep,
        only_lanes=order.lanes,
    )
    done, _ = change(request, who, "release of held actions", lambda: held.release(lanes(), choice, who.username))
    return {"change": done.id, **(done.outcome or {})}
