"""On how many PCs each condition fails, asked of the index: bitmaps only, no row is read.

It is what the newest facts say under the policies in force; verdicts say the same as soon as everybody is judged.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from pyroaring import BitMap

from kanmon.common import zone
from kanmon.judgment.condition import AGENT_ID, INVENTORY, Condition, Outcome
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.index import Index
from kanmon.judgment.levels import Level


def counts(scope: BitMap | None = None) -> Counter[tuple[str, Level]]:
    """(id of a condition, its level) -> managed PCs of ``scope`` (None: all) on which it fails and is not waived."""
    found: Counter[tuple[str, Level]] = Counter()
    with ENGINE.lock:
        today = zone.today()
        waived = ENGINE.waived(today)
        wanted = ENGINE.managed if scope is None else ENGINE.managed & scope
        for version, pcs in ENGINE.parts(BitMap(wanted)).items():
            found += of_conditions(ENGINE.index, ENGINE.conditions(version, today), pcs, waived)
    return found


def of_conditions(
    index: Index, conditions: Sequence[Condition], pcs: BitMap, waived: Mapping[str, BitMap]
) -> Counter[tuple[str, Level]]:
    """The same for one policy. PCs whose agent is unknown have every item Unknown: nothing fails there."""
    agent = [condition for condition in conditions if condition.id == AGENT_ID]
    inside = pcs - index.outcomes(agent[0], pcs)[Outcome.UNKNOWN] if agent else pcs
    found: Counter[tuple[str, Level]] = Counter()
    for condition, alike in index.planned(conditions, waived):
        if condition.id == AGENT_ID:
            continue
        bad = index.outcomes(condition, pcs if condition.item == INVENTORY else inside)[Outcome.FAIL]
        if count := len(bad - waived.get(condition.id, BitMap())):
            for one in (condition, *alike):
                found[one.id, one.level] += count
    return found
