"""What became of an operation that was running when its node was lost. Pure: no database, no clock.

The groups are those of the tables that administrators of the original system had to work through by hand; the
outcomes are what such a person would have found out.
"""

from collections.abc import Collection
from enum import StrEnum

from kanmon.cluster.said import Said
from kanmon.journal.states import State


class Group(StrEnum):
    """Under which heading of the report an operation stands, in order."""

    JUDGMENT = "judgment"
    ACTION = "action"  # carried out by the Manager
    WINDOW = "window"  # what a person did in a window, or a program by the API
    AGENT_ACTION = "agent_action"  # carried out by an Agent
    AGENT_SETUP = "agent_setup"  # what a person set up on an Agent


_GROUP_OF = {
    "record": Group.JUDGMENT,
    "judge": Group.JUDGMENT,
    "suspected": Group.WINDOW,
    "pcs": Group.WINDOW,
    "antivirus_versions": Group.JUDGMENT,
    "store_statistics": Group.JUDGMENT,
    "change": Group.WINDOW,
    "network": Group.AGENT_ACTION,
    "agent_setup": Group.AGENT_SETUP,
}
OTHER = Group.ACTION  # of every kind that is not named: act, mail, command, webhook and what comes later


def group_of(kind: str) -> Group:
    """The heading of operations of ``kind``."""
    return _GROUP_OF.get(kind, OTHER)


def kinds_of(group: Group) -> tuple[bool, list[str]]:
    """Which kinds belong to ``group``: (true, these) or, for ``OTHER``, (false, all but these)."""
    if group is OTHER:
        return False, [kind for kind, named in _GROUP_OF.items() if named is not OTHER]
    return True, [kind for kind, named in _GROUP_OF.items() if named is group]


class Outcome(StrEnum):
    """What became of it."""

    IN_DOUBT = "in_doubt"  # nobody can tell whether its effect happened: a person has to say
    HELD = "held"  # waits for a person
    FAILED = "failed"  # was resumed, and has failed with a sentence
    WAITING = "waiting"  # is resumed by itself, and has not begun again yet
    RESUMED = "resumed"  # went on where it was, or from the beginning
    MAY_REPEAT = "may_repeat"  # was done again, and the receiver can tell
    SUPPRESSED = "suppressed"  # had been done already: not done again
    REDONE = "redone"  # a person had it done again
    IT_RAN = "it_ran"  # a person said that it had been done
    CLOSED = "closed"  # a person closed it without an answer
    CANCELLED = "cancelled"  # is not wanted any more
    FINISHED_BEFORE = "finished_before"  # had ended before the node was lost

    @property
    def needs_person(self) -> bool:
        """Whether it does not go on without somebody."""
        return self in (Outcome.IN_DOUBT, Outcome.HELD)


# Events since that decide an outcome, the strongest first. ``already_done``: its function found that the effect had
# happened; ``asked_again``: somebody who had got no answer sent the same form or call again.
DECIDING = ("redone", "it_ran", "closed", "already_done", "may_be_repeat", "asked_again", "started")
TELLING = ("already_done", "followed", "not_begun")  # their own sentence says best what the function found
_BY_EVENT = {
    "redone": Outcome.REDONE,
    "it_ran": Outcome.IT_RAN,
    "closed": Outcome.CLOSED,
    "already_done": Outcome.SUPPRESSED,
    "may_be_repeat": Outcome.MAY_REPEAT,
}
_BY_STATE = {
    State.IN_DOUBT: Outcome.IN_DOUBT,
    State.HELD: Outcome.HELD,
    State.FAILED: Outcome.FAILED,
    State.CANCELLED: Outcome.CANCELLED,
}
_CAN = {
    Outcome.IN_DOUBT: ("redo", "it_ran", "close"),
    Outcome.FAILED: ("redo",),
    Outcome.HELD: ("release", "cancel"),
}


def outcome(state: State, ended: bool, events: Collection[str]) -> Outcome:
    """The outcome of an operation that is in ``state`` now. ``ended``: it had ended before the node was lost;
    ``events``: those of ``DECIDING`` since.
    """
    if ended:
        return Outcome.SUPPRESSED if "asked_again" in events else Outcome.FINISHED_BEFORE
    for event in ("redone", "it_ran", "closed"):
        if event in events:
            return _BY_EVENT[event]
    if state in _BY_STATE:
        return _BY_STATE[state]
    for event in ("already_done", "may_be_repeat"):
        if event in events:
            return _BY_EVENT[event]
    return Outcome.RESUMED if "started" in events or state is State.FINISHED else Outcome.WAITING


def can(what: Outcome) -> tuple[str, ...]:
    """What a person may choose: verbs of ``cluster.decide``."""
    return _CAN.get(what, ())


SENTENCES = {
    Outcome.FINISHED_BEFORE: "KNM4260-I",
    Outcome.WAITING: "KNM4263-I",
    Outcome.SUPPRESSED: "KNM4264-I",
    Outcome.MAY_REPEAT: "KNM4265-W",
    Outcome.IN_DOUBT: "KNM4266-W",
    Outcome.REDONE: "KNM4267-I",
    Outcome.IT_RAN: "KNM4268-I",
    Outcome.CLOSED: "KNM4269-I",
    Outcome.HELD: "KNM4270-W",
    Outcome.FAILED: "KNM4271-W",
    Outcome.CANCELLED: "KNM4272-I",
}


def resumed(done: int | None, of: int | None, attempt: int, node: str) -> Said:
    """The sentence of an operation that went on in ``attempt`` after ``done`` of ``of``, or from the beginning."""
    params = {"attempt": attempt, "node": node}
    if done:
        return Said("KNM4261-I", params | {"done": done, "of": "?" if of is None else of})
    return Said("KNM4262-I", params)
