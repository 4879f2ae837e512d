"""The day as a cause of judgments: ages grow without any report.

The day begins at midnight in the zone of the setting ``server.time_zone``. The first thing then is the operation "judge"
for the step from the day that was reached to the new one. It judges the PCs whose outcome or evidence differs between
the two days, and nobody else: they are found by asking the dictionary twice, as of either day, and looking up who has
the records that speak otherwise.

Each step is a row of ``judged_day``, made in the transaction that begins its operation, and says so when it is done. A
step goes on from the day of the last one that was done, so that days on which nobody led are made up by one step. If the
clock was set back the step goes back: what has been judged as of tomorrow is judged as of today again, and tomorrow once
more tomorrow.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Min
from pyroaring import BitMap

from kanmon.common import clock, zone
from kanmon.journal.models import Operation
from kanmon.journal.states import TERMINAL
from kanmon.judgment.condition import Condition, Outcome
from kanmon.judgment.fingerprint import fingerprint
from kanmon.judgment.index import Index
from kanmon.judgment.models import JudgedDay, PcState
from kanmon.policy import versions, waivers

if TYPE_CHECKING:
    from kanmon.judgment.engine import Engine

TOLD = (Outcome.FAIL, Outcome.UNKNOWN)


def next_step(today: date) -> tuple[date, date] | None:
    """From which day to which a step is to be made; None when today is reached, or a step is under way.

    A step that has failed is not tried again on its day: the next day's begins where it began.
    """
    last = JudgedDay.objects.order_by("-id").first()
    if last is None:
        oldest = PcState.objects.aggregate(at=Min("judged_at"))["at"]
        reached = zone.day_of(oldest) if oldest else today
        return (reached, today) if reached != today else None
    if last.done_at is not None:
        return (last.to_day, today) if last.to_day != today else None
    state = Operation.objects.filter(id=last.operation).values_list("state", flat=True).first()
    if last.to_day == today or (state is not None and state not in TERMINAL):
        return None
    return last.from_day, today


def is_settled(today: date) -> bool:
    """Nothing more will be begun on ``today``."""
    last = JudgedDay.objects.order_by("-id").values_list("to_day", flat=True).first()
    return last is None or last == today


def begin(step: tuple[date, date], operation: int) -> None:
    """Note the step that ``operation`` makes. In the transaction that begins it."""
    JudgedDay.objects.create(from_day=step[0], to_day=step[1], operation=operation)


def done(operation: int) -> None:
    """The step of ``operation`` was made. In the transaction that ends it."""
    JudgedDay.objects.filter(operation=operation).update(done_at=clock.now())


def reached(moment: datetime | None = None) -> date | None:
    """The day through which all verdicts hold, or held at ``moment``; None before the first step."""
    done = JudgedDay.objects.filter(done_at__lte=moment) if moment else JudgedDay.objects.exclude(done_at=None)
    found: date | None = done.order_by("-id").values_list("to_day", flat=True).first()
    return found


def concerned(engine: "Engine", before: date, today: date) -> BitMap:
    """The managed PCs whose verdict may differ between the two days. The engine's lock is held by the caller."""
    found = engine.within(waivers.turning(min(before, today), max(before, today)))
    for version, pcs in engine.parts(engine.managed).items():
        old = {one.id: one for one in engine.compiled(versions.rules(version), before)}
        new = {one.id: one for one in engine.conditions(version, today)}
        found |= _between(engine.index, old, new, pcs)
    return found & engine.managed


def _between(index: Index, old: Mapping[str, Condition], new: Mapping[str, Condition], pcs: BitMap) -> BitMap:
    found = BitMap()
    for name in old.keys() | new.keys():
        one, other = old.get(name), new.get(name)
        if one is not None and other is not None:
            if one.level != other.level or fingerprint(one) != fingerprint(other):
                found |= _differing(index, one, other, pcs)
        else:
            only = one or other
            assert only is not None
            of = index.outcomes(only, pcs)
            found |= BitMap.union(of[Outcome.FAIL], of[Outcome.UNKNOWN], of[Outcome.PASS])
    return found


def _differing(index: Index, one: Condition, other: Condition, pcs: BitMap) -> BitMap:
    """The PCs for which the two have another outcome, level or evidence."""
    before, after = index.outcomes(one, pcs), index.outcomes(other, pcs)
    found = BitMap.union(BitMap(), *(before[outcome] ^ after[outcome] for outcome in before))
    told = BitMap.union(*(after[outcome] for outcome in TOLD))
    if one.level != other.level:
        found |= told
    for was, now in zip(one.parts, other.parts, strict=False):
        if was.key != now.key:  # which updates a PC misses may differ although both days it misses some
            found |= told if now.latest or now.vulnerable else index.differing(was, now, told)
    return found
