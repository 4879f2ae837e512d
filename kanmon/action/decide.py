"""Deciding: verdicts that nobody has decided on -> orders, each with a sentence.

``choose`` is pure. The operation "act" runs when its run's collecting window has closed, so that all PCs of
the window stand in one mail. It marks the verdicts in the transaction that writes the orders.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from pyroaring import BitMap

from kanmon.action.orders import ORDERS, Wanted
from kanmon.common import config, fault, messages
from kanmon.inventory.models import Group, Pc
from kanmon.journal import runs
from kanmon.journal.models import Run
from kanmon.journal.worker import Work
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState, Verdict
from kanmon.policy import assignment, versions
from kanmon.policy.rules_action import ActionPolicy, LevelActions

ACTED_LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A PC that was judged: its level now and before."""

    pc: int
    level: int
    before: int


def choose(policy: ActionPolicy, level: Level, changed: Iterable[Seen], judged: BitMap) -> BitMap:
    """The PCs on which ``policy`` acts at ``level``. Pure.

    ``changed``: verdicts that changed; ``judged``: PCs of the run that have this level, changed or not.
    """
    actions: LevelActions = getattr(policy, level.word)
    if not actions.wanted:
        return BitMap()
    if actions.when == "every_judgment":
        return judged
    return BitMap(seen.pc for seen in changed if seen.level == level and seen.before != level)


def decide_actions(work: Work) -> None:
    """The operation "act" of a run: order what the action policies want, and mark its verdicts decided."""
    run = Run.objects.get(id=work.operation.run)
    with work.transaction():
        ended = Run.objects.exclude(ended_at=None).values("id")
        scope = BitMap.deserialize(bytes(run.scope)) if run.scope else BitMap()
        of_window = Q(run=run.id) | Q(run__in=ended)
        if run.cause == runs.AGAIN:  # what was judged just before, and waits for its window, is decided with it
            of_window |= Q(pc__in=list(scope))
        waiting = Verdict.objects.filter(decided_run=None).filter(of_window)
        changed = [Seen(*row) for row in waiting.filter(to_at=None).values_list("pc", "level", "level_before")]
        scope |= BitMap(seen.pc for seen in changed)
        orders, pcs, notes = 0, BitMap(), []
        for version, members in sorted(_policies(scope).items()):
            for level in ACTED_LEVELS:
                policy: ActionPolicy = versions.rules(version)
                actions: LevelActions = getattr(policy, level.word)
                if not actions.wanted:
                    continue
                judged = _having(level, members & scope)
                chosen = choose(policy, level, [seen for seen in changed if seen.pc in members], judged)
                if chosen:
                    notes += [
                        ORDERS[kind](Wanted(work, run, version, policy, level, chosen)) for kind in actions.wanted
                    ]
                    orders += len(actions.wanted)
                    pcs |= chosen
        waiting.update(decided_run=run.id)
        runs.close(run.id)
        fault.point("decided")
        sentence = " ".join(notes) if notes else messages.text("KNM3019-I", {}, str(config.get("server.language")))
        work.finish(orders=orders, pcs=len(pcs), sentence=sentence)


def _policies(scope: BitMap) -> dict[int, BitMap]:
    groups: dict[int, BitMap] = defaultdict(BitMap)
    for pc, group in Pc.objects.filter(managed=True).values_list("id", "group_id").iterator(chunk_size=10_000):
        if pc in scope:
            groups[group].add(pc)
    parents = dict(Group.objects.values_list("id", "parent_id"))

    def ancestors(group: int) -> list[int]:
        found = [group]
        while (parent := parents.get(found[-1])) is not None:
            found.append(parent)
        return found

    managed = BitMap.union(BitMap(), *groups.values())
    return assignment.resolve("action", managed, groups, ancestors)


def _having(level: Level, pcs: BitMap) -> BitMap:
    rows = PcState.objects.filter(level=int(level)).values_list("pc", flat=True).iterator(chunk_size=10_000)
    return BitMap(rows) & pcs
