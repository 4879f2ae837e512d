"""Findings for lists, for counts over the fleet, and for the page of one PC."""

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from pyroaring import BitMap

from kanmon.console.language import language
from kanmon.console.read import keep
from kanmon.console.shown.overview import FailedCondition
from kanmon.console.shown.pc import FoundRow, ItemShown
from kanmon.judgment import why
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.explain import ItemExplanation, headline, item_of
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState
from kanmon.judgment.wording_failing import failing
from kanmon.search.failing import Failing
from kanmon.search.failing import most_failed as most_failing

PASSING_SHOWN = 50
TELLING = ("failed", "unknown", "waived")


def worst(states: Collection[PcState]) -> dict[int, str]:
    """By PC: its worst finding in a few words."""
    texts = why.worst_texts({state.finding_set for state in states if state.finding_set}, language())
    return {state.pc: texts.get(state.finding_set or 0, "") for state in states}


def members(only: frozenset[int] | None) -> BitMap | None:
    """The PCs of these groups, as the index has them; None for all."""
    if only is None:
        return None
    with ENGINE.lock:
        return BitMap.union(BitMap(), *(ENGINE.groups[group] for group in only if group in ENGINE.groups))


@keep.for_seconds(3)
def _most_failed(size: int, only: frozenset[int] | None) -> list[Failing]:
    return most_failing(size, only)


def most_failed(size: int, only: frozenset[int] | None = None) -> list[FailedCondition]:
    """The conditions that fail on most PCs: the worst level first, in it the most common. ``only``: in these groups."""
    common = _most_failed(size, only)
    most = max((one.pcs for one in common), default=1)
    return [
        FailedCondition(
            item=item_of(one.condition),
            title=failing(one.condition, language()),
            level=one.level,
            count=one.pcs,
            share=100 * one.pcs / most,
            query=urlencode({"condition": one.condition}),
        )
        for one in sorted(common, key=lambda one: (one.level, one.pcs), reverse=True)
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
            Level.NOT_APPLICABLE if row.waiver else row.level, row.waiver, row.condition,
        )
        for row in one.rows
    ]  # fmt: skip
    telling = [row for row in rows if row.outcome in TELLING]
    fine = [row for row in rows if row.outcome not in TELLING]
    return ItemShown(one.item, level, telling + fine[:PASSING_SHOWN], max(0, len(fine) - PASSING_SHOWN))
