"""What must hold between two judgments, whatever the policy and the PCs are."""

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs
from pyroaring import BitMap

from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import ITEMS
from kanmon.policy.rules import JudgmentPolicy
from tests.judgment import generate
from tests.judgment.generate import TODAY
from tests.judgment.test_two_judges_say_the_same import Fleet, Numbers, built, fleets, share, verdicts


def judged(index: Index, policy: JudgmentPolicy) -> Judgement:
    return index.judge(compile(policy, TODAY), BitMap(index.pcs))


@share(0.05)
@given(generate.policies, fleets, generate.prohibited)
def test_a_further_prohibited_program_never_makes_a_pc_better(policy: JudgmentPolicy, fleet: Fleet, more: Any) -> None:
    index = built(fleet, Numbers())
    item = structs.replace(policy.prohibited_software, judge=True)
    before = judged(index, structs.replace(policy, prohibited_software=item))
    longer = structs.replace(item, programs=(*item.programs, *more.programs))
    after = judged(index, structs.replace(policy, prohibited_software=longer))
    assert (after.levels >= before.levels).all()
    others = [place for place, name in enumerate(ITEMS) if name != "prohibited_software"]
    assert (after.items[:, others] == before.items[:, others]).all()
    assert (after.items >= before.items).all()


def in_another_order(data: st.DataObject, value: Any) -> Any:
    """The same rule with each of its lists shuffled."""
    if isinstance(value, Struct):
        parts = {name: in_another_order(data, getattr(value, name)) for name in value.__struct_fields__}
        return structs.replace(value, **parts)
    if isinstance(value, tuple):
        members = [in_another_order(data, one) for one in value]
        return tuple(data.draw(st.permutations(members))) if len(members) > 1 else tuple(members)
    return value


def bare(judgement: Judgement) -> dict[int, Any]:
    """Level, items and findings of each PC; of rules with the same name it does not matter which is the second."""
    return {
        pc: (one.level, one.items, Counter((name.partition("#")[0], *rest) for name, *rest in one.findings))
        for pc, one in verdicts(judgement).items()
    }


@share(0.05)
@given(generate.policies, fleets, st.data())
def test_the_order_of_lists_changes_nothing(policy: JudgmentPolicy, fleet: Fleet, data: st.DataObject) -> None:
    index = built(fleet, Numbers())
    assert bare(judged(index, policy)) == bare(judged(index, in_another_order(data, policy)))


@share(0.025)
@given(generate.policies, fleets)
def test_the_order_in_which_pcs_and_facts_came_changes_nothing(policy: JudgmentPolicy, fleet: Fleet) -> None:
    numbers = Numbers()
    for _, (facts, _) in sorted(fleet.items(), reverse=True):
        numbers.packed(frozenset(sorted(facts, key=repr, reverse=True)))
    late = Index()
    late.learn(sorted(((number, fact) for fact, number in numbers.of.items()), reverse=True))
    for pc, (facts, columns) in sorted(fleet.items(), reverse=True):
        late.apply(pc, numbers.packed(facts), np.zeros(0, np.uint32))
        for name, value in columns.items():
            late.set_column(pc, name, value)
    assert bare(judged(built(fleet, Numbers()), policy)) == bare(judged(late, policy))
