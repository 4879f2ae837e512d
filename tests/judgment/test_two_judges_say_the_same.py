"""The index and the reference judge are two ways to one truth.

``PAIRS`` of a policy and an inventory are compared at least: 2,000 by ``make test``, 100,000 by ``make campaign``.
"""

from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kanmon.common.facts import COLUMNS, Fact
from kanmon.judgment import findings
from kanmon.judgment.condition import Condition
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import ITEMS
from kanmon.judgment.reference import Verdict, judge_one
from kanmon.policy.rules import JudgmentPolicy, load, to_yaml
from tests.conftest import CAMPAIGN
from tests.judgment import generate
from tests.judgment.generate import TODAY
from tests.judgment.generate_updates import SAMPLE

Fleet = dict[int, tuple[frozenset[Fact], dict[str, Any]]]
fleets = st.dictionaries(st.integers(1, 2000), st.tuples(generate.facts(), generate.columns), min_size=1, max_size=5)
PAIRS = 100_000 if CAMPAIGN else 2_000
pytestmark = pytest.mark.timeout(14_400 if CAMPAIGN else 600)


def share(part: float) -> settings:
    """So much of all pairs; an example has one pair at least."""
    return settings(
        max_examples=int(part * PAIRS) + 1, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )


class Numbers:
    """Gives facts their numbers, in an order that does not follow the classes."""

    def __init__(self) -> None:
        self.of: dict[Fact, int] = {}

    def packed(self, facts: frozenset[Fact]) -> np.ndarray[Any, np.dtype[np.uint32]]:
        return np.array(sorted(self.of.setdefault(fact, len(self.of) + 1) for fact in facts), dtype="<u4")


def built(fleet: Fleet, numbers: Numbers) -> Index:
    index = Index()
    packed = [(pc, numbers.packed(facts).tobytes()) for pc, (facts, _) in fleet.items()]
    index.learn((number, fact) for fact, number in numbers.of.items())
    index.load(packed)
    for pc, (_, columns) in fleet.items():
        for name, value in columns.items():
            index.set_column(pc, name, value)
    return index


def verdicts(judgement: Judgement) -> dict[int, Verdict]:
    from kanmon.judgment.levels import Level

    found = {}
    for place, pc in enumerate(judgement.pcs.tolist()):
        rows = decode_set(judgement.sets[judgement.set_of[place]])
        assert list(rows) == sorted(rows)
        found[pc] = Verdict(
            Level(judgement.levels[place]),
            {item: Level(judgement.items[place, column]) for column, item in enumerate(ITEMS)},
            frozenset((one.condition, one.outcome, one.level) for one in rows),
        )
    return found


def found(conditions: Sequence[Condition], facts: frozenset[Fact], columns: dict[str, Any]) -> list[tuple[str, str]]:
    """(condition, outcome) of what failed or is unknown of one PC."""
    judgement = built({1: (facts, columns)}, Numbers()).judge(conditions, BitMap([1]))
    return [(one.condition, one.outcome) for one in decode_set(judgement.sets[judgement.set_of[0]])]


def check(
    index: Index, fleet: Fleet, policy: JudgmentPolicy, waived: dict[str, BitMap] | None = None
) -> dict[int, Verdict]:
    conditions = compile(policy, TODAY, knowledge=SAMPLE)
    assert len({one.id for one in conditions}) == len(conditions)
    for scope, many in ((BitMap(list(fleet)[:1]), findings._MANY), (BitMap(fleet), findings._MANY), (BitMap(fleet), 1)):
        with mock.patch.object(findings, "_MANY", many):
            found = verdicts(index.judge(conditions, scope, waived=waived or {}))
        for pc in scope:
            facts, columns = fleet[pc]
            known = {name: value for name, value in columns.items() if value != ""}
            here = {condition for condition, pcs in (waived or {}).items() if pc in pcs}
            assert found[pc] == judge_one(policy, facts, known, TODAY, here, SAMPLE)
    return found


@pytest.mark.parametrize("focus", generate.FOCUS)
@share(0.8 / len(generate.FOCUS))
@given(st.data())
def test_both_say_the_same_of_one_kind_of_rule(focus: str, data: st.DataObject) -> None:
    policies, records = generate.FOCUS[focus]
    facts = data.draw(st.lists(generate.pc_about(records), min_size=1, max_size=4))
    fleet: Fleet = {pc: (one, data.draw(generate.columns)) for pc, one in enumerate(facts, start=1)}
    check(built(fleet, Numbers()), fleet, data.draw(policies))


