"""Updates are judged on bitmaps of the dictionary, and once more by following what each installed update replaces."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pyroaring import BitMap

from kanmon.common.facts import Agent, Fact, Patch, Software, Told
from kanmon.feeds.latest import Latest
from kanmon.feeds.patches import Knowledge
from kanmon.judgment.condition import Outcome
from kanmon.judgment.judge import compile
from kanmon.judgment.one_pc import answer
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import JudgmentPolicy
from tests.judgment import generate_updates as made
from tests.judgment.generate import TODAY
from tests.judgment.test_two_judges_say_the_same import Numbers, built, verdicts

LIMITS = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
patches = st.builds(Patch, kb=st.sampled_from(made.IDS))
programs = st.builds(
    Software,
    name=st.sampled_from(["Alpha", "Beta"]),
    version=st.sampled_from(["", "1.0", "1.1"]),
    scheme=st.just("windows"),
)
told = st.sampled_from([Told("patch"), Told("software"), Told("pending_update")])


@st.composite
def pc(draw: st.DrawFn) -> frozenset[Fact]:
    found: set[Fact] = {Agent("test", "1"), *draw(st.sets(made.systems, max_size=2))}
    return frozenset(
        found | draw(st.sets(patches, max_size=4)) | draw(st.sets(programs, max_size=2)) | draw(st.sets(told))
    )


def policy_of(rule: Any) -> JudgmentPolicy:
    return JudgmentPolicy(name="generated", security_updates=structs.replace(rule, judge=True))


@LIMITS
@given(made.security_updates, made.knowledge, st.lists(pc(), min_size=1, max_size=4))
def test_both_judges_say_the_same_of_updates(rule: Any, knowledge: Knowledge, pcs: list[frozenset[Fact]]) -> None:
    policy = policy_of(rule)
    fleet = {number: (facts, {}) for number, facts in enumerate(pcs, start=1)}
    conditions = compile(policy, TODAY, knowledge=knowledge)
    judged = verdicts(built(fleet, Numbers()).judge(conditions, BitMap(fleet)))
    for number, (facts, _) in fleet.items():
        assert judged[number] == judge_one(policy, facts, {}, TODAY, knowledge=knowledge)
        for condition in conditions:  # what an explanation works out for one PC is what was judged
            outcome, _spoke = answer(condition, facts, {})
            stored = {one[0]: one[1] for one in judged[number].findings}
            assert stored.get(condition.id, outcome) == outcome


@LIMITS
@given(made.latest, made.knowledge, pc())
def test_a_pc_fails_when_and_only_when_a_missing_update_can_be_named(
    rule: Any, knowledge: Knowledge, facts: frozenset[Fact]
) -> None:
    asked = Latest(
        knowledge, TODAY, rule.delay_days, frozenset(rule.exclude), frozenset(), rule.components == "windows"
    )
    policy = policy_of(structs.replace(made.rules.SecurityUpdates(), latest=structs.replace(rule, severities=None)))
    found = facts | {Told("patch")}
    systems = [one for one in found if isinstance(one, made.Os)]
    if len(systems) == 1:
        installed = {one.kb for one in found if isinstance(one, Patch)}
        outcome, _ = answer(compile(policy, TODAY, knowledge=knowledge)[0], found, {})
        assert bool(asked.missing(systems[0], installed)) is (outcome is Outcome.FAIL)


@LIMITS
@given(made.latest, made.knowledge, made.systems, st.sets(st.sampled_from(made.IDS)), st.sampled_from(made.IDS))
def test_installing_one_more_update_never_makes_one_missing(
    rule: Any, knowledge: Knowledge, os: Any, installed: set[str], one: str
) -> None:
    asked = Latest(knowledge, TODAY, 0, frozenset(rule.exclude))
    key = asked.platform(os)
    if key is not None:
        build = (0, None)
        assert asked.inside(key, build, installed) <= asked.inside(key, build, installed | {one})
        if not asked.missing(os, installed):
            assert not asked.missing(os, installed | {one})


@LIMITS
@given(made.latest, made.knowledge, made.systems, st.sets(st.sampled_from(made.IDS)), st.sampled_from(made.IDS))
def test_excluding_one_more_update_never_names_it_and_never_makes_a_pc_fail(
    rule: Any, knowledge: Knowledge, os: Any, installed: set[str], one: str
) -> None:
    before = Latest(knowledge, TODAY, 0, frozenset(rule.exclude)).missing(os, installed)
    after = Latest(knowledge, TODAY, 0, frozenset({*rule.exclude, one})).missing(os, installed)
    assert one not in {missing.update.id for missing in after}
    assert before or not after
