"""What an administrator must know of backups: they fail, they are late. (That actions are held is told by the lanes.)"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kanmon.backup import schedule
from kanmon.common import clock, config

LATE = 2  # times backup.every_hours


def health() -> list[tuple[str, Mapping[str, Any]]]:
    """Message ids with what fills them; nothing when all is well, or no folder is set."""
    if not config.get("backup.folder"):
        return []
    made, failed = schedule.newest(schedule.MADE), schedule.newest(schedule.FAILED)
    if failed is not None and (made is None or failed.seq > made.seq):
        at = f"{failed.at:%Y-%m-%d %H:%M}"
        return [("KNM4232-W", {"at": at, "sentence": failed.detail.get("sentence", "-")})]
    hours = float(config.get("backup.every_hours"))
    if made is not None and clock.now() - made.at > timedelta(hours=LATE * hours):
        return [("KNM4243-W", {"at": f"{made.at:%Y-%m-%d %H:%M}", "hours": int(hours)})]
    return []
