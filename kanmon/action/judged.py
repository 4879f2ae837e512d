"""PCs as they were when it was decided: for what is told about them afterwards, however late that is."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from kanmon.common.facts import CODE_OF, Os
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import FactRow, Pc, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.judgment.models import Verdict

BATCH = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """A PC and its columns as known now, and the verdict that it had then."""

    pc: Pc
    columns: dict[str, Any]
    verdict: Verdict


def judged(pcs: Iterable[int], newest: int) -> Iterator[list[Judged]]:
    """The PCs with the verdict that each had when ``newest`` was the newest of the fleet, by number, 500 at a time.

    PCs that are gone are left out.
    """
    numbers = sorted(pcs)
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        ids = Verdict.objects.filter(pc__in=batch, id__lte=newest).values("pc").annotate(newest=Max("id"))
        verdicts = {one.pc: one for one in Verdict.objects.filter(id__in=[row["newest"] for row in ids])}
        columns = {
            pc: unpack_columns(bytes(packed))
            for pc, packed in PcColumns.objects.filter(pc__in=batch).values_list("pc", "packed")
        }
        found = Pc.objects.select_related("group").filter(id__in=batch).order_by("id")
        yield [Judged(pc, columns.get(pc.id, {}), verdicts[pc.id]) for pc in found if pc.id in verdicts]


def systems(pcs: Collection[int]) -> dict[int, Os]:
    """The operating system of each of ``pcs`` of which one is known."""
    packed = {
        pc: set(unpack(bytes(one)).tolist())
        for pc, one in PcFacts.objects.filter(pc__in=pcs).values_list("pc", "packed")
    }
    known = set(FactRow.objects.filter(cls=CODE_OF[Os]).values_list("id", flat=True).iterator(chunk_size=10_000))
    wanted = {pc: min(found) for pc, numbers in packed.items() if (found := numbers & known)}
    facts = facts_of(set(wanted.values()))
    return {pc: fact for pc, number in wanted.items() if isinstance(fact := facts[number], Os)}
