"""The pure decision: everybody is in exactly one set, conditions hold for all who are ordered, caps are kept."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kanmon.action.deciding import Done, Limits, People, decide, due, served
from kanmon.policy.rules_action import After, Repeat, Step
from tests.conftest import CAMPAIGN

TODAY = 738_000
MOST = 60
sets = st.sets(st.integers(1, MOST), max_size=MOST).map(BitMap)
steps = st.builds(
    Step, after=st.none() | st.builds(After, days=st.integers(0, 5), judgments=st.integers(1, 5)),
    repeat=st.none() | st.builds(Repeat, every_days=st.integers(1, 9), most=st.integers(1, 4)),
)  # fmt: skip
limits = st.builds(
    Limits, in_force=sets, already=sets, waiting=sets, spare=st.none() | st.integers(0, 20), reached=sets,
    dry_run=st.booleans(), held=st.booleans(),
)  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> People:
    here = draw(sets)
    return People(here, here & draw(sets), here & draw(sets), here & draw(sets), here & draw(sets))


@st.composite
def book(draw: st.DrawFn) -> list[Done]:
    """No PC twice, as the book keeps them."""
    left, found = BitMap(range(1, MOST + 1)), []
    for day, times in draw(st.sets(st.tuples(st.integers(TODAY - 12, TODAY + 3), st.integers(0, 6)), max_size=5)):
        some = draw(sets) & left
        left -= some
        found.append(Done(day, times, some))
    return found


@settings(max_examples=3000 if CAMPAIGN else 300, deadline=None)
@given(steps, st.booleans(), people(), book(), limits, st.booleans())
def test_everybody_is_in_one_set_and_the_ordered_may_be(
    step: Step, every: bool, who: People, done: list[Done], limit: Limits, conditions: bool
) -> None:
    found = decide(step, every, who, done, TODAY, limit, conditions)
    parts = [found.ordered, *found.withheld.values()]
    assert BitMap.union(BitMap(), *parts) == who.here
    assert sum(map(len, parts)) == len(who.here)
    assert all(found.withheld.values())
    ordered = found.ordered
    if conditions:
        assert not ordered & who.new
        assert ordered <= who.days
        assert ordered <= who.judgments
        assert not every or ordered <= who.judged
        for one in done:
            if one.times == 0:
                assert not ordered & one.pcs, "who is left alone is left alone"
            elif not every and ordered & one.pcs:
                assert step.repeat is not None
                assert one.times <= step.repeat.most
                assert TODAY - one.day >= step.repeat.every_days
    assert not ordered & limit.in_force
    assert not ordered & limit.already
    assert not ordered & limit.waiting
    assert not ordered or not (limit.dry_run or limit.held)
    if limit.spare is not None:
        assert len(ordered - limit.reached) <= limit.spare


@settings(max_examples=300, deadline=None)
@given(steps, people(), book())
def test_who_was_served_is_not_due_on_the_same_day(step: Step, who: People, done: list[Done]) -> None:
    first, _ = due(step, False, who, done, TODAY)
    again, _ = due(step, False, who, served(done, first, TODAY), TODAY)
    assert not again


@given(book(), sets)
def test_the_book_has_each_pc_once_and_forgets_nobody(done: list[Done], pcs: BitMap) -> None:
    after = served(done, pcs, TODAY)
    everybody = BitMap.union(BitMap(), *(one.pcs for one in after))
    assert sum(len(one.pcs) for one in after) == len(everybody)
    assert everybody == BitMap.union(pcs, *(one.pcs for one in done))
    assert all(one.day <= TODAY for one in after), "a clock that was ahead is forgotten"
    for one in done:
        for later in after:
            if both := one.pcs & later.pcs:
                assert later.times == one.times + (1 if both <= pcs else 0) or (both & pcs and both - pcs)


HERE = BitMap([1, 2, 3, 4])
ALL = People(HERE, HERE, BitMap(), HERE, HERE)


@pytest.mark.parametrize(
    ("days_ago", "times", "again"),
    [(6, 1, False), (7, 1, True), (8, 2, True), (30, 3, False), (30, 0, False), (-5, 1, False)],
)
def test_a_repeat_comes_after_its_days_and_so_many_times(days_ago: int, times: int, again: bool) -> None:
    step = Step(repeat=Repeat(every_days=7, most=2))
    found, _ = due(step, False, ALL, [Done(TODAY - days_ago, times, HERE)], TODAY)
    assert bool(found) is again


def test_the_first_by_number_have_the_room_of_the_cap_and_the_others_are_asked_about() -> None:
    found = decide(Step(), False, ALL, [], TODAY, Limits(spare=2))
    assert (list(found.ordered), list(found.withheld["cap"])) == ([1, 2], [3, 4])
    found = decide(Step(), False, ALL, [], TODAY, Limits(spare=1, reached=BitMap([4])))
    assert list(found.ordered) == [1, 4], "who has a place needs none"


def test_who_waits_goes_on_waiting_however_much_room_there_is() -> None:
    found = decide(Step(), False, ALL, [], TODAY, Limits(waiting=BitMap([1]), spare=100))
    assert list(found.withheld["cap"]) == [1]


def test_a_person_who_names_pcs_is_not_told_of_conditions() -> None:
    who = replace(ALL, new=HERE, days=BitMap(), judgments=BitMap())
    found = decide(Step(), False, who, [Done(TODAY, 1, HERE)], TODAY, Limits(), conditions=False)
    assert found.ordered == HERE
