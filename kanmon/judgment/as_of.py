"""As of a moment: what was true of PCs then, from what is stored.

Verdicts hold from one judgment to another, so "as of" is a look-up. What a PC had then is what it has now with the
changes since undone, newest first. The words of a finding are made anew from both, under the policy version that judged
and as of the day of the moment. ``judged_again`` judges the stored inventory by the stored version once more: the same
verdict comes out, and if it does not, the page says so.

Groups and names of PCs are those of now. A moment before the kept history (``judgment.keep_history_days``) is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from pyroaring import BitMap

from kanmon.common import clock, config, zone
from kanmon.common.errors import Refused
from kanmon.common.facts import Fact
from kanmon.feeds import patches_store
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import PcColumns, PcFacts
from kanmon.inventory.packing import Numbers, read_difference, unpack, unpack_columns
from kanmon.journal.models import Change
from kanmon.judgment import days, waived, why
from kanmon.judgment.explain import ItemExplanation
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import Level
from kanmon.judgment.models import FindingSet, Verdict
from kanmon.policy import versions


@dataclass(frozen=True, slots=True)
class Then:
    """A PC at ``moment``; ``verdict`` None: it had not been judged. ``same``: judging it again says the same."""

    moment: datetime
    verdict: Verdict | None
    facts: dict[int, Fact]
    columns: dict[str, Any]
    items: list[ItemExplanation]
    same: bool


def moment_of(text: str) -> datetime:
    """The moment that ``text`` names: a day means its end, a day and time without an offset are by the setting's zone.

    Raises Refused KNM2140-E (no date), KNM2141-E (in the future), KNM2142-E (before the history that is kept).
    """
    now = clock.now()
    try:
        moment = zone.ends(date.fromisoformat(text)) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise Refused("KNM2140-E", status=422, text=text[:60]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone.zone())
    if len(text) == 10 and zone.day_of(moment) == zone.day_of(now):
        return now
    if moment > now:
        raise Refused("KNM2141-E", status=422, text=text)
    kept = kept_since()
    if kept is not None and moment < kept:
        raise Refused("KNM2142-E", status=404, text=text, days=int(config.get("judgment.keep_history_days")))
    return moment


def kept_since() -> datetime | None:
    """Since when verdicts and changes are kept for sure; None: all are."""
    kept = int(config.get("judgment.keep_history_days"))
    return clock.now() - timedelta(days=kept) if kept else None


def verdict_of(pc: int, moment: datetime) -> Verdict | None:
    """The verdict of ``pc`` that held at ``moment``."""
    found: Verdict | None = Verdict.objects.filter(_held(moment), pc=pc).order_by("-id").first()
    return found


def _held(moment: datetime) -> Q:
    return Q(from_at__lte=moment) & (Q(to_at__isnull=True) | Q(to_at__gt=moment))


def levels(moment: datetime, after: int, limit: int, pcs: Iterable[int] | None = None) -> dict[int, int]:
    """PC -> level at ``moment``, of the first ``limit`` judged PCs with a number over ``after``, or of ``pcs``."""
    rows = Verdict.objects.filter(_held(moment))
    rows = rows.filter(pc__in=list(pcs)) if pcs is not None else rows.filter(pc__gt=after)
    found: dict[int, int] = {}
    for pc, level in rows.order_by("pc", "id").values_list("pc", "level").iterator(chunk_size=2000):
        if pc not in found and len(found) == limit:
            break
        found[pc] = level
    return found


def pc_then(pc: int, moment: datetime, language: str) -> Then:
    """All that is told of a PC at ``moment``."""
    verdict = verdict_of(pc, moment)
    numbers, columns = inventory_then(pc, moment)
    facts = facts_of(numbers)
    if verdict is None:
        return Then(moment, None, facts, columns, [], True)
    findings = decode_set(bytes(FindingSet.objects.get(id=verdict.finding_set).body))
    items = why.explained(
        verdict.policy_version, findings, facts, columns, _day(verdict, moment), language,
        why.waivers_of(pc, moment, language), moment,
    )  # fmt: skip
    return Then(moment, verdict, facts, columns, items, judged_again(pc, verdict, facts, columns, moment))


def _day(verdict: Verdict, moment: datetime) -> date:
    """The day as of which a verdict held at ``moment``: that of the moment, unless nobody led when that day began."""
    judged, reached = zone.day_of(verdict.from_at), days.reached(moment)
    return judged if reached is None else max(judged, reached)


def inventory_then(pc: int, moment: datetime) -> tuple[Numbers, dict[str, Any]]:
    """The numbers of the facts that ``pc`` had at ``moment``, and its columns."""
    rows = Change.objects.filter(subject=pc)
    packed = PcFacts.objects.filter(pc=pc).values_list("packed", flat=True).first()
    numbers = unpack(bytes(packed or b""))
    for body in _since(rows.filter(kind="facts"), moment).order_by("-seq").values_list("body", flat=True):
        if body:
            added, removed = read_difference(bytes(body))
            numbers = np.union1d(np.setdiff1d(numbers, added, assume_unique=True), removed).astype("<u4")
    told = rows.filter(kind="columns")
    then = told.filter(at__lte=moment).order_by("-seq").values_list("body", flat=True).first()
    if then is None and not told.exists():
        then = PcColumns.objects.filter(pc=pc).values_list("packed", flat=True).first()
    return numbers, unpack_columns(bytes(then)) if then else {}


def _since(rows: Any, moment: datetime) -> Any:
    """The changes after the newest one that was written by ``moment``. By number: a clock may have been set back."""
    newest = rows.filter(at__lte=moment).order_by("-seq").values_list("seq", flat=True).first()
    return rows if newest is None else rows.filter(seq__gt=newest)


def judged_again(pc: int, verdict: Verdict, facts: dict[int, Fact], columns: dict[str, Any], moment: datetime) -> bool:
    """Whether the stored inventory, judged by the stored policy version as of then, gives the stored levels."""
    index = Index()
    index.learn(facts.items())
    index.apply(pc, np.array(sorted(facts), dtype=np.uint32), np.zeros(0, np.uint32))
    for name, value in columns.items():
        index.set_column(pc, name, value)
    rules, knowledge = versions.rules(verdict.policy_version), patches_store.at(moment)
    conditions = compile(rules, _day(verdict, moment), zone.zone(), knowledge)
    let_off = {condition: BitMap([pc]) for condition in waived.of_pc(pc, moment)}
    judged = index.judge(conditions, BitMap([pc]), findings=False, waived=let_off)
    return bool(judged.levels[0] == verdict.level and judged.items[0].tolist() == list(verdict.items))


def strip(pc: int, count: int) -> list[tuple[date, Level]]:
    """The level of ``pc`` at the end of each of the last ``count`` days, the oldest first; today's is that of now."""
    today = zone.today()
    shown = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    first = zone.begins(shown[0])
    rows = Verdict.objects.filter(pc=pc).filter(Q(to_at__isnull=True) | Q(to_at__gt=first)).order_by("id")
    held = list(rows.values_list("from_at", "to_at", "level"))
    found = []
    for one in shown:
        moment = min(zone.ends(one), clock.now())
        level = next((lvl for a, b, lvl in reversed(held) if a <= moment and (b is None or b > moment)), 0)
        found.append((one, Level(level)))
    return found


def history(pc: int, before: int, limit: int) -> list[Verdict]:
    """Verdicts of ``pc``, newest first, those with a number below ``before`` (0: from the newest)."""
    rows = Verdict.objects.filter(pc=pc).order_by("-id")
    return list((rows.filter(id__lt=before) if before else rows)[:limit])
