"""Time to mend: from coming to Danger till Safe. What lies between (Warning, Unknown, ...) counts in. Pure."""

from collections.abc import Sequence
from datetime import datetime

from kanmon.judgment.levels import Level

MOST_HOURS = 2400  # longer ones count as this


def hours(verdicts: Sequence[tuple[datetime, int]]) -> int | None:
    """Whole hours from the first Danger after the last Safe, for a PC whose newest verdict has made it Safe.

    ``verdicts``: when they came and their levels, the oldest first. None when it had not been in Danger.
    """
    safe_at = _came_to_safe(verdicts)
    if safe_at is None:
        return None
    began: datetime | None = None
    for at, level in reversed(verdicts[:safe_at]):
        if level == Level.SAFE:
            break
        if level == Level.DANGER:
            began = at
    if began is None:
        return None
    return max(0, min(MOST_HOURS, int((verdicts[safe_at][0] - began).total_seconds() // 3600)))


def _came_to_safe(verdicts: Sequence[tuple[datetime, int]]) -> int | None:
    """The place of the verdict by which the PC became Safe, as it is at the end."""
    place = len(verdicts)
    while place and verdicts[place - 1][1] == Level.SAFE:
        place -= 1
    return place if place < len(verdicts) else None
