"""The only place that asks what time it is, so that a test can move the clock by ``KANMON_CLOCK_SKEW_SECONDS``.

Times are UTC with their zone. Durations are measured by ``monotonic``; wall clocks of two machines are
never compared.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta

_SKEW = timedelta(seconds=float(os.environ.get("KANMON_CLOCK_SKEW_SECONDS", "0")))


def now() -> datetime:
    """The present moment in UTC, with its zone."""
    return datetime.now(UTC) + _SKEW


def today() -> date:
    """Today's date in UTC."""
    return now().date()


def monotonic() -> float:
    """Seconds that only go forward; good for durations in this process only."""
    return time.monotonic()
