"""Agent and Manager are killed in turn, at any moment and at named points, while PCs turn bad and good and persons
order: in the end the network is what the last orders say, for every PC, and no order was given in two contents.

``python -m tests.agent.loop --seed 3 --seconds 60`` tells a story again.
"""

import os
from pathlib import Path

import pytest

from tests.agent.loop import rows
from tests.agent.loop.kills import CAP, Story
from tests.conftest import CAMPAIGN

SECONDS = 600 if CAMPAIGN else 35
SEEDS = range(20) if CAMPAIGN else range(1)
FIRST = int(os.environ.get("KANMON_SEED", "0"))
pytestmark = pytest.mark.timeout(3 * 3600 if CAMPAIGN else 1800)


@pytest.mark.parametrize("seed", [FIRST + number for number in SEEDS])
def test_the_network_is_as_it_was_ordered_last(
    seed: int, tmp_path: Path, ready_made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(seed, tmp_path, ready_made)
    found = story.tell(SECONDS)
    with capsys.disabled():
        print(f"\n  seed {seed}: {story.summary()}", flush=True)
    assert not found, f"seed {seed}"
    assert sum(story.hits.values()) >= 3


def _order(number: int, mac: str, wanted: str, **more: object) -> dict[str, object]:
    told = {"id": number, "mac": mac, "wanted": wanted, "by": "policy", "version": number, "pc": 1, "sentence": ""}
    return told | {"progress": "verified", "operation": number} | more


@pytest.mark.parametrize(
    ("orders", "device", "said"),
    [
        ([_order(1, "a", "deny")], {"a": "deny"}, ""),
        ([_order(1, "a", "deny")], {"a": "permit"}, "is permit in the network, and deny"),
        ([_order(1, "a", "deny")], {}, "is None in the network, and deny"),
        ([_order(1, "a", "deny"), _order(2, "a", "refuse", by="person")], {"a": "deny"}, "deny in the network, and refuse"),
        (
            [_order(1, "a", "deny"), _order(2, "a", "refuse", by="person"), _order(3, "a", "lift", by="person")],
            {"a": "deny"}, "",
        ),
        ([_order(1, "a", "permit", by="person"), _order(2, "a", "deny")], {"a": "permit"}, ""),
        ([_order(1, "f", "deny", progress="fixed")], {"f": "permit"}, ""),
        ([_order(1, "f", "deny", progress="fixed")], {"f": "deny"}, "is deny in the network, and permit"),
        ([_order(1, "a", "deny", progress="fixed")], {"a": "deny"}, "is no fixed device"),
        ([_order(1, "a", "deny", progress="ordered")], {"a": "deny"}, "has ended as ordered"),
        ([_order(1, "a", "deny"), _order(2, "a", "deny")], {"a": "deny"}, "twice running"),
        ([_order(1, "a", "deny"), _order(1, "a", "permit")], {"a": "permit"}, "was given 2 times"),
        ([_order(number, f"{number}", "deny", pc=number) for number in range(CAP + 1)],
         {f"{number}": "deny" for number in range(CAP + 1)}, "approved by nobody"),
    ],
)  # fmt: skip
def test_the_checker_sees_what_is_wrong(orders: list[dict[str, object]], device: dict[str, str], said: str) -> None:
    found = rows.states({"network_order": orders, "setup": {"fixed": [{"mac": "f"}]}})
    entries = [{"mac": mac, "state": state} for mac, state in found.items()]
    told = {
        "network_order": orders, "network_entry": entries, "run": [], "operation": [], "setup": {"fixed": [{"mac": "f"}]},
    }  # fmt: skip
    wrong = list(rows.wrong(told, device, {}, CAP))
    assert (wrong == []) if not said else any(said in one for one in wrong), wrong


def test_the_checker_sees_two_contents_of_one_order() -> None:
    empty = {"network_order": [], "network_entry": [], "run": [], "operation": [], "setup": {}}
    assert list(rows.wrong(empty, {}, {"5": {"deny a", "permit a"}}, CAP))
