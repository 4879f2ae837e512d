"""Who is patched in time: has every update that applies and came out more than N days ago, as the patch feeds tell.

Asked of the index as a policy would ask it (``latest`` with ``delay_days``), so that no policy need judge updates.
Waivers do not count here: what is missing is missing.
"""

from datetime import date

from pyroaring import BitMap

from kanmon.feeds import patches_store
from kanmon.judgment.condition import Outcome
from kanmon.judgment.engine import ENGINE
from kanmon.policy.rules_items import JudgmentPolicy
from kanmon.policy.rules_updates import Latest, SecurityUpdates

_CONDITION = "security_updates"


def in_time(days: int, today: date) -> tuple[BitMap, BitMap] | None:
    """(PCs that are patched within ``days`` days, PCs of which that can be told); None without any patch feed."""
    if not patches_store.newest_id():
        return None
    updates = SecurityUpdates(judge=True, latest=Latest(delay_days=days))
    asked = JudgmentPolicy(name="patched", security_updates=updates)
    ENGINE.catch_up()
    with ENGINE.lock:
        good, bad = BitMap(), BitMap()
        for condition in ENGINE.compiled(asked, today):
            if condition.item == _CONDITION:
                of = ENGINE.outcomes(condition, BitMap(ENGINE.managed))
                good, bad = good | of[Outcome.PASS], bad | of[Outcome.FAIL]
    return good - bad, good | bad
