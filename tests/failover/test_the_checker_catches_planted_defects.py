"""The checker is worth what it catches: defects that are planted in the slim process must be found within a few seeds,
and what is no defect must not.
"""

from dataclasses import dataclass

import pytest

from tests.conftest import CAMPAIGN
from tests.failover.findings import Findings
from tests.failover.plan import Tellers

pytestmark = pytest.mark.timeout(7200 if CAMPAIGN else 1800)


@dataclass(frozen=True)
class Planted:
    """Where a defect shows: ``found`` are names of findings.ZERO, of which at least one must be said."""

    database: str
    fault: str
    found: set[str]
    seeds: int = 6


LOST, TWICE, BROKEN = "actions_lost", "actions_repeated", "invariants_broken"
DEFECTS = {
    "without_shared_lock": Planted("postgresql", "stall_lease", {LOST, BROKEN}),
    "term_and_lock_in_one_statement": Planted("postgresql", "stall_lease", {LOST, BROKEN}),
    "claim_not_conditional": Planted("sqlite", "nothing", {LOST, BROKEN}),
    "effect_before_intent": Planted("sqlite", "kill_at:after_effect", {TWICE, BROKEN}),
    "result_before_effect": Planted("sqlite", "kill_at:in_effect", {LOST}),
    "follower_by_seq_alone": Planted("postgresql", "nothing", {BROKEN}),
    "key_not_unique": Planted("sqlite", "nothing", {BROKEN}),
    "put_back_forgets_one": Planted("sqlite", "kill", {LOST}),
    "progress_not_saved": Planted("sqlite", "kill_at:count_chunk", {LOST, BROKEN}),
    "acknowledged_before_commit": Planted("sqlite", "kill", {"inventories_lost"}),
    "window_never_closes": Planted("postgresql", "freeze_at:before_effect", {TWICE, BROKEN}),
    "sync_normal": Planted("sqlite", "power", {"inventories_lost"}),
    "sync_off": Planted("sqlite", "power_shared", {"inventories_lost", BROKEN}),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_it_is_caught(tellers: Tellers, defect: str) -> None:
    planted = DEFECTS[defect]
    whole = Findings()
    for seed in range(0, planted.seeds, 2):
        for told in [tellers.tell(one, planted.database, planted.fault, defect) for one in (seed, seed + 1)]:
            whole.add(told.result().found)
        if planted.found & {name for name, _ in whole.wrong}:
            return
    raise AssertionError(f"nobody noticed {defect} in {planted.seeds} stories; said: {whole.wrong}")


def test_what_is_no_defect_is_not_called_one(tellers: Tellers) -> None:
    """The term check alone keeps an old worker from writing; ending its sessions is for those that hang."""
    for told in [tellers.tell(seed, "postgresql", "stall_lease", "without_eviction") for seed in range(2)]:
        assert not told.result().found.wrong, told.result().problems()
