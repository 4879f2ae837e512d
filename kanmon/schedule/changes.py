"""Add and remove schedules. Inside the transaction of the change."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.inventory.models import Group
from kanmon.schedule import cron
from kanmon.schedule.models import Schedule

MOST = 200


def add(name: str, text: str, zone: str, groups: Sequence[str], skip_unchanged: bool, author: str) -> Schedule:
    """A new schedule; its first tick is the next that comes.

    Raises Refused: KNM2150-E (cron), KNM2151-E (zone), KNM2152-E (the name is taken), KNM2153-E (too many), KNM2158-E
    (name), KNM6010-E (a group that is not there).
    """
    if not 1 <= len(name.strip()) <= 100 or "/" in name:
        raise Refused("KNM2158-E", status=422)
    text = cron.check(text)
    if zone and zone not in available_timezones():
        raise Refused("KNM2151-E", status=422, zone=zone[:60])
    if zone:
        ZoneInfo(zone)
    if Schedule.objects.filter(name=name.strip()).exists():
        raise Refused("KNM2152-E", status=409, name=name.strip())
    if Schedule.objects.count() >= MOST:
        raise Refused("KNM2153-E", status=409, most=MOST)
    known = dict(Group.objects.filter(path__in=groups).values_list("path", "id"))
    for path in groups:
        if path not in known:
            raise Refused("KNM6010-E", status=404, what="Group", name=path)
    now = clock.now()
    return Schedule.objects.create(
        name=name.strip(), cron=text, zone=zone, groups=sorted(known.values()), skip_unchanged=skip_unchanged,
        author=author, created_at=now, ticked_at=now,
    )  # fmt: skip


def remove(name: str) -> None:
    """Remove a schedule; what it has begun goes on. Raises Refused KNM6010-E."""
    if not Schedule.objects.filter(name=name).delete()[0]:
        raise Refused("KNM6010-E", status=404, what="Schedule", name=name)
