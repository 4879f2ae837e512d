"""The duty: store each day once, at the time of the setting ``statistics.at``.

A day on which nobody led then is made up from history, as of its end, as long as it is at most a week ago and a day
before it is stored. Begun under a key of the day, so that it is done once, whoever leads.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from kanmon.common import clock, config, zone
from kanmon.common.errors import Refused
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.models import PcState
from kanmon.statistics import storing
from kanmon.statistics.models import StatisticsDay

MADE_UP_DAYS = 7


def duty(term: int) -> None:
    """Begin what is due. Raises TermLost when the term has ended."""
    days = due(clock.now().astimezone(zone.zone()), at(), _stored())
    for day in days:
        key = f"statistics:{day.isoformat()}"
        if Operation.objects.filter(key=key).exists() or not PcState.objects.exists():
            continue
        with transaction(term):
            storing.begin(day, "schedule", "kanmon", key)


def at() -> time:
    """The time of day of the setting. Raises Refused KNM9006-E."""
    text = str(config.get("statistics.at"))
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Refused("KNM9006-E", text=text[:20]) from None


def due(now: datetime, wanted: time, stored: Collection[date]) -> list[date]:
    """The days to be stored at ``now`` (a local time), the oldest first. Pure."""
    today = now.date()
    missed = [today - timedelta(days=back) for back in range(MADE_UP_DAYS, 0, -1)]
    before = min(stored, default=None)
    found = [day for day in missed if day not in stored and before is not None and before < day]
    return [*found, today] if now.time() >= wanted else found


def _stored() -> set[date]:
    first = zone.today() - timedelta(days=2 * MADE_UP_DAYS)
    found: Any = StatisticsDay.objects.filter(day__gte=first).values_list("day", flat=True)
    return set(found)
