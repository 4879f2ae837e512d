"""Lines of a long list that mean nothing on a PC: 9,990 rows that say "not installed" are one row.

A list of up to ``MOST_ROWS`` names is told line by line.
"""

from collections.abc import Collection, Sequence

from kanmon.common.facts import Fact, Software
from kanmon.judgment.condition import Condition
from kanmon.judgment.judge_software import UNTOLD_ID
from kanmon.policy.name_table import NameTable

MOST_ROWS = 100
LONG = "prohibited_software"


def quiet(conditions: Sequence[Condition], facts: Collection[Fact]) -> frozenset[str]:
    """The ids of conditions of a long list of prohibited programs of which no name is on the PC."""
    lines = [one for one in conditions if one.item == LONG and one.id != UNTOLD_ID]
    if len(lines) <= MOST_ROWS:
        return frozenset()
    table = NameTable([one.parts[0].names[0] for one in lines])
    loud = {at for fact in facts if isinstance(fact, Software) for at in table.matching(fact.name)}
    return frozenset(one.id for at, one in enumerate(lines) if at not in loud)
