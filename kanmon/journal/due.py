"""Due times, when clocks are wrong.

A due time is written by the clock of whoever begins or retries an operation, and read by the leader's. If that clock is
set back, or another node's was ahead, the leader would sit and wait for as long as the difference: a day, when somebody
had mistyped the date. Therefore

* a leader that sees its own clock set back moves what waits back by as much,
* a take-over does so when the newest entry of the node that led before lies in the future: its clock wrote the due times,
  and a standby that takes in reports by another clock may have written later,
* what was begun in the future is due now (``record.next_due``): on PostgreSQL another node's intake may have begun it.

Clocks that are set forward only make work due earlier, which does no harm.
"""

from datetime import datetime, timedelta

from django.db.models import F

from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation

NOTED = timedelta(seconds=1)  # smaller differences are no news


class Steps:
    """Tells when this machine's clock was set back, by the clock that only goes forward."""

    def __init__(self) -> None:
        self._offset = _offset()

    def set_back(self) -> timedelta:
        """By how much since ``accept``; zero when it was not. Clocks that are slowly corrected are followed."""
        back = self._offset - _offset()
        if back < NOTED:
            self._offset -= back
            return timedelta()
        return back

    def accept(self, back: timedelta) -> None:
        """What waits was moved by ``back``."""
        self._offset -= back


def _offset() -> timedelta:
    return timedelta(seconds=clock.now().timestamp() - clock.monotonic())


def move_back(back: timedelta, shard: int = 0) -> int:
    """Make what waits due earlier by ``back``; how many operations. Inside a transaction under the term."""
    waiting = Operation.objects.filter(shard=shard, state="waiting", due_at__gt=clock.now())
    count = waiting.update(due_at=F("due_at") - back)
    told = {"id": "KNM4023-W", "node": HERE.node, "seconds": round(back.total_seconds()), "count": count}
    record.note(None, "clock_set_back", told)
    return count


def begins_in_the_past(newest: datetime | None, shard: int = 0) -> None:
    """At a take-over: the node that led before wrote its newest entry at ``newest``, by its clock; None: it wrote none."""
    if newest is not None and newest - clock.now() >= NOTED:
        move_back(newest - clock.now(), shard)
