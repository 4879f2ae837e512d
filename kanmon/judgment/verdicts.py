"""Verdict -> rows: only what changed is written, apart from "last judged".

A verdict holds from one judgment to another. Distinct sets of findings are stored once, under the policy
version whose conditions they name. Writing a chunk again writes nothing: the rows are equal then.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection
from pyroaring import BitMap

from kanmon.common import clock
from kanmon.journal.writing import sql_time
from kanmon.judgment.condition import STALE_ID
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Judgement
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState

_STATE_COLUMNS = ("level", *ITEMS, "verdict", "finding_set", "since_at", "judged_at")


class Writer:
    """Writes the verdicts of one operation, chunk by chunk."""

    def __init__(self, run: int, cause: str) -> None:
        self.run, self.cause = run, cause
        self._sets: dict[bytes, int] = {}

    def write(self, version: int, judgement: Judgement, part: slice) -> int:
        """Write the PCs of ``part``. Returns how many verdicts changed. In a transaction."""
        pcs = judgement.pcs[part].tolist()
        if not pcs:
            return 0
        now = sql_time(clock.now())
        set_ids = self._set_ids(version, [judgement.sets[i] for i in judgement.set_of[part].tolist()])
        levels = judgement.levels[part].tolist()
        items = judgement.items[part].tolist()
        names = ("pc", "level", *ITEMS, "finding_set", "since_at")
        before = {row[0]: row for row in PcState.objects.filter(pc__in=pcs).values_list(*names)}
        changed: list[tuple[Any, ...]] = []
        same: list[int] = []
        for pc, level, item_levels, set_id in zip(pcs, levels, items, set_ids, strict=True):
            old = before.get(pc)
            if old is not None and old[1:9] == (level, *item_levels, set_id):
                same.append(pc)
                continue
            old_level = old[1] if old else int(Level.NOT_JUDGED)
            since = sql_time(old[9]) if old and old[9] and old_level == level else now
            changed.append((pc, level, item_levels, set_id, old_level, since))
        self._write_changed(version, changed, now)
        _touch(same, now)
        return len(changed)

    def _write_changed(self, version: int, changed: list[tuple[Any, ...]], now: Any) -> None:
        if not changed:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM verdict")
            first = (cursor.fetchone()[0] or 0) + 1
            cursor.executemany(
                "UPDATE verdict SET to_at = %s WHERE pc = %s AND to_at IS NULL", [(now, row[0]) for row in changed]
            )
            cursor.executemany(
                "INSERT INTO verdict (id, pc, level, items, finding_set, policy_version, level_before, run, cause,"
                " from_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (first + n, pc, level, msgspec.json.encode(items).decode(), set_id, version, old_level, self.run,
                     self.cause, now)
                    for n, (pc, level, items, set_id, old_level, _) in enumerate(changed)
                ],
            )  # fmt: skip
            names = ", ".join(_STATE_COLUMNS)
            updates = ", ".join(f"{name} = excluded.{name}" for name in _STATE_COLUMNS)
            cursor.executemany(
                f"INSERT INTO pc_state (pc, {names}) VALUES ({', '.join(['%s'] * (len(_STATE_COLUMNS) + 1))})"
                f" ON CONFLICT (pc) DO UPDATE SET {updates}",
                [
                    (pc, level, *items, first + n, set_id, since, now)
                    for n, (pc, level, items, set_id, _, since) in enumerate(changed)
                ],
            )

    def _set_ids(self, version: int, bodies: list[bytes]) -> list[int]:
        wanted: dict[bytes, bytes] = {}
        marks = []
        for body in bodies:
            mark = hashlib.blake2b(version.to_bytes(8, "little") + body, digest_size=16).digest()
            marks.append(mark)
            if mark not in self._sets:
                wanted[mark] = body
        if wanted:
            for row in FindingSet.objects.filter(digest__in=list(wanted)).values_list("digest", "id"):
                self._sets[bytes(row[0])] = row[1]
            new = [
                FindingSet(digest=mark, policy_version=version, body=body)
                for mark, body in wanted.items()
                if mark not in self._sets
            ]
            for row in FindingSet.objects.bulk_create(new):
                self._sets[row.digest] = row.id
        return [self._sets[mark] for mark in marks]


_SETS_KNOWN = 100_000
_silent: dict[int, bool] = {}  # whether a set of findings says that the PC was silent for too long; sets never change


def silent_or_unjudged(pcs: BitMap) -> BitMap:
    """Those of ``pcs`` that were found to be silent for too long, or were never judged."""
    states = dict(PcState.objects.filter(pc__in=list(pcs)).exclude(verdict=None).values_list("pc", "finding_set"))
    if len(_silent) > _SETS_KNOWN:
        _silent.clear()
    unknown = set(states.values()) - _silent.keys()
    for id, body in FindingSet.objects.filter(id__in=unknown).values_list("id", "body"):
        _silent[id] = any(one.condition == STALE_ID for one in decode_set(bytes(body)))
    return BitMap(pc for pc in pcs if pc not in states or _silent.get(states[pc], True))


def _touch(pcs: Iterable[int], now: Any) -> None:
    numbers = ",".join(str(int(pc)) for pc in pcs)
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE pc_state SET judged_at = %s WHERE pc IN ({numbers})", [now])
