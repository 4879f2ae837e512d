"""The duty: begin what has come due, once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kanmon.common import clock, config, fault, zone
from kanmon.inventory.models import Group
from kanmon.journal import record
from kanmon.journal.writing import transaction
from kanmon.schedule import cron
from kanmon.schedule.models import Schedule

PUNCTUAL = timedelta(minutes=1)
Begin = Callable[[Schedule, list[int], str], Any]
"""Begins the judgment of the groups (none: all) of a schedule under a key."""


def zone_of(schedule: Schedule) -> ZoneInfo:
    """The zone by which a schedule's times are meant."""
    return ZoneInfo(schedule.zone) if schedule.zone else zone.zone()


def tick(term: int, begin: Begin) -> None:
    """Deal with every schedule of which a tick has passed. Raises TermLost when the term has ended."""
    now = clock.now()
    for schedule in Schedule.objects.order_by("id"):
        if schedule.ticked_at > now:
            _set_back(term, schedule, now)
            continue
        found = cron.newest(schedule.cron, zone_of(schedule), schedule.ticked_at, now)
        if found is not None:
            _deal(term, schedule, *found, now, begin)


def _set_back(term: int, schedule: Schedule, now: datetime) -> None:
    """The clock had been ahead. Go on from now; ticks that were done are not done again, because of their keys."""
    with transaction(term):
        if Schedule.objects.filter(id=schedule.id, ticked_at=schedule.ticked_at).update(ticked_at=now):
            told = {"id": "KNM2156-W", "name": schedule.name, "tick": schedule.ticked_at.isoformat()}
            record.note(None, "schedule_set_back", told)


def _deal(term: int, schedule: Schedule, newest: datetime, count: int, now: datetime, begin: Begin) -> None:
    late, most = now - newest, timedelta(minutes=int(config.get("schedule.make_up_minutes")))
    told = {
        "name": schedule.name, "tick": newest.isoformat(), "count": count, "minutes": round(late.total_seconds() / 60)
    }  # fmt: skip
    with transaction(term):
        if not Schedule.objects.filter(id=schedule.id, ticked_at=schedule.ticked_at).update(ticked_at=newest):
            return  # removed, or dealt with
        groups = list(Group.objects.filter(id__in=schedule.groups).values_list("id", flat=True))
        if late > max(most, PUNCTUAL):
            record.note(None, "schedule_missed", {"id": "KNM2154-W", **told})
        elif schedule.groups and not groups:
            record.note(None, "schedule_missed", {"id": "KNM2157-W", **told})
        else:
            if late > PUNCTUAL or count > 1:
                record.note(None, "schedule_made_up", {"id": "KNM2155-I", **told})
            begin(schedule, groups, f"schedule:{schedule.id}:{newest.isoformat()}")
        fault.point("schedule_tick")
