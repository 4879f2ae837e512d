"""Every legal step of an operation, in one function.

    held <--hold/release--> waiting <-- interrupted and repeatable, or passing failure with tries left
                               | claim
                               v
                            running --finish--> finished      --fail--> failed
                               | set_aside: interrupted again and again without getting on -> held
                               | interrupted and not repeatable
                               v
                           in_doubt --it_ran--> finished  --close--> cancelled  --redo--> cancelled

    waiting, held --cancel--> cancelled

A retry of a failed one, and a redo, is a *new* operation with ``redo_of``.
"""

from enum import StrEnum


class State(StrEnum):
    """State of an operation."""

    WAITING = "waiting"
    HELD = "held"
    RUNNING = "running"
    IN_DOUBT = "in_doubt"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to an operation."""

    CLAIM = "claim"
    FINISH = "finish"
    FAIL = "fail"
    RETRY = "retry"  # passing failure, tries left
    PUT_BACK = "put_back"  # interrupted, and repeatable
    DOUBT = "doubt"  # interrupted, and not repeatable
    SET_ASIDE = "set_aside"  # interrupted too often in a row without getting on
    HOLD = "hold"
    RELEASE = "release"
    CANCEL = "cancel"
    IT_RAN = "it_ran"
    CLOSE = "close"
    REDO = "redo"
    REPLAY = "replay"  # begins a new operation; this one stays as it is


TERMINAL = frozenset({State.FINISHED, State.FAILED, State.CANCELLED})

_STEPS: dict[tuple[State, Event], State] = {
    (State.WAITING, Event.CLAIM): State.RUNNING,
    (State.WAITING, Event.HOLD): State.HELD,
    (State.WAITING, Event.CANCEL): State.CANCELLED,
    (State.HELD, Event.RELEASE): State.WAITING,
    (State.HELD, Event.CANCEL): State.CANCELLED,
    (State.RUNNING, Event.FINISH): State.FINISHED,
    (State.RUNNING, Event.FAIL): State.FAILED,
    (State.RUNNING, Event.RETRY): State.WAITING,
    (State.RUNNING, Event.PUT_BACK): State.WAITING,
    (State.RUNNING, Event.DOUBT): State.IN_DOUBT,
    (State.RUNNING, Event.SET_ASIDE): State.HELD,
    (State.IN_DOUBT, Event.IT_RAN): State.FINISHED,
    (State.IN_DOUBT, Event.CLOSE): State.CANCELLED,
    (State.IN_DOUBT, Event.REDO): State.CANCELLED,
}


class IllegalStep(Exception):
    """An operation was asked to make a step that its state does not have."""

    def __init__(self, state: State, event: Event) -> None:
        self.state, self.event = state, event
        super().__init__(f"an operation that is {state} can't {event}")


def step(state: State, event: Event) -> State:
    """The state after ``event``. Raises IllegalStep that names both."""
    try:
        return _STEPS[state, event]
    except KeyError:
        raise IllegalStep(state, event) from None
