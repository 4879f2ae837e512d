"""The pure decision: who is due for one action of one step, what holds it back, and why it is not done for the others.

An action policy says for a level what is done at once and what later (steps), under which conditions, how often again.
It is decided anew at every judgment from what is true then, not from events: whoever is at the level, fulfils the
conditions and has not been served since he came to the level is due. So nothing is lost when a decision fails, is held
or capped - the next one comes to the same - and nothing is done twice, because what was done is written down with the
order (``done``).

    here                    the PCs at this level that this decision is about
     - new                  in their days of grace
     - not long enough      the level has not been the same for the days or judgments that are wanted
     - served               done since they came to the level, and no repeat is due
     = due
     - in force already     for the network: it says so already
     - asked about          a person is asked (``already``), or was asked before (``cap``)
     - dry run, held        nothing is done at all
     - beyond the cap       a person is asked
     = ordered

All are sets of PC numbers; a PC is in exactly one of them. No clock, no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pyroaring import BitMap

from kanmon.policy.rules_action import Step

Why = Literal[
    "grace", "days", "judgments", "served", "not_judged", "in_force", "already", "cap", "dry_run", "held"
]  # fmt: skip


class Slot(NamedTuple):
    """One action of one step: by what it is remembered. ``policy``: its number, not that of a version."""

    policy: int
    level: int
    step: int
    kind: str


@dataclass(frozen=True, slots=True)
class Done:
    """PCs that were served ``times`` times since they came to the level, last on ``day`` (an ordinal)."""

    day: int
    times: int
    pcs: BitMap


@dataclass(frozen=True, slots=True)
class People:
    """Whom a decision is about: PCs at one level under one policy.

    ``here``: all of them. ``judged``: those of them that were judged in this run. ``new``: in their days of grace.
    ``days``, ``judgments``: whose level has been the same for as long as the step wants.
    """

    here: BitMap
    judged: BitMap
    new: BitMap
    days: BitMap
    judgments: BitMap


def only(people: People, pcs: BitMap) -> People:
    """Of ``people`` those in ``pcs``."""
    return People(
        people.here & pcs, people.judged & pcs, people.new & pcs, people.days & pcs, people.judgments & pcs
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What keeps an action from those that are due.

    ``in_force``: PCs for which it is so already. ``already``, ``waiting``: about whom a person is asked, because they
    were at the level when the action was switched on, or because of the cap. ``spare``: for how many more the cap
    has room; None: there is no cap. ``reached``: PCs that have their place under it already.
    """

    in_force: BitMap = field(default_factory=BitMap)
    already: BitMap = field(default_factory=BitMap)
    waiting: BitMap = field(default_factory=BitMap)
    spare: int | None = None
    reached: BitMap = field(default_factory=BitMap)
    dry_run: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """``ordered``: for whom it is done now. ``withheld``: for whom it is not, by the reason; no empty ones."""

    ordered: BitMap
    withheld: Mapping[Why, BitMap]


def due(step: Step, every: bool, people: People, done: Iterable[Done], today: int) -> tuple[BitMap, dict[Why, BitMap]]:
    """Who is due for an action of ``step``, and why the others of ``people.here`` are not.

    ``every``: at every judgment, however often it was done. ``today``: an ordinal.
    """
    rest = BitMap(people.here)
    not_due: dict[Why, BitMap] = {}

    def without(why: Why, pcs: BitMap) -> None:
        nonlocal rest
        if found := rest & pcs:
            not_due[why] = found
            rest -= found

    without("grace", people.new)
    without("days", rest - people.days)
    without("judgments", rest - people.judgments)
    if every:
        without("not_judged", rest - people.judged)
    served = [one.pcs for one in done if (one.times == 0 if every else not _again(step, one, today))]
    without("served", BitMap.union(BitMap(), *served))
    return rest, not_due


def _again(step: Step, done: Done, today: int) -> bool:
    """Whether those who were served so often and so long ago are due once more. A day to come counts as today."""
    repeat = step.repeat
    if repeat is None or done.times == 0:
        return False
    return done.times <= repeat.most and today - min(done.day, today) >= repeat.every_days


def decide(
    step: Step, every: bool, people: People, done: Iterable[Done], today: int, limits: Limits, conditions: bool = True
) -> Decided:
    """What becomes of ``people`` in regard of one action of ``step``. ``conditions`` false: all are due."""
    rest, withheld = due(step, every, people, done, today) if conditions else (BitMap(people.here), {})

    def without(why: Why, pcs: BitMap) -> None:
        nonlocal rest
        if found := rest & pcs:
            withheld[why] = withheld.get(why, BitMap()) | found
            rest -= found

    without("in_force", limits.in_force)
    without("already", limits.already)
    if limits.dry_run:
        without("dry_run", rest)
    if limits.held:
        without("held", rest)
    without("cap", limits.waiting)
    if limits.spare is not None:
        without("cap", BitMap((rest - limits.reached)[max(0, limits.spare) :]))
    return Decided(rest, withheld)


def served(done: Iterable[Done], pcs: BitMap, today: int) -> list[Done]:
    """``done`` after ``pcs`` were served today."""
    found: dict[tuple[int, int], BitMap] = {}

    def put(day: int, times: int, some: BitMap) -> None:
        if some:
            found[day, times] = found.get((day, times), BitMap()) | some

    fresh = BitMap(pcs)
    for one in done:
        put(min(one.day, today), one.times, one.pcs - pcs)
        put(today, one.times + 1, one.pcs & pcs)
        fresh -= one.pcs
    put(today, 1, fresh)
    return [Done(day, times, some) for (day, times), some in sorted(found.items())]
