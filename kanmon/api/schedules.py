"""Schedules by the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.api.callers import need
from kanmon.api.changes import change
from kanmon.api.given import Body, Cursor, Many
from kanmon.api.paging import whole
from kanmon.common import clock
from kanmon.inventory.models import Group
from kanmon.schedule import changes, cron
from kanmon.schedule.models import Schedule
from kanmon.schedule.ticking import zone_of

router = Router()


class NewSchedule(Body):
    """When (cron syntax, in ``zone``; "": that of the setting), and whom: ``groups`` with what is below; none: all."""

    name: str
    cron: str
    zone: str = ""
    groups: list[str] = Field(default=[], max_length=1000)
    skip_unchanged: bool = False


@router.get("/schedules")
def schedules(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """All schedules with their next tick, by name."""
    need(request, "view")
    now = clock.now()
    rows = whole(request, response, Schedule.objects.order_by("name"), limit, lambda row: row.name)
    paths = dict(Group.objects.filter(id__in={id for row in rows for id in row.groups}).values_list("id", "path"))
    return [
        {
            "name": row.name, "cron": row.cron, "zone": str(zone_of(row)),
            "groups": [paths.get(id, "?") for id in row.groups], "skip_unchanged": row.skip_unchanged,
            "next": cron.following(row.cron, zone_of(row), now).astimezone(zone_of(row)).isoformat(),
            "last": row.ticked_at.isoformat() if row.ticked_at != row.created_at else None, "author": row.author,
        }
        for row in rows
    ]  # fmt: skip


@router.post("/schedules")
def add_schedule(request: HttpRequest, new: NewSchedule) -> dict[str, Any]:
    """A new schedule."""
    who = need(request, "judge")

    def work() -> dict[str, Any]:
        row = changes.add(new.name, new.cron, new.zone, new.groups, new.skip_unchanged, who.username)
        return {"name": row.name, "cron": row.cron}

    operation, _ = change(request, who, f"Schedule {new.name.strip()[:100]}: added", work)
    return {"name": (operation.outcome or {}).get("name"), "operation": operation.id}


@router.delete("/schedules/{name}")
def remove_schedule(request: HttpRequest, name: str) -> dict[str, Any]:
    """Remove a schedule; what it has begun goes on."""
    who = need(request, "judge")

    def work() -> dict[str, Any]:
        changes.remove(name)
        return {"name": name}

    operation, _ = change(request, who, f"Schedule {name[:100]}: removed", work)
    return {"name": name, "operation": operation.id}