@share(0.15)
@given(generate.policies, fleets)
def test_the_index_says_what_the_reference_says(policy: JudgmentPolicy, fleet: Fleet) -> None:
    check(built(fleet, Numbers()), fleet, policy)


@share(0.05)
@given(generate.policies, fleets, st.data())
def test_waiving_makes_nothing_worse_and_hides_nothing(
    policy: JudgmentPolicy, fleet: Fleet, data: st.DataObject
) -> None:
    ids = [one.id for one in compile(policy, TODAY) if one.id != "inventory.agent"]
    some = st.sets(st.sampled_from(sorted(fleet))).map(BitMap)
    waived = data.draw(st.dictionaries(st.sampled_from(ids), some)) if ids else {}
    index = built(fleet, Numbers())
    before, after = check(index, fleet, policy), check(index, fleet, policy, waived)
    for pc, verdict in after.items():
        assert verdict.level <= before[pc].level
        assert all(verdict.items[item] <= before[pc].items[item] for item in ITEMS)
        here = {condition for condition, pcs in waived.items() if pc in pcs}
        assert verdict.findings == {
            (condition, "waived" if condition in here else outcome, level)
            for condition, outcome, level in before[pc].findings
        }


@share(0.05)
@given(
    generate.policies,
    fleets,
    st.lists(st.tuples(st.integers(1, 6), generate.facts(), generate.columns), max_size=5),
    st.sets(st.integers(1, 6), max_size=2),
)
def test_an_index_that_was_changed_says_what_a_new_one_says(
    policy: JudgmentPolicy, fleet: Fleet, changes: Any, dropped: Any
) -> None:
    numbers = Numbers()
    index = built(fleet, numbers)
    conditions = compile(policy, TODAY)
    index.judge(conditions, index.pcs)
    for pc, facts, columns in changes:
        before = numbers.packed(fleet[pc][0]) if pc in fleet else np.zeros(0, np.uint32)
        after = numbers.packed(facts)
        index.learn((number, fact) for fact, number in numbers.of.items())
        index.apply(pc, np.setdiff1d(after, before), np.setdiff1d(before, after))
        for name in COLUMNS:
            index.set_column(pc, name, columns.get(name))
        fleet[pc] = (facts, columns)
    for pc in dropped & set(fleet):
        if len(fleet) > 1:
            index.drop(pc)
            del fleet[pc]
    assert index.pcs == BitMap(fleet)
    check(index, fleet, policy)
    for pc in range(1, 3):  # comes back, without the columns that it had
        if pc not in fleet:
            fleet[pc] = (frozenset(), {})
            index.apply(pc, np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    check(index, fleet, policy)
    again = built(fleet, numbers)
    one, two = index.judge(conditions, index.pcs), again.judge(conditions, again.pcs)
    assert [one.sets[place] for place in one.set_of] == [two.sets[place] for place in two.set_of]


@share(0.05)
@given(generate.policies)
def test_a_policy_survives_its_document(policy: JudgmentPolicy) -> None:
    assert load(to_yaml(policy)) == policy


def test_a_pc_of_which_nothing_is_known_is_unknown() -> None:
    policy = load("{kind: judgment, name: x, pc_settings: {judge: true, firewall: {off: {}}}}")
    assert isinstance(policy, JudgmentPolicy)
    judgement = Index().judge(compile(policy, TODAY), BitMap([7]))
    assert judgement.levels.tolist() == [150]
    assert [one.condition for one in decode_set(judgement.sets[0])] == ["inventory.agent"]


def test_a_pc_that_was_dropped_comes_back_without_its_columns() -> None:
    policy = load("{kind: judgment, name: x, stale_inventory: {after_days: 7}}")
    assert isinstance(policy, JudgmentPolicy)
    index = Index()
    nothing = np.zeros(0, np.uint32)
    index.apply(1, nothing, nothing)
    index.set_column(1, "reported_at", 0)
    assert index.judge(compile(policy, TODAY), BitMap([1])).levels.tolist() == [300]
    index.drop(1)
    index.apply(1, nothing, nothing)
    assert index.judge(compile(policy, TODAY), BitMap([1])).levels.tolist() == [150]
