"""Why, for many PCs at once: their findings as rows, the facts of all of them fetched together."""

from collections.abc import Sequence
from datetime import date

from kanmon.common import zone
from kanmon.feeds import patches_store
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.judgment import explain
from kanmon.judgment.explain import Row
from kanmon.judgment.findings import decode_set
from kanmon.judgment.models import FindingSet, Verdict
from kanmon.policy import versions


def findings(verdicts: Sequence[Verdict], day: date, language: str) -> dict[int, list[tuple[str, Row]]]:
    """What failed or is unknown by each verdict, as (item, row), by PC. ``day``: that on which ages were counted."""
    pcs = [one.pc for one in verdicts]
    sets = {
        row.id: decode_set(bytes(row.body))
        for row in FindingSet.objects.filter(id__in={v.finding_set for v in verdicts})
    }
    numbers = {
        pc: tuple(map(int, unpack(bytes(packed))))
        for pc, packed in PcFacts.objects.filter(pc__in=pcs).values_list("pc", "packed")
    }
    columns = {
        pc: unpack_columns(bytes(packed))
        for pc, packed in PcColumns.objects.filter(pc__in=pcs).values_list("pc", "packed")
    }
    evidence = {number for held in sets.values() for one in held for number in one.facts}
    known = facts_of(evidence.union(*numbers.values()))
    found = {}
    for verdict in verdicts:
        facts = [known[number] for number in numbers.get(verdict.pc, ()) if number in known]
        explained = explain.explain(
            versions.rules(verdict.policy_version), "", sets[verdict.finding_set], known, facts,
            columns.get(verdict.pc, {}), day, language, zone=zone.zone(), knowledge=patches_store.newest(),
            passed=False,
        )  # fmt: skip
        found[verdict.pc] = [
            (item.item, row) for item in explained for row in item.rows if row.outcome in ("failed", "unknown")
        ]
    return found
