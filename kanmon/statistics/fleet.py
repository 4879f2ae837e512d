"""Who stands how, read from the verdicts: as they hold now, or as they held at a moment of the past.

The verdicts that hold now are those of ``pc_state``, small rows that are read in seconds for a million PCs. For a moment
of the past the whole history is walked once. Groups and who is managed are those of now, as everywhere in the past.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import numpy as np
from django.db import connection
from django.db.models import Q
from pyroaring import BitMap

from kanmon.inventory.models import Group, Pc
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.findings import decode_set
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.judgment.places import numbers
from kanmon.statistics import mending
from kanmon.statistics.counting import Standing, Tree
from kanmon.statistics.own import OwnItem

_ROWS = 50_000
_STATES = f"SELECT pc, level, {', '.join(ITEMS)}, finding_set FROM pc_state WHERE verdict IS NOT NULL ORDER BY pc"
_CHUNK_PCS = 500


class Fleet:
    """Standing with the set of findings of each PC, at ``moment`` (None: now)."""

    def __init__(self, moment: datetime | None = None) -> None:
        table = _now() if moment is None else _then(moment)
        judged = BitMap(table[:, 0].tolist())
        unjudged = numbers((_managed(moment)) - judged)
        pcs = np.concatenate([table[:, 0].astype(np.uint32), unjudged])
        levels = np.concatenate([table[:, 1].astype(np.int16), np.zeros(len(unjudged), np.int16)])
        items = np.concatenate([table[:, 2:8].astype(np.int16), np.zeros((len(unjudged), len(ITEMS)), np.int16)])
        self.standing = Standing(pcs, levels, items)
        self._judged, self._sets = table[:, 0].astype(np.uint32), table[:, 8]

    def at(self, level: Level) -> BitMap:
        """The PCs at a level."""
        return BitMap(self.standing.pcs[self.standing.levels == level].tolist())

    def own(self, items: Sequence[OwnItem]) -> dict[str, tuple[BitMap, BitMap]]:
        """For each item: the PCs where none of its conditions fails or is unknown, of those that were judged."""
        if not items:
            return {}
        all_sets, place = np.unique(self._sets, return_inverse=True)
        bad = np.zeros((len(items), len(all_sets)), dtype=bool)
        row = {int(one): number for number, one in enumerate(all_sets.tolist())}
        for id, body in _bodies(row):
            for finding in decode_set(body):
                if finding.outcome != "waived":
                    for number, item in enumerate(items):
                        bad[number, row[id]] |= item.means(finding.condition)
        judged = BitMap(self._judged.tolist())
        return {
            item.name: (judged - BitMap(self._judged[bad[number][place]].tolist()), judged)
            for number, item in enumerate(items)
        }  # fmt: skip


def tree() -> Tree:
    """The groups and who is in them, as this node knows them."""
    ENGINE.catch_up()
    with ENGINE.lock:
        inside = {group: BitMap(pcs) for group, pcs in ENGINE.groups.items()}
    return Tree(dict(Group.objects.values_list("id", "parent_id")), inside)


def paths() -> dict[int, str]:
    """The path of each group."""
    return dict(Group.objects.values_list("id", "path"))


def _managed(moment: datetime | None) -> BitMap:
    with ENGINE.lock:
        managed = BitMap(ENGINE.managed)
    if moment is not None:
        managed -= BitMap(Pc.objects.filter(first_seen_at__gt=moment).values_list("id", flat=True))
    return managed


def _now() -> Any:
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(_STATES)
        while rows := cursor.fetchmany(_ROWS):
            parts.append(np.array(rows, dtype=np.int64))
    return np.concatenate(parts) if parts else np.zeros((0, 9), np.int64)


def _then(moment: datetime) -> Any:
    rows = Verdict.objects.filter(_held(moment)).order_by("pc", "id")
    found: list[tuple[int, ...]] = []
    texts: dict[str, tuple[int, ...]] = {}
    for pc, level, items, finding_set in _plain(rows.values_list("pc", "level", "items", "finding_set")):
        if items not in texts:
            texts[items] = tuple(msgspec.json.decode(items))
        if found and found[-1][0] == pc:  # two of one moment: the later one
            found.pop()
        found.append((pc, level, *texts[items], finding_set))
    return np.array(found, dtype=np.int64).reshape(-1, 9)


def _plain(rows: Any) -> Iterable[tuple[int, int, str, int]]:
    for pc, level, items, finding_set in rows.iterator(chunk_size=5000):
        yield pc, level, items if isinstance(items, str) else msgspec.json.encode(items).decode(), finding_set


def _held(moment: datetime) -> Q:
    return Q(from_at__lte=moment) & (Q(to_at__isnull=True) | Q(to_at__gt=moment))


def _bodies(ids: Iterable[int]) -> Iterable[tuple[int, bytes]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK_PCS):
        rows = FindingSet.objects.filter(id__in=wanted[start : start + _CHUNK_PCS])
        for id, body in rows.values_list("id", "body"):
            yield id, bytes(body)


def mended(fleet: Fleet, since: datetime, moment: datetime, past: bool) -> dict[int, BitMap]:
    """The PCs that are Safe, and have become so after ``since``, having been in Danger: by whole hours that it took."""
    safe = int(Level.SAFE)
    if past:
        came = Verdict.objects.filter(level=safe, from_at__gt=since, from_at__lte=moment).exclude(level_before=safe)
        pcs = BitMap(came.values_list("pc", flat=True)) & fleet.at(Level.SAFE)
    else:
        states = PcState.objects.filter(level=safe, since_at__gt=since, verdict__isnull=False)
        pcs = BitMap(states.values_list("pc", flat=True))
    found: dict[int, BitMap] = {}
    wanted = list(pcs)
    for start in range(0, len(wanted), _CHUNK_PCS):
        rows = Verdict.objects.filter(pc__in=wanted[start : start + _CHUNK_PCS], from_at__lte=moment)
        told = rows.order_by("pc", "from_at", "id").values_list("pc", "from_at", "level")
        for pc, verdicts in groupby(told, key=lambda row: row[0]):
            hours = mending.hours([(at, level) for _, at, level in verdicts])
            if hours is not None:
                found.setdefault(hours, BitMap()).add(pc)
    return found
