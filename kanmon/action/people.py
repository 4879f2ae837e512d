"""Who is at a level, for how long, and how new: read from the newest verdicts, as sets of PCs.

A condition is asked of the database as a whole and cut to the scope here; of a small scope only its own rows are read.
Days are days of the calendar in ``server.time_zone``: a level that began on Monday, at whatever hour, has stood for three
days from the first moment of Thursday on, also where a clock change makes a day shorter or longer. A PC that was not
judged meanwhile is at its level all the same: nothing else is known of it.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from pyroaring import BitMap

from kanmon.action.deciding import People
from kanmon.common import zone
from kanmon.journal.writing import sql_time
from kanmon.judgment.levels import Level
from kanmon.policy.rules_action import Step

FEW = 20_000  # up to which the rows of a scope are read by number
_AT_ONCE = 50_000


class Reading:
    """What is read for one decision. ``scope``: about whom it is; ``judged``: who was judged in its run."""

    def __init__(self, scope: BitMap, judged: BitMap, today: date) -> None:
        self.scope, self.judged, self.today = scope, judged, today
        self._known: dict[tuple[Any, ...], BitMap] = {}

    def at(self, level: Level) -> BitMap:
        """The PCs at ``level``."""
        return self._pcs("level = %s", int(level))

    def of_step(self, level: Level, step: Step, here: BitMap, grace_days: int) -> People:
        """``here``, PCs at ``level``, as the step asks about them."""
        days = step.after.days if step.after else 0
        judgments = step.after.judgments if step.after else 1
        return People(
            here=here,
            judged=here & self.judged,
            new=here & self._new(grace_days) if grace_days else BitMap(),
            days=here & self._same_for(level, days) if days else here,
            judgments=here & self._judged_often(level, judgments) if judgments > 1 else here,
        )

    def _same_for(self, level: Level, days: int) -> BitMap:
        """PCs that came to ``level`` on a day that is ``days`` back, or before."""
        return self._pcs("level = %s AND since_at < %s", int(level), self._after(days))

    def _judged_often(self, level: Level, judgments: int) -> BitMap:
        return self._pcs("level = %s AND same_level_runs >= %s", int(level), judgments)

    def _new(self, days: int) -> BitMap:
        """PCs that were first seen less than ``days`` days of the calendar ago."""
        return self._pcs("first_seen_at >= %s", self._after(days), table="pc", number="id")

    def _after(self, days: int) -> Any:
        """The first moment of the day after the one that is ``days`` back, as the database has times."""
        return sql_time(zone.begins(self.today - timedelta(days=days - 1)))

    def _pcs(self, where: str, *values: Any, table: str = "pc_state", number: str = "pc") -> BitMap:
        """The PCs of the scope for which ``where`` holds."""
        key = (table, where, *values)
        if key not in self._known:
            self._known[key] = self._read(f"SELECT {number} FROM {table} WHERE {where}", values, number)
        return self._known[key]

    def _read(self, asked: str, values: tuple[Any, ...], number: str) -> BitMap:
        if not self.scope:
            return BitMap()
        if len(self.scope) <= FEW:
            asked += f" AND {number} IN ({','.join(map(str, self.scope))})"
        found = BitMap()
        with connection.cursor() as cursor:
            cursor.execute(asked, values)
            while rows := cursor.fetchmany(_AT_ONCE):
                found.update(row[0] for row in rows)
        return found & self.scope
