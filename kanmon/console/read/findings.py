"""Findings for lists, for counts over the fleet, and for the page of one PC."""

from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Count

from kanmon.common import clock
from kanmon.common.facts import CODE_OF, Fact, Told
from kanmon.console import finding_words
from kanmon.console.read import keep
from kanmon.console.read.inventory import columns, decode, numbers_of
from kanmon.console.shown import FailedCondition, FoundRow, ItemShown
from kanmon.console.wording import language
from kanmon.inventory.models import FactRow, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.judgment import explain as explaining
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case
from kanmon.judgment.findings import Finding, decode_set
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState
from kanmon.policy import versions

SETS_COUNTED = 20_000
PASSING_SHOWN = 50


def _worst(found: Iterable[Finding]) -> Finding | None:
    """The finding that decides the level of the PC, in the order of items."""

    def rank(one: Finding) -> tuple[int, int]:
        item = finding_words.item(one.condition)
        return int(one.level), -ITEMS.index(item) if item in ITEMS else -len(ITEMS)

    return max(found, key=rank, default=None)


@lru_cache(maxsize=64)
def _sayers(version: int) -> dict[str, Any]:
    return explaining.sayers(versions.rules(version))


def worst(states: Collection[PcState]) -> dict[int, str]:
    """By PC: its worst finding in a few words."""
    sets = FindingSet.objects.in_bulk({state.finding_set for state in states if state.finding_set})
    chosen = {
        state.pc: (state, sets[state.finding_set].policy_version, one)
        for state in states
        if state.finding_set in sets and (one := _worst(decode_set(bytes(sets[state.finding_set].body))))
    }
    evidence = decode({number for _, _, one in chosen.values() for number in one.facts})
    told, values = _told(list(chosen)), _columns(list(chosen))
    texts = {}
    for pc, (state, version, one) in chosen.items():
        records = tuple(evidence[number] for number in one.facts if number in evidence)
        day = (state.judged_at or clock.now()).date()
        case = Case(Outcome(one.outcome), records, [*records, *told[pc]], values.get(pc, {}), day, language())
        texts[pc] = _short(_sayers(version).get(one.condition), case)
    return texts


def _short(sayer: Any, case: Case) -> str:
    if sayer is None:
        return ""
    said = sayer(case)
    text: str = said.short or said.found
    if text == case.untold():
        text = f"{said.title}: {text}"
    return text[:1].upper() + text[1:]


def _told(pcs: Collection[int]) -> dict[int, list[Fact]]:
    """By PC: which classes its source tells about."""
    known = decode(FactRow.objects.filter(cls=CODE_OF[Told]).values_list("id", flat=True))
    held = PcFacts.objects.filter(pc__in=pcs).values_list("pc", "packed")
    told: dict[int, list[Fact]] = {pc: [] for pc in pcs}
    for pc, packed in held:
        has = set(unpack(bytes(packed)).tolist())
        told[pc] = [fact for number, fact in known.items() if number in has]
    return told


def _columns(pcs: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = PcColumns.objects.filter(pc__in=pcs).values_list("pc", "packed")
    return {pc: unpack_columns(bytes(packed)) for pc, packed in rows}


@keep.for_seconds(30)
def _failures() -> list[tuple[str, Level, int]]:
    """Every failing condition with its level and its number of PCs, from the most common sets of findings."""
    counted = PcState.objects.exclude(finding_set=None).values_list("finding_set").annotate(n=Count("pc"))
    pcs_of = dict(counted.order_by("-n")[:SETS_COUNTED])
    pcs: Counter[tuple[str, Level]] = Counter()
    numbers = list(pcs_of)
    for start in range(0, len(numbers), 500):
        for row in FindingSet.objects.filter(pk__in=numbers[start : start + 500]):
            for one in decode_set(bytes(row.body)):
                if one.outcome == "failed":
                    pcs[one.condition, one.level] += pcs_of[row.pk]
    return [(condition, level, count) for (condition, level), count in pcs.items()]


def most_failed(size: int) -> list[FailedCondition]:
    """The conditions that fail on most PCs: the worst level first, in it the most common."""
    common = sorted(_failures(), key=lambda one: one[2], reverse=True)[:size]
    most = max((count for _, _, count in common), default=1)
    return [
        FailedCondition(
            item=finding_words.item(condition),
            title=finding_words.title(condition),
            level=level,
            count=count,
            share=100 * count / most,
        )
        for condition, level, count in sorted(common, key=lambda one: (one[1], one[2]), reverse=True)
    ]


def explain(pc: int) -> tuple[list[ItemShown], str]:
    """The six items of a PC, worst first, and why it is at its level; ([], "") when it has not been judged."""
    state = PcState.objects.filter(pc=pc).exclude(finding_set=None).first()
    found = FindingSet.objects.filter(pk=state.finding_set).first() if state else None
    if state is None or found is None:
        return [], ""
    findings = decode_set(bytes(found.body))
    own = numbers_of(pc)
    records = decode([*own, *(number for one in findings for number in one.facts)])
    explained = explaining.explain(
        versions.rules(found.policy_version),
        versions.label(found.policy_version),
        findings,
        records,
        [records[number] for number in own if number in records],
        columns(pc),
        (state.judged_at or clock.now()).date(),
        language(),
    )
    shown = {one.item: _item(one, Level(getattr(state, one.item, one.level))) for one in explained}
    for item in ITEMS:
        shown.setdefault(item, ItemShown(item, Level(getattr(state, item)), ()))
    ordered = sorted(shown.values(), key=lambda one: -one.level)
    return ordered, explaining.headline(explained, language())


def _item(one: explaining.ItemExplanation, level: Level) -> ItemShown:
    rows = [FoundRow(row.title, row.outcome, row.found, row.wanted, row.mend, row.level) for row in one.rows]
    telling = [row for row in rows if row.outcome in ("failed", "unknown")]
    fine = [row for row in rows if row.outcome not in ("failed", "unknown")]
    return ItemShown(one.item, level, telling + fine[:PASSING_SHOWN], max(0, len(fine) - PASSING_SHOWN))
