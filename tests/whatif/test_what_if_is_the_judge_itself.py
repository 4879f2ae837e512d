"""What-if works levels out of answers that it keeps; they are those that the judge would give."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kanmon.judgment.condition import AGENT_ID, Condition
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import Level
from kanmon.whatif.effect import compare
from kanmon.whatif.standing import Standing, stand
from tests.judgment import generate
from tests.judgment.generate import TODAY
from tests.judgment.test_two_judges_say_the_same import Fleet, Numbers, built

LIMITS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
fleets = st.dictionaries(st.integers(1, 2000), st.tuples(generate.facts(), generate.columns), min_size=1, max_size=6)


def standing(index: Index, conditions: tuple[Condition, ...], everybody: BitMap, scope: BitMap) -> Standing:
    """Of ``scope``, from answers about ``everybody``."""
    return stand(conditions, [index.outcomes(one, everybody) for one in conditions], scope)


@LIMITS
@given(fleets, generate.policies, st.data())
def test_levels_are_those_of_the_judge_with_waivers_and_without(
    fleet: Fleet, policy: generate.JudgmentPolicy, data: st.DataObject
) -> None:
    index, conditions = built(fleet, Numbers()), compile(policy, TODAY)
    names = sorted({one.id for one in conditions} - {AGENT_ID})
    some = st.dictionaries(st.sampled_from(names), st.sets(st.sampled_from(sorted(fleet))).map(BitMap), max_size=3)
    waived = data.draw(some) if names else {}
    for scope in (BitMap(fleet), BitMap(list(fleet)[:2])):
        answers = [index.outcomes(one, BitMap(fleet)) for one in conditions]
        found = stand(conditions, answers, scope, waived)
        judged = index.judge(conditions, scope, findings=False, waived=waived)
        expected: dict[Level, BitMap] = {}
        for pc, level in zip(judged.pcs.tolist(), judged.levels.tolist(), strict=True):
            expected.setdefault(Level(level), BitMap()).add(pc)
        assert {level: pcs for level, pcs in found.levels.items() if pcs} == expected


@LIMITS
@given(fleets, generate.policies, generate.policies)
def test_every_pc_stands_in_one_cell_of_the_matrix_and_each_change_has_a_cause(
    fleet: Fleet, present: generate.JudgmentPolicy, edited: generate.JudgmentPolicy
) -> None:
    index, scope = built(fleet, Numbers()), BitMap(fleet)
    before, after = (standing(index, compile(one, TODAY), scope, scope) for one in (present, edited))
    effect = compare("edited", (), scope, before, after, 0.0)
    assert sum(effect.matrix.values()) == len(scope)
    assert effect.changed == sum(pcs for (old, new), pcs in effect.matrix.items() if old != new)
    for one in effect.entered:
        for pc in one.pcs:
            old = next(level for level, pcs in before.levels.items() if pc in pcs)
            causes = [cause for cause in one.causes if pc in cause.pcs]
            if Level.SAFE not in (old, one.level) and Level.NOT_APPLICABLE not in (old, one.level):
                assert causes, "a level that a condition gave or took has that condition as its cause"
            if old in (Level.DANGER, Level.WARNING, Level.CAUTION) and one.level < old:
                assert all(not cause.now for cause in causes)
                assert causes


@LIMITS
@given(fleets, generate.policies)
def test_the_same_policy_changes_nothing(fleet: Fleet, policy: generate.JudgmentPolicy) -> None:
    index, scope = built(fleet, Numbers()), BitMap(fleet)
    one = standing(index, compile(policy, TODAY), scope, scope)
    effect = compare("same", (), scope, one, one, 0.0)
    assert effect.nothing
    assert effect.changed == 0
