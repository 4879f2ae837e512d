"""All PCs of the database in arrays by PC number: where each belongs, how it stands, and by which words it is found.

It is loaded once, some seconds for a million PCs, and follows from there: PCs and their columns by the order of change,
levels by the newest verdict. Verdicts are written by one worker, one after the other, so a newer one has a greater number.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.inventory.models import Pc, PcColumns
from kanmon.inventory.packing import unpack_columns
from kanmon.journal import changes
from kanmon.journal.models import Change
from kanmon.judgment.levels import ITEMS
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.search.finding_sets import FindingSets
from kanmon.search.sets import where
from kanmon.search.texts import Texts

WAIT_SECONDS = 10.0  # for another thread that loads
CHUNK = 900
_ROWS = 5_000  # read at a time
_MOST_KEPT = 200  # sets of PCs that are not worked out again until something changes
_PC = ("id", "group_id", "managed", "retired_at", "host", "user", "serial", "asset_number")
_STATE = ("pc", "level", *ITEMS, "finding_set")
_PRESENT, _MANAGED, _REMOVED = 1, 2, 4
LEVEL, FIRST_ITEM = 0, 1  # rows of the levels


class Roster:
    """See the module. ``lock`` is held while one reads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Load everything again at the next call (tests)."""
        with self.lock:
            self.loaded = False
            self.version = 0
            self._empty()

    def _empty(self) -> None:
        self.texts, self.sets = Texts(), FindingSets()
        self._position, self._verdict = changes.START, 0
        self._flags: NDArray[np.uint8] = np.zeros(1, np.uint8)
        self._group: NDArray[np.int32] = np.zeros(1, np.int32)
        self._levels: NDArray[np.int16] = np.zeros((1 + len(ITEMS), 1), np.int16)
        self._set: NDArray[np.int32] = np.zeros(1, np.int32)
        self._kept: dict[object, BitMap] = {}

    def catch_up(self) -> None:
        """Follow the database. Raises Refused KNM7100-E when another thread takes long to load it."""
        if not self.lock.acquire(timeout=WAIT_SECONDS):
            raise Refused("KNM7100-E", status=503)
        try:
            if self.loaded and (Verdict.objects.aggregate(newest=Max("id"))["newest"] or 0) < self._verdict:
                self.loaded = False  # another database than before
            if not self.loaded:
                self._load()
            self._follow()
        finally:
            self.lock.release()

    def _load(self) -> None:
        self._empty()
        position = changes.newest()
        verdict = Verdict.objects.aggregate(newest=Max("id"))["newest"] or 0
        addresses = PcColumns.objects.order_by("pc").values_list("pc", "packed").iterator(chunk_size=_ROWS)
        rows = Pc.objects.order_by("id").values_list(*_PC).iterator(chunk_size=_ROWS)
        for pcs, columns in _beside(rows, addresses):
            self._put(pcs, columns)
        states = PcState.objects.order_by("pc").values_list(*_STATE).iterator(chunk_size=_ROWS)
        for part in _parts(states):
            self._stand(part)
        self._position, self._verdict, self.loaded = position, verdict, True
        self.version += 1

    def _follow(self) -> None:
        while batch := list(changes.follow("change", self._position, CHUNK)):
            wanted = Change.objects.filter(seq__in=[seq for _, seq in batch], kind__in=("pc", "columns"))
            self._read_pcs(sorted(set(wanted.values_list("subject", flat=True))))
            self._position = batch[-1][0]
        newer = Verdict.objects.filter(id__gt=self._verdict).order_by("id").values_list("id", "pc")
        while rows := list(newer.filter(id__gt=self._verdict)[:CHUNK]):
            self._read_states(sorted({pc for _, pc in rows}))
            self._verdict = rows[-1][0]

    def _read_pcs(self, pcs: list[int]) -> None:
        if not pcs:
            return
        rows = list(Pc.objects.filter(id__in=pcs).values_list(*_PC))
        columns = dict(PcColumns.objects.filter(pc__in=pcs).values_list("pc", "packed"))
        gone = set(pcs) - {row[0] for row in rows}
        for pc in gone:
            self.texts.drop(pc)
            if pc < len(self._flags):
                self._flags[pc] = 0
        self._put(rows, columns)
        self._read_states(pcs)

    def _read_states(self, pcs: list[int]) -> None:
        if not pcs:
            return
        rows = list(PcState.objects.filter(pc__in=pcs).values_list(*_STATE))
        lost = np.array([pc for pc in set(pcs) - {row[0] for row in rows} if pc < len(self._flags)], dtype=np.int64)
        self._levels[:, lost], self._set[lost] = 0, 0
        self._stand(rows)
        self._changed()

    def _put(self, rows: Sequence[tuple[Any, ...]], columns: dict[int, Any]) -> None:
        if not rows:
            return
        self._make_room(max(row[0] for row in rows))
        for pc, group, managed, retired, *words in rows:
            self._flags[pc] = _PRESENT | _MANAGED * bool(managed) | _REMOVED * (retired is not None)
            self._group[pc] = group
            self.texts.put(pc, [*words, *_addresses(columns.get(pc))])
        self._changed()

    def _stand(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take over how PCs stand: rows of ``_STATE``."""
        if not rows:
            return
        self._learn_sets()
        table = np.array([[value or 0 for value in row] for row in rows], dtype=np.int64)
        self._make_room(int(table[:, 0].max()))
        self._levels[:, table[:, 0]] = table[:, 1 : 2 + len(ITEMS)].T
        self._set[table[:, 0]] = self.sets.codes(table[:, -1])

    def _learn_sets(self) -> None:
        while rows := list(
            FindingSet.objects.filter(id__gt=self.sets.newest).order_by("id").values_list("id", "body")[:_ROWS]
        ):
            self.sets.learn((id, bytes(body)) for id, body in rows)

    def _make_room(self, pc: int) -> None:
        if pc < len(self._flags):
            return
        more = max(pc + 1, 2 * len(self._flags)) - len(self._flags)
        self._flags = np.pad(self._flags, (0, more))
        self._group, self._set = np.pad(self._group, (0, more)), np.pad(self._set, (0, more))
        self._levels = np.pad(self._levels, ((0, 0), (0, more)))

    def _changed(self) -> None:
        self.version += 1
        self._kept = {}

    def kept(self, key: object, work: Callable[[], BitMap]) -> BitMap:
        """What ``work`` gives, worked out once until something changes. It is shared: never change it."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {}
            found = self._kept[key] = work()
        return found

    # sets of PCs; those that are kept are shared

    def listed(self) -> BitMap:
        """PCs that are not removed."""
        return self.kept("listed", lambda: where((self._flags & (_PRESENT | _REMOVED)) == _PRESENT))

    def removed(self) -> BitMap:
        """PCs that are removed from management."""
        return self.kept("removed", lambda: where(self._flags & _REMOVED > 0))

    def managed(self) -> BitMap:
        """PCs whose management is enabled."""
        return self.kept("managed", lambda: where(self._flags & _MANAGED > 0))

    def in_groups(self, groups: Iterable[int]) -> BitMap:
        """PCs of these groups, without those below."""
        wanted = frozenset(groups)
        return self.kept(("groups", wanted), lambda: where(np.isin(self._group, list(wanted)) & (self._flags > 0)))

    def at_level(self, level: int, row: int = LEVEL) -> BitMap:
        """PCs at a level; ``row``: that of an item (``FIRST_ITEM`` + its place)."""
        return self.kept(("level", row, level), lambda: where((self._levels[row] == level) & (self._flags > 0)))

    def with_sets(self, key: str, codes: Callable[[], NDArray[np.uint32]]) -> BitMap:
        """PCs whose findings are one of these sets."""
        return self.kept(("sets", key), lambda: self._with_sets(codes()))

    def _with_sets(self, codes: NDArray[np.uint32]) -> BitMap:
        chosen = np.zeros(len(self.sets) + 1, dtype=bool)
        chosen[codes] = True
        chosen[0] = False
        return where(chosen[self._set] & (self._flags > 0))

    # of some PCs

    def levels_of(self, pcs: NDArray[np.uint32], row: int = LEVEL) -> NDArray[np.int16]:
        """The levels of these PCs."""
        return self._levels[row][pcs]

    def groups_of(self, pcs: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The groups (ids) of these PCs."""
        return self._group[pcs]

    def by_set(self, pcs: NDArray[np.uint32]) -> NDArray[np.int64]:
        """How many of these PCs have each set of findings, by its code."""
        return np.bincount(self._set[pcs], minlength=len(self.sets) + 1)


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == _ROWS:
            yield part
            part = []
    yield part


def _beside(rows: Iterable[Any], addresses: Iterator[tuple[int, Any]]) -> Iterator[tuple[list[Any], dict[int, Any]]]:
    """Rows of PCs, some thousand at a time, with the columns of each; both come by rising number."""
    ahead = next(addresses, None)
    for part in _parts(rows):
        columns = {}
        while part and ahead is not None and ahead[0] <= part[-1][0]:
            columns[ahead[0]] = ahead[1]
            ahead = next(addresses, None)
        yield part, columns


def _addresses(packed: Any) -> list[str]:
    columns = unpack_columns(bytes(packed)) if packed else {}
    return [str(columns.get(name, "")) for name in ("ip", "mac")]


ROSTER = Roster()
