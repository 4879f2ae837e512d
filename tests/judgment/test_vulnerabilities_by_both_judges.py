"""Holes of packages are judged on bitmaps of the dictionary, and once more range by range for one PC."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pyroaring import BitMap

from kanmon.common.facts import Agent, Fact, Os, Software, Told
from kanmon.feeds.holes import Holes
from kanmon.feeds.patches import Knowledge
from kanmon.judgment.judge import compile
from kanmon.judgment.one_pc import answer
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import JudgmentPolicy
from tests.judgment import generate_vulnerabilities as made
from tests.judgment.generate import TODAY
from tests.judgment.test_two_judges_say_the_same import Numbers, built, verdicts

LIMITS = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
DEBIAN, UBUNTU = Os("linux", "Debian GNU/Linux", "12.5"), Os("linux", "Ubuntu", "22.04")
ALMA, FEDORA = Os("linux", "AlmaLinux", "9.3"), Os("linux", "Fedora Linux", "40")
WINDOWS = Os("windows", "Windows 11 Pro", "10.0")
systems = st.sampled_from([DEBIAN, UBUNTU, ALMA, FEDORA, WINDOWS])


@st.composite
def pc(draw: st.DrawFn, packages: Any) -> frozenset[Fact]:
    found: set[Fact] = {Agent("test", "1"), *draw(st.sets(systems, min_size=1, max_size=2))}
    if draw(st.integers(0, 5)):
        found.add(Told("software"))
    if not draw(st.integers(0, 9)):
        found -= {DEBIAN, UBUNTU, ALMA}
    return frozenset(found | draw(st.sets(packages, max_size=5)))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Holes, list[frozenset[Fact]], Software]:
    """Feeds, PCs, and one more package."""
    holes, packages = draw(made.world)
    return holes, draw(st.lists(pc(packages), min_size=1, max_size=5)), draw(packages)


def policy_of(rule: Any) -> JudgmentPolicy:
    item = structs.replace(made.rules.SecurityUpdates(), judge=True, vulnerabilities=rule)
    return JudgmentPolicy(name="generated", security_updates=item)


@LIMITS
@given(made.rule, worlds(), st.integers(1, 5))
def test_both_judges_say_the_same_of_vulnerabilities(rule: Any, world: Any, first: int) -> None:
    holes, pcs, _ = world
    policy, knowledge = policy_of(rule), Knowledge(holes=holes)
    fleet = {number: (facts, {}) for number, facts in enumerate(pcs, start=1)}
    conditions = compile(policy, TODAY, knowledge=knowledge)
    numbers = Numbers()
    index = built(fleet, numbers)
    few = verdicts(index.judge(conditions, BitMap(list(fleet)[:first])))
    judged = verdicts(index.judge(conditions, BitMap(fleet)))
    assert few == {number: judged[number] for number in few}
    for number, (facts, _) in fleet.items():
        assert judged[number] == judge_one(policy, facts, {}, TODAY, knowledge=knowledge)
        for condition in conditions:  # what an explanation works out for one PC is what was judged
            outcome, _spoke = answer(condition, facts, {})
            stored = {one[0]: one[1] for one in judged[number].findings}
            assert stored.get(condition.id, outcome) == outcome


@LIMITS
@given(made.rule, worlds())
def test_another_package_never_mends_a_pc_but_a_newer_kernel(rule: Any, world: Any) -> None:
    holes, (facts, *_), one = world
    policy, knowledge = policy_of(rule), Knowledge(holes=holes)
    before = judge_one(policy, facts, {}, TODAY, knowledge=knowledge)
    after = judge_one(policy, facts | {one}, {}, TODAY, knowledge=knowledge)
    failed = {name for name, outcome, _ in before.findings if outcome == "failed"}
    if "linux-image" not in one.name and "kernel" not in one.name:
        assert failed <= {name for name, outcome, _ in after.findings if outcome == "failed"}


def test_a_package_that_is_learned_later_is_looked_up_too() -> None:
    policy = policy_of(made.rules.Vulnerabilities())
    debian = {Agent("test", "1"), Os("linux", "Debian GNU/Linux", "12.5"), Told("software")}
    conditions = compile(policy, TODAY, knowledge=Knowledge(holes=made.SAMPLE))
    numbers = Numbers()
    fleet: Any = {1: (frozenset(debian | {Software("Alpha", "1.1", scheme="deb")}), {})}
    index = built(fleet, numbers)
    assert not verdicts(index.judge(conditions, BitMap([1])))[1].findings
    fresh = debian | {Software("Alpha", "1.0", scheme="deb")}
    packed = numbers.packed(frozenset(fresh)).tobytes()
    index.learn((number, fact) for fact, number in numbers.of.items())
    index.load([(2, packed)])
    found = verdicts(index.judge(conditions, BitMap([1, 2])))
    assert [one for one in found if found[one].findings] == [2]
