"""The checker is worth what it catches: defects that are planted in the slim process must be found within a few seeds,
and what is no defect must not.
"""

from concurrent.futures import Future
from dataclasses import dataclass

import pytest

from tests.conftest import CAMPAIGN
from tests.failover.check_effects import check_action
from tests.failover.findings import Findings
from tests.failover.ledger import Delivery
from tests.failover.plan import Tellers
from tests.failover.story import Told

pytestmark = pytest.mark.timeout(7200 if CAMPAIGN else 1800)


@dataclass(frozen=True)
class Planted:
    """Where a defect shows: ``found`` are names of findings.ZERO, of which at least one must be said."""

    database: str
    fault: str
    found: set[str]
    rounds: int = 3


LOST, TWICE, BROKEN = "actions_lost", "actions_repeated", "invariants_broken"
DEFECTS = {
    "without_shared_lock": Planted("postgresql", "stall_lease", {LOST, BROKEN}, 2),
    "term_and_lock_in_one_statement": Planted("postgresql", "stall_lease", {LOST, BROKEN}, 2),
    "claim_not_conditional": Planted("sqlite", "quiet", {LOST, BROKEN}),
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


SEEDS = 8
FIRST = 1  # are told at once


class Stories:
    """Of all defects; those of the first seeds are queued together."""

    def __init__(self, tellers: Tellers) -> None:
        self._tellers = tellers
        self._first = {(defect, seed): self._tell(defect, seed) for defect in DEFECTS for seed in range(FIRST)}

    def _tell(self, defect: str, seed: int) -> Future[Told]:
        planted = DEFECTS[defect]
        return self._tellers.tell(seed, planted.database, planted.fault, defect, planted.rounds)

    def told(self, defect: str, seed: int) -> Told:
        """The story of a seed."""
        return (self._first.get((defect, seed)) or self._tell(defect, seed)).result()


@pytest.fixture(scope="module")
def stories(tellers: Tellers) -> Stories:
    """All of them."""
    return Stories(tellers)


@pytest.mark.parametrize("defect", DEFECTS)
def test_it_is_caught(stories: Stories, defect: str) -> None:
    whole = Findings()
    for seed in range(SEEDS):
        whole.add(stories.told(defect, seed).found)
        if DEFECTS[defect].found & {name for name, _ in whole.wrong}:
            return
    raise AssertionError(f"nobody noticed {defect} in {SEEDS} stories; said: {whole.wrong}")


def test_what_is_no_defect_is_not_called_one(tellers: Tellers) -> None:
    """The term check alone keeps an old worker from writing; ending its sessions is for those that hang."""
    told = tellers.tell(0, "postgresql", "stall_lease", "without_eviction", rounds=2).result()
    assert not told.found.wrong, told.problems()


@pytest.mark.parametrize(
    ("kind", "came", "wrong"),
    [
        ("post", [(1, False), (2, True)], False),
        ("post", [(1, False), (2, False)], True),
        ("post", [(2, True), (1, False)], False),  # a frozen node's, when it thawed
        ("post", [(2, False), (1, False)], True),
        ("mail", [(1, False), (2, True)], False),
        ("mail", [(2, True), (1, False)], True),
    ],
)
def test_who_comes_again_is_marked(kind: str, came: list[tuple[int, bool]], wrong: bool) -> None:
    found = Findings()
    arrived = [
        Delivery(at, kind, "verdict-1", "key", 7, attempt, attempt, marked, applied=at == 0)
        for at, (attempt, marked) in enumerate(came)
    ]
    check_action("verdict-1", kind, [{"redo_of": None, "state": "finished"}], arrived, found)
    assert bool(found.wrong) == wrong
