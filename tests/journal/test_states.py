"""Every step that an operation may make, and every other one refused by name."""

import itertools

import pytest

from kanmon.journal.states import TERMINAL, Event, IllegalStep, State, step

# state: event -> state
LEGAL = {
    "waiting": {"claim": "running", "hold": "held", "cancel": "cancelled"},
    "held": {"release": "waiting", "cancel": "cancelled"},
    "running": {
        "finish": "finished", "fail": "failed", "retry": "waiting", "put_back": "waiting", "doubt": "in_doubt",
        "set_aside": "held",
    },
    "in_doubt": {"it_ran": "finished", "close": "cancelled", "redo": "cancelled"},
    "finished": {},
    "failed": {},
    "cancelled": {},
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)), ids=str)
def test_a_step_is_legal_or_refused_by_both_names(state: State, event: Event) -> None:
    after = LEGAL[state].get(event)
    if after:
        assert step(state, event) == after
    else:
        with pytest.raises(IllegalStep) as told:
            step(state, event)
        assert str(told.value) == f"an operation that is {state} can't {event}"
        assert (told.value.state, told.value.event) == (state, event)


def test_terminal_states_are_those_without_a_way_out() -> None:
    assert {state for state in State if not LEGAL[state]} == TERMINAL


def test_every_state_can_be_reached_and_left_for_a_terminal_one() -> None:
    reached = {"waiting"}
    for _ in State:
        reached |= {after for state in reached for after in LEGAL[state].values()}
    assert reached == set(LEGAL)
    ends = set(TERMINAL)
    for _ in State:
        ends |= {state for state in LEGAL if set(LEGAL[state].values()) & {str(end) for end in ends}}
    assert {str(state) for state in ends} == set(LEGAL)
