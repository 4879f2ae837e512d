"""Verdicts and places -> numbers of each group, with all below it, and of the whole. Pure: arrays in, numbers out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.judgment.levels import ITEMS
from kanmon.judgment.places import numbers as members
from kanmon.statistics import points
from kanmon.statistics.numbers import LEVELS, Numbers

WHOLE = 0  # the number of the whole, where groups are numbered
_PLACE = np.zeros(max(LEVELS) + 1, dtype=np.int64)
_PLACE[list(LEVELS)] = range(len(LEVELS))


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands how: an entry for each PC, ``items`` a row of six levels. PCs without a verdict are Not judged."""

    pcs: NDArray[np.uint32]
    levels: NDArray[np.int16]
    items: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Sets:
    """Shares as sets of PCs: (in order, of whom); and who was mended, by hours."""

    own: Mapping[str, tuple[BitMap, BitMap]] = field(default_factory=dict)
    patched: tuple[BitMap, BitMap] | None = None
    mended: Mapping[int, BitMap] = field(default_factory=dict)


class Tree:
    """Groups: id -> the one above it (None: none), and the PCs that are in each itself."""

    def __init__(self, parents: Mapping[int, int | None], inside: Mapping[int, BitMap]) -> None:
        self.ids = [WHOLE, *sorted(parents)]
        self._row = {group: row for row, group in enumerate(self.ids)}
        self._parents = parents
        most = max((pcs.max() for pcs in inside.values() if pcs), default=0)
        self._row_of = np.zeros(most + 1, dtype=np.int64)  # whoever is in no group is of the whole only
        for group, pcs in inside.items():
            if pcs and group in self._row:
                self._row_of[members(pcs)] = self._row[group]

    def rows(self, pcs: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The row of each PC's own group."""
        if not len(pcs) or int(pcs.max()) < len(self._row_of):
            return self._row_of[pcs]
        known = pcs < len(self._row_of)
        return np.where(known, self._row_of[np.where(known, pcs, 0)], 0)

    def rolled_up(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        """``table``, a row for each group itself, as a row for each group with all below it."""
        for group in sorted(self._parents, key=self._depth, reverse=True):
            above = self._parents[group]
            table[self._row[above] if above is not None else 0] += table[self._row[group]]
        return table

    def _depth(self, group: int) -> int:
        depth, above = 0, self._parents[group]
        while above is not None:
            depth, above = depth + 1, self._parents[above]
        return depth

    def count(self, pcs: BitMap) -> list[int]:
        """How many of ``pcs`` are in each group with all below it."""
        rows = np.bincount(self.rows(members(pcs)), minlength=len(self.ids))
        return [int(one) for one in self.rolled_up(rows.astype(np.int64))]


def count(standing: Standing, sets: Sets, tree: Tree) -> dict[int, Numbers]:
    """Group (``WHOLE`` for all) -> its numbers."""
    rows, size = tree.rows(standing.pcs), len(tree.ids)
    levels = _by_level(rows, standing.levels, tree)
    items = [_by_level(rows, standing.items[:, place], tree) for place in range(len(ITEMS))]
    of_pcs = points.of_many(standing.items)
    has = of_pcs != points.NONE
    sums = np.bincount(rows[has], weights=of_pcs[has], minlength=size).astype(np.int64)
    pointed = np.bincount(rows[has], minlength=size).astype(np.int64)
    sums, pointed = tree.rolled_up(sums), tree.rolled_up(pointed)
    found = {
        group: Numbers(
            levels=levels[row].tolist(), items=[one[row].tolist() for one in items], points=int(sums[row]),
            pointed=int(pointed[row]), mended={}, own={},
        )
        for row, group in enumerate(tree.ids)
    }  # fmt: skip
    _add_sets(found, sets, tree)
    return found


def _by_level(rows: NDArray[np.int64], levels: NDArray[np.int16], tree: Tree) -> NDArray[np.int64]:
    places = len(LEVELS)
    flat = np.bincount(rows * places + _PLACE[levels], minlength=len(tree.ids) * places)
    return tree.rolled_up(flat.astype(np.int64).reshape(len(tree.ids), places))


def _add_sets(found: dict[int, Numbers], sets: Sets, tree: Tree) -> None:
    for name, (good, of) in sets.own.items():
        for group, one, other in zip(tree.ids, tree.count(good), tree.count(of), strict=True):
            found[group].own[name] = (one, other)
    if sets.patched is not None:
        good, of = sets.patched
        for group, one, other in zip(tree.ids, tree.count(good), tree.count(of), strict=True):
            found[group].patched = (one, other)
    for hours, pcs in sorted(sets.mended.items()):
        for group, one in zip(tree.ids, tree.count(pcs), strict=True):
            if one:
                found[group].mended[hours] = one
