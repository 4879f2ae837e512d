"""Findings for lists, for counts over the fleet, and for the page of one PC."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Count
from pyroaring import BitMap

from kanmon.console.language import language
from kanmon.console.read import keep
from kanmon.console.shown.overview import FailedCondition
from kanmon.console.shown.pc import FoundRow, ItemShown
from kanmon.inventory.models import Pc
from kanmon.judgment import failing as failing_now
from kanmon.judgment import why
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.explain import ItemExplanation, headline, item_of
from kanmon.judgment.findings import decode_set
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState
from kanmon.judgment.wording_failing import failing

SETS_COUNTED = 20_000
PASSING_SHOWN = 50
TELLING = ("failed", "unknown", "waived")


def worst(states: Collection[PcState]) -> dict[int, str]:
    """By PC: its worst finding in a few words."""
    texts = why.worst_texts({state.finding_set for state in states if state.finding_set}, language())
    return {state.pc: texts.get(state.finding_set or 0, "") for state in states}


@keep.for_seconds(30)
def _failures(only: frozenset[int] | None = None) -> list[tuple[str, Level, int]]:
    """Every failing condition with its level and its number of PCs: from the index, and while it is loading (or where
    none is) from the most common sets of findings.
    """
    if ENGINE.loaded:
        return [(condition, level, n) for (condition, level), n in failing_now.counts(members(only)).items()]
    states = PcState.objects.exclude(finding_set=None)
    if only is not None:
        states = states.filter(pc__in=Pc.objects.filter(group__in=only).values("id"))
    counted = states.values_list("finding_set").annotate(n=Count("pc"))
    pcs_of = dict(counted.order_by("-n")[:SETS_COUNTED])
    pcs: Counter[tuple[str, Level]] = Counter()
    numbers = list(pcs_of)
    for start in range(0, len(numbers), 500):
        for row in FindingSet.objects.filter(pk__in=numbers[start : start + 500]):
            for one in decode_set(bytes(row.body)):
                if one.outcome == "failed":
                    pcs[one.condition, one.level] += pcs_of[row.pk]
    return [(condition, level, count) for (condition, level), count in pcs.items()]


def members(only: frozenset[int] | None) -> BitMap | None:
    """The PCs of these groups, as the index has them; None for all."""
    if only is None:
        return None
    with ENGINE.lock:
        return BitMap.union(BitMap(), *(ENGINE.groups[group] for group in only if group in ENGINE.groups))


def most_failed(size: int, only: frozenset[int] | None = None) -> list[FailedCondition]:
    """The conditions that fail on most PCs: the worst level first, in it the most common. ``only``: in these groups."""
    common = sorted(_failures(only), key=lambda one: one[2], reverse=True)[:size]
    most = max((count for _, _, count in common), default=1)
    return [
        FailedCondition(
            item=item_of(condition),
            title=failing(condition, language()),
            level=level,
            count=count,
            share=100 * count / most,
            query="&".join(f"level={one.word}" for one in Level if one >= level),
        )
        for condition, level, count in sorted(common, key=lambda one: (one[1], one[2]), reverse=True)
    ]


def explain(pc: int) -> tuple[list[ItemShown], str]:
    """The six items of a PC, worst first, and why it is at its level; ([], "") when it has not been judged."""
    state = PcState.objects.filter(pc=pc).exclude(verdict=None).first()
    if state is None:
        return [], ""
    return shown(why.of_pc(pc, language()), {item: getattr(state, item) for item in ITEMS})


def shown(explained: Collection[ItemExplanation], levels: Mapping[str, int] | None) -> tuple[list[ItemShown], str]:
    """Explained items with the levels of the verdict (None: not judged), and why the PC is at its level."""
    if levels is None:
        return [], ""
    found = {one.item: _item(one, Level(levels.get(one.item, one.level))) for one in explained}
    for item in ITEMS:
        found.setdefault(item, ItemShown(item, Level(levels[item]), ()))
    return sorted(found.values(), key=lambda one: -one.level), headline(explained, language())


def _item(one: ItemExplanation, level: Level) -> ItemShown:
    rows = [
        FoundRow(
            row.title, row.outcome, row.found, row.wanted, row.mend,
            Level.NOT_APPLICABLE if row.waiver else row.level, row.waiver,
        )
        for row in one.rows
    ]  # fmt: skip
    telling = [row for row in rows if row.outcome in TELLING]
    fine = [row for row in rows if row.outcome not in TELLING]
    return ItemShown(one.item, level, telling + fine[:PASSING_SHOWN], max(0, len(fine) - PASSING_SHOWN))
