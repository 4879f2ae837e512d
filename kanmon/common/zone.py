"""The day by the setting ``server.time_zone``: when it begins, and which one it is. Ages are counted by it."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kanmon.common import clock, config


@lru_cache(maxsize=8)
def _named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def zone() -> ZoneInfo:
    """The zone of the setting."""
    return _named(str(config.get("server.time_zone")))


def day_of(moment: datetime) -> date:
    """The day on which ``moment`` lies."""
    return moment.astimezone(zone()).date()


def today() -> date:
    """The present day."""
    return day_of(clock.now())


def begins(day: date) -> datetime:
    """The first moment of ``day``, in UTC. Where midnight does not exist it is the moment to which clocks jump."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def ends(day: date) -> datetime:
    """The last moment of ``day``, in UTC."""
    return begins(day + timedelta(days=1)) - timedelta(microseconds=1)
