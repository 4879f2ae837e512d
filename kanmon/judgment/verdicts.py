"""Verdict -> rows: only what changed is written, apart from "last judged".

A verdict holds from one judgment to another. Distinct sets of findings are stored once, under the policy
version whose conditions they name. Writing a chunk again writes nothing: the rows are equal then.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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

_STATE_COLUMNS = (
    "level", *ITEMS, "verdict", "finding_set", "since_at", "judged_at", "judged_run", "same_level_runs"
)  # fmt: skip
_ASKED = ("pc", "level", *ITEMS, "finding_set", "since_at", "judged_run", "same_level_runs")
_INSERT_VERDICT = (
    "INSERT INTO verdict (id, pc, level, items, finding_set, policy_version, level_before, run, cause, from_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_PUT_STATE = (
    f"INSERT INTO pc_state (pc, {', '.join(_STATE_COLUMNS)}) VALUES ({', '.join(['%s'] * (len(_STATE_COLUMNS) + 1))})"
    f" ON CONFLICT (pc) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _STATE_COLUMNS)}"
)
_TEXTS_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class _Changed:
    """A PC whose verdict is not what it was. ``since``: of its level, as the database has times. ``runs``: judgments in
    a row with this level.
    """

    pc: int
    level: int
    items: list[int]
    finding_set: int
    level_before: int
    since: Any
    runs: int


class Writer:
    """Writes the verdicts of one operation, chunk by chunk. Plain SQL: a policy edit may write a million of them."""

    def __init__(self, run: int, cause: str) -> None:
        self.run, self.cause = run, cause
        self._sets: dict[tuple[int, int], int] = {}  # (policy version, place among its sets) -> id
        self._texts: dict[tuple[int, ...], str] = {}

    def write(self, version: int, judgement: Judgement, part: slice) -> int:
        """Write the PCs of ``part``. Returns how many verdicts changed. In a transaction.

        The judgement of a version is the same one in all calls.
        """
        pcs = judgement.pcs[part].tolist()
        if not pcs:
            return 0
        now = sql_time(clock.now())
        set_ids = self._set_ids(version, judgement, judgement.set_of[part].tolist())
        levels, items = judgement.levels[part].tolist(), judgement.items[part].tolist()
        before = _states(pcs)
        changed: list[_Changed] = []
        same: list[int] = []
        for pc, level, of_items, set_id in zip(pcs, levels, items, set_ids, strict=True):
            old = before.get(pc)
            if old is not None and old[1:9] == (level, *of_items, set_id):
                same.append(pc)
                continue
            level_before = old[1] if old else int(Level.NOT_JUDGED)
            since, runs = now, 1
            if old and old[9] and level_before == level:
                since, runs = old[9], old[11] + (old[10] != self.run)
            changed.append(_Changed(pc, level, of_items, set_id, level_before, since, runs))
        if changed:
            self._write_changed(version, changed, now)
        _touch(same, now, self.run)
        return len(changed)

    def _write_changed(self, version: int, changed: list[_Changed], now: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM verdict")
            first = (cursor.fetchone()[0] or 0) + 1
            numbers = _listed(one.pc for one in changed)
            cursor.execute(f"UPDATE verdict SET to_at = %s WHERE pc IN ({numbers}) AND to_at IS NULL", [now])
            cursor.executemany(
                _INSERT_VERDICT,
                [
                    (number, one.pc, one.level, self._text(one.items), one.finding_set, version, one.level_before,
                     self.run, self.cause, now)
                    for number, one in enumerate(changed, first)
                ],
            )  # fmt: skip
            cursor.executemany(
                _PUT_STATE,
                [
                    (one.pc, one.level, *one.items, number, one.finding_set, one.since, now, self.run, one.runs)
                    for number, one in enumerate(changed, first)
                ],
            )

    def _text(self, items: list[int]) -> str:
        """The levels of items as JSON."""
        key = tuple(items)
        if key not in self._texts:
            if len(self._texts) > _TEXTS_KNOWN:
                self._texts.clear()
            self._texts[key] = msgspec.json.encode(items).decode()
        return self._texts[key]

    def _set_ids(self, version: int, judgement: Judgement, places: list[int]) -> list[int]:
        """The ids of the sets at ``places``; those that are not stored are stored."""
        fresh = [place for place in dict.fromkeys(places) if (version, place) not in self._sets]
        if fresh:
            mark_of = {place: _mark(version, judgement.sets[place]) for place in fresh}
            bodies = {mark: judgement.sets[place] for place, mark in mark_of.items()}
            known = _stored(bodies)
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO finding_set (digest, policy_version, body) VALUES (%s, %s, %s)",
                    [(mark, version, body) for mark, body in bodies.items() if mark not in known],
                )
            known |= _stored(bodies.keys() - known.keys())
            self._sets |= {(version, place): known[mark] for place, mark in mark_of.items()}
        return [self._sets[version, place] for place in places]


def _mark(version: int, body: bytes) -> bytes:
    """By which a set of findings is known."""
    return hashlib.blake2b(version.to_bytes(8, "little") + body, digest_size=16).digest()


def _stored(marks: Collection[bytes]) -> dict[bytes, int]:
    """The ids of the sets that are stored, by their mark."""
    rows = FindingSet.objects.filter(digest__in=list(marks)).values_list("digest", "id") if marks else ()
    return {bytes(mark): id for mark, id in rows}


def _states(pcs: list[int]) -> dict[int, Sequence[Any]]:
    """PC -> ``_ASKED`` of its state, as the database has it: times are not read, but written back as they are."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_ASKED)} FROM pc_state WHERE pc IN ({_listed(pcs)})")
        return {row[0]: row for row in cursor.fetchall()}


def _listed(pcs: Iterable[int]) -> str:
    """Numbers for SQL: a list of thousands has no room among parameters."""
    return ",".join(str(int(pc)) for pc in pcs)


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


def _touch(pcs: Iterable[int], now: Any, run: int) -> None:
    """PCs of which nothing is new were judged by ``run``. Several judgments in one run count once."""
    if numbers := _listed(pcs):
        counted = "same_level_runs + CASE WHEN judged_run = %s THEN 0 ELSE 1 END"
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE pc_state SET judged_at = %s, same_level_runs = {counted}, judged_run = %s"
                f" WHERE pc IN ({numbers})",
                [now, run, run],
            )
