"""Why: explanations of stored verdicts, for pages, mails and commands."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from kanmon.common import clock
from kanmon.common.facts import TOLD_CLASSES, Fact, Told
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.judgment import explain
from kanmon.judgment.condition import STALE_ID
from kanmon.judgment.explain import ItemExplanation
from kanmon.judgment.findings import Finding, decode_set
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.judgment.wording import say
from kanmon.policy import versions

__all__ = ["ItemExplanation", "facts_of_pc", "of_pc", "worst_texts"]


def of_pc(pc: int, language: str) -> list[ItemExplanation]:
    """The items of PC ``pc`` with found, wanted and how to mend; empty when it has not been judged."""
    state = PcState.objects.filter(pc=pc).exclude(verdict=None).first()
    verdict = Verdict.objects.filter(id=state.verdict).first() if state else None
    if state is None or verdict is None:
        return []
    row = FindingSet.objects.get(id=verdict.finding_set)
    facts, columns = facts_of_pc(pc)
    return _explained(
        verdict.policy_version, decode_set(bytes(row.body)), facts, columns, _day(state.judged_at), language
    )


def _day(judged_at: datetime | None) -> date:
    """The day on which ages were counted (UTC, as the judge counts)."""
    return judged_at.astimezone(UTC).date() if judged_at else clock.today()


def facts_of_pc(pc: int) -> tuple[dict[int, Fact], dict[str, object]]:
    """What is known of a PC now: facts by number, and columns."""
    packed = PcFacts.objects.filter(pc=pc).values_list("packed", flat=True).first()
    columns = PcColumns.objects.filter(pc=pc).values_list("packed", flat=True).first()
    return facts_of(unpack(bytes(packed or b""))), unpack_columns(bytes(columns)) if columns else {}


def _explained(
    version: int, findings: Sequence[Finding], facts: dict[int, Fact], columns: dict[str, object], today: date,
    language: str,
) -> list[ItemExplanation]:  # fmt: skip
    known = dict(facts)
    known.update(facts_of({number for one in findings for number in one.facts} - set(known)))
    return explain.explain(
        versions.rules(version),
        versions.label(version),
        findings,
        known,
        list(facts.values()),
        columns,
        today,
        language,
    )


def worst_texts(set_ids: Iterable[int], language: str) -> dict[int, str]:
    """For sets of findings the worst one in a few words, by id of the set."""
    found: dict[int, str] = {}
    wanted = sorted(set(set_ids))
    for start in range(0, len(wanted), 500):
        for row in FindingSet.objects.filter(id__in=wanted[start : start + 500]):
            found[row.id] = _worst_text(row, language)
    return found


def _worst_text(row: FindingSet, language: str) -> str:
    findings = decode_set(bytes(row.body))
    worst = max(findings, key=lambda one: (one.level, one.outcome == "failed"), default=None)
    if worst is None:
        return ""
    rules = versions.rules(row.policy_version)
    if worst.condition == STALE_ID and rules.stale_inventory is not None:  # the age differs from PC to PC
        return say("stale_over", language, rules.stale_inventory.after_days)
    facts = facts_of(worst.facts)
    known = [*facts.values(), *(Told(name) for name in TOLD_CLASSES if worst.outcome == "failed")]
    explained = explain.explain(rules, "", [worst], facts, known, {}, clock.today(), language)
    return explain.worst_text(explained)
