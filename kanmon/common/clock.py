"""The only place that asks what time it is, so that a test can move the clock by ``KANMON_CLOCK_SKEW_SECONDS``, or,
while the process runs, by writing seconds into the file that ``KANMON_CLOCK_FILE`` names.

Times are UTC with their zone. Durations are measured by ``monotonic``; wall clocks of two machines are
never compared.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_SKEW = timedelta(seconds=float(os.environ.get("KANMON_CLOCK_SKEW_SECONDS", "0")))
_FILE = os.environ.get("KANMON_CLOCK_FILE", "")


def now() -> datetime:
    """The present moment in UTC, with its zone."""
    return datetime.now(UTC) + (_jumped() if _FILE else _SKEW)


def _jumped() -> timedelta:
    """How far the file says that the clock has jumped; without the file, it has not."""
    try:
        return _SKEW + timedelta(seconds=float(Path(_FILE).read_text("ascii")))
    except (OSError, ValueError):
        return _SKEW


def today() -> date:
    """Today's date in UTC."""
    return now().date()


def monotonic() -> float:
    """Seconds that only go forward; good for durations in this process only."""
    return time.monotonic()
