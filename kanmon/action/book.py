"""What was done, about whom a person is asked, and for whom an action is in force: sets of PCs by slot, as rows.

Only operations of the lane "rows" write here, one after the other, inside their transactions. A set is kept as one
bitmap, so that a decision about a million PCs reads and writes a few rows.
"""

from datetime import datetime
from typing import Any, Literal

from pyroaring import BitMap

from kanmon.action.deciding import Done, Slot
from kanmon.action.models import Acted, Covered, Waiting
from kanmon.common import clock

Asked = Literal["cap", "already"]
Keyed = tuple[Slot, Asked]


def _slot(row: Any) -> Slot:
    return Slot(row.policy, row.level, row.step, row.kind)


def _pcs(row: Any) -> BitMap:
    return BitMap.deserialize(bytes(row.pcs))


class Book:
    """All rows, read once, changed in memory, written by ``write`` where they differ."""

    def __init__(self) -> None:
        self.done: dict[Slot, list[Done]] = {}
        for row in Acted.objects.order_by("id"):
            self.done.setdefault(_slot(row), []).append(Done(row.day, row.times, _pcs(row)))
        self.asked: dict[Keyed, BitMap] = {(_slot(row), row.why): _pcs(row) for row in Waiting.objects.all()}
        self.covered: dict[Slot, BitMap] = {_slot(row): _pcs(row) for row in Covered.objects.all()}
        self.is_new = not self.covered  # nothing was ever decided with this book
        self._changed: set[Slot] = set()
        self._covered_changed: set[Slot] = set()
        self._asked_changed: set[Keyed] = set()

    def waiting(self, slot: Slot, why: Asked) -> BitMap:
        """About whom a person is asked."""
        return self.asked.get((slot, why), BitMap())

    def of(self, slot: Slot) -> list[Done]:
        """What was done."""
        return self.done.get(slot, [])

    def set_done(self, slot: Slot, done: list[Done]) -> None:
        """From now on this was done."""
        self.done[slot] = done
        self._changed.add(slot)

    def set_waiting(self, slot: Slot, why: Asked, pcs: BitMap) -> None:
        """From now on a person is asked about these."""
        if pcs != self.waiting(slot, why):
            self.asked[slot, why] = pcs
            self._asked_changed.add((slot, why))

    def cover(self, slot: Slot, scope: BitMap, members: BitMap) -> None:
        """Of ``scope``, the action is in force for ``members`` from now on, and for no others."""
        before = self.covered.get(slot, BitMap())
        after = (before - scope) | (members & scope)
        if after != before:
            self.covered[slot] = after
            self._covered_changed.add(slot)

    def forget(self, pcs: BitMap) -> None:
        """The level of these PCs has changed: what was done, and what is asked, counts no more."""
        for slot, rows in self.done.items():
            if any(one.pcs.intersect(pcs) for one in rows):
                left = [Done(one.day, one.times, one.pcs - pcs) for one in rows]
                self.set_done(slot, [one for one in left if one.pcs])
        for (slot, why), asked in list(self.asked.items()):
            self.set_waiting(slot, why, asked - pcs)

    def write(self, operation: int) -> None:
        """Write what is not as it was. ``operation``: that decides."""
        for slot in self._changed:
            Acted.objects.filter(**slot._asdict()).delete()
            Acted.objects.bulk_create(
                Acted(**slot._asdict(), day=one.day, times=one.times, pcs=one.pcs.serialize())
                for one in self.done[slot]
                if one.pcs
            )
        now = clock.now()
        for slot in self._covered_changed:
            _write_covered(slot, self.covered[slot])
        for slot, why in self._asked_changed:
            _write_waiting(slot, why, self.asked[slot, why], now, operation)


def _write_waiting(slot: Slot, why: Asked, pcs: BitMap, now: datetime, operation: int) -> None:
    rows = Waiting.objects.filter(**slot._asdict(), why=why)
    if not pcs:
        rows.delete()
    elif not rows.update(pcs=pcs.serialize()):
        Waiting.objects.create(**slot._asdict(), why=why, pcs=pcs.serialize(), since=now, operation=operation)


def _write_covered(slot: Slot, pcs: BitMap) -> None:
    rows = Covered.objects.filter(**slot._asdict())
    if not pcs:
        rows.delete()
    elif not rows.update(pcs=pcs.serialize()):
        Covered.objects.create(**slot._asdict(), pcs=pcs.serialize())
