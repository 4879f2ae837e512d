"""The index and the reference judge are two ways to one truth."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kanmon.common.facts import Fact
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import ITEMS
from kanmon.judgment.reference import Verdict, judge_one
from kanmon.policy.rules import JudgmentPolicy, load, to_yaml
from tests.judgment import generate
from tests.judgment.generate import TODAY

Fleet = dict[int, tuple[frozenset[Fact], dict[str, Any]]]
fleets = st.dictionaries(st.integers(1, 2000), st.tuples(generate.facts(), generate.columns), min_size=1, max_size=5)
LIMITS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


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


def check(index: Index, fleet: Fleet, policy: JudgmentPolicy) -> None:
    conditions = compile(policy, TODAY)
    assert len({one.id for one in conditions}) == len(conditions)
    for scope in (BitMap(fleet), BitMap(list(fleet)[:1])):
        found = verdicts(index.judge(conditions, scope))
        for pc in scope:
            facts, columns = fleet[pc]
            known = {name: value for name, value in columns.items() if value != ""}
            assert found[pc] == judge_one(policy, facts, known, TODAY)


@pytest.mark.parametrize("focus", generate.FOCUS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_both_say_the_same_of_one_kind_of_rule(focus: str, data: st.DataObject) -> None:
    policies, records = generate.FOCUS[focus]
    facts = data.draw(st.lists(generate.pc_about(records), min_size=1, max_size=4))
    fleet: Fleet = {pc: (one, {}) for pc, one in enumerate(facts, start=1)}
    check(built(fleet, Numbers()), fleet, data.draw(policies))


@LIMITS
@given(generate.policies, fleets)
def test_the_index_says_what_the_reference_says(policy: JudgmentPolicy, fleet: Fleet) -> None:
    check(built(fleet, Numbers()), fleet, policy)


@LIMITS
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
        for name in ("host", "disk_free_mb", "reported_at"):
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


@LIMITS
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
