"""When a tick is, in cron syntax: five fields (minute, hour, day of month, month, day of week) as Debian's cron has them.

cronsim works it out, and treats the nights on which clocks change as Debian does:

* a tick at a time of day that a change leaves out comes at the moment to which clocks jump;
* a tick at a time of day that a change repeats comes once, the first time;
* what begins with ``*`` in the minutes or hours (every quarter of an hour) follows real time: it comes in both hours.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from kanmon.common.errors import Refused

MOST_COUNTED = 100


def check(text: str) -> str:
    """``text`` with single spaces. Raises Refused KNM2150-E when it is no cron expression, or never comes."""
    fields = text.split()
    problem = f"{len(fields)} fields, 5 are wanted"
    if len(fields) == 5:
        try:
            next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            problem = str(error)
        except StopIteration:
            problem = "it never comes"
        else:
            return " ".join(fields)
    raise Refused("KNM2150-E", status=422, text=text[:100], problem=problem)


def following(text: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first tick after ``after``, in UTC."""
    return next(CronSim(text, after.astimezone(zone))).astimezone(UTC)


def newest(text: str, zone: ZoneInfo, after: datetime, now: datetime) -> tuple[datetime, int] | None:
    """The newest tick after ``after`` and not after ``now``, in UTC, and how many there were (at most 100 are counted).

    None when there was none.
    """
    if following(text, zone, after) > now:
        return None
    ticks, count = CronSim(text, after.astimezone(zone)), 0
    tick = last = after
    while count < MOST_COUNTED and (tick := next(ticks).astimezone(UTC)) <= now:
        last, count = tick, count + 1
    if tick <= now:  # many more: the last one is looked for from the other end
        found = next(CronSim(text, now.astimezone(zone) + timedelta(seconds=1), reverse=True)).astimezone(UTC)
        last = max(last, found)
    return last, count
