"""The questions to the index: what the present policies say, and what the new one would.

The judge shares the index. Conditions are therefore asked a few at a time, and the lock is given back in between
(``HOLD_SECONDS``). If the index has moved meanwhile, the answers would be of two moments: then it is begun anew, and
the last time the lock is kept.

Answers are kept by what a condition asks (``fingerprint``) as long as position, day and scope are the same.
"""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pyroaring import BitMap

from kanmon.common import zone
from kanmon.common.errors import Refused
from kanmon.journal.changes import Position
from kanmon.judgment.condition import Condition
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.fingerprint import fingerprint
from kanmon.policy import versions
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy, load
from kanmon.whatif.effect import Effect, compare
from kanmon.whatif.standing import Outcomes, Standing, stand, united
from kanmon.whatif.target import Target, held_by

HOLD_SECONDS = 0.02
TURNS = 3


class Moved(Exception):
    """The index went on between two conditions."""


@dataclass(frozen=True)
class Kept:
    """Answers about ``scope`` as of ``moment``. Threads that ask at the same time may fill the same one."""

    moment: tuple[Position, date] | None = None
    scope: BitMap = field(default_factory=BitMap)
    answers: dict[Hashable, Outcomes] = field(default_factory=dict)


_kept = Kept()


def _kept_for(moment: tuple[Position, date], scope: BitMap) -> dict[Hashable, Outcomes]:
    global _kept
    kept = _kept
    if (kept.moment, kept.scope) != (moment, scope):
        kept = _kept = Kept(moment, BitMap(scope))
    return kept.answers


def what_if(document: str | JudgmentPolicy, target: Target | None = None) -> Effect:
    """What would change if ``document`` held at ``target``. Writes nothing.

    Raises Refused: KNM50xx for a document that is none, KNM2130-E for an action policy, and what ``held_by`` raises.
    """
    policy: JudgmentPolicy | ActionPolicy = load(document) if isinstance(document, str) else document
    if not isinstance(policy, JudgmentPolicy):
        raise Refused("KNM2130-E", status=422, name=policy.name)
    ENGINE.catch_up()
    for turn in range(TURNS):
        try:
            if turn == TURNS - 1:
                with ENGINE.lock:
                    return _asked(policy, target or Target())
            return _asked(policy, target or Target())
        except Moved:
            continue
    raise AssertionError("the index moved while its lock was held")


def _asked(policy: JudgmentPolicy, target: Target) -> Effect:
    with ENGINE.lock:
        day = zone.today()
        moment = ENGINE.position, day
        scope = held_by(ENGINE, policy.name, target)
        parts = ENGINE.parts(scope)
        present = {version: (ENGINE.conditions(version, day), pcs) for version, pcs in parts.items()}
        waived = ENGINE.waived(day)
    edited = ENGINE.compiled(policy, day)
    ENGINE.want_columns(edited)
    begun = time.perf_counter()
    standings: list[Standing] = []
    for conditions, pcs in present.values():
        standings.append(stand(conditions, _answers(conditions, scope, moment), pcs, waived))
    after = stand(edited, _answers(edited, scope, moment), scope, waived)
    judged = BitMap.union(BitMap(), *parts.values())
    replaces = tuple(versions.label(version) for version in parts)
    before = united(standings, scope - judged)
    milliseconds = (time.perf_counter() - begun) * 1000
    return compare(policy.name, replaces, scope, before, after, milliseconds)


def _answers(conditions: Sequence[Condition], scope: BitMap, moment: tuple[Position, date]) -> list[Outcomes]:
    """The outcomes of ``conditions`` in ``scope``, each from what is kept or from the index."""
    answers = _kept_for(moment, scope)
    marks = [fingerprint(one) for one in conditions]
    missing = [(mark, one) for mark, one in zip(marks, conditions, strict=True) if mark not in answers]
    while missing:
        with ENGINE.lock:
            until = time.perf_counter() + HOLD_SECONDS
            while missing and time.perf_counter() < until:
                if ENGINE.position != moment[0]:
                    raise Moved
                mark, one = missing.pop()
                answers[mark] = ENGINE.outcomes(one, scope)
        time.sleep(0)
    return [answers[mark] for mark in marks]
