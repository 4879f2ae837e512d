"""Why: explanations of stored verdicts, for pages, mails and commands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from kanmon.common import zone
from kanmon.common.facts import TOLD_CLASSES, Fact, Told
from kanmon.feeds import patches_store
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.judgment import days, explain, waived
from kanmon.judgment.condition import STALE_ID, Outcome
from kanmon.judgment.explain import ItemExplanation
from kanmon.judgment.findings import Finding, decode_set
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.judgment.wording import say
from kanmon.policy import versions

__all__ = ["ItemExplanation", "facts_of_pc", "of_pc", "worst_few", "worst_texts"]


def of_pc(pc: int, language: str, *, passed: bool = True) -> list[ItemExplanation]:
    """The items of PC ``pc`` with found, wanted and how to mend; empty when it has not been judged.

    ``passed``: rows of what holds, too.
    """
    state = PcState.objects.filter(pc=pc).exclude(verdict=None).first()
    verdict = Verdict.objects.filter(id=state.verdict).first() if state else None
    if state is None or verdict is None:
        return []
    row = FindingSet.objects.get(id=verdict.finding_set)
    facts, columns = facts_of_pc(pc)
    return explained(
        verdict.policy_version, decode_set(bytes(row.body)), facts, columns, _day(state.judged_at), language,
        waivers_of(pc, state.judged_at or verdict.from_at, language), state.judged_at or verdict.from_at, passed=passed,
    )  # fmt: skip


def waivers_of(pc: int, moment: datetime, language: str) -> dict[str, str]:
    """Condition -> the sentence of the waiver that counted for a PC at ``moment``."""
    return {
        condition: say("waived_until", language, one.expires_on, one.reason, one.approver)
        for condition, one in waived.of_pc(pc, moment).items()
    }


def _day(judged_at: datetime | None) -> date:
    """The day as of which a verdict holds: that of its judgment, or a later one that concerned the PC no more."""
    if judged_at is None:
        return zone.today()
    judged, reached = zone.day_of(judged_at), days.reached()
    return judged if reached is None else max(judged, reached)


def facts_of_pc(pc: int) -> tuple[dict[int, Fact], dict[str, object]]:
    """What is known of a PC now: facts by number, and columns."""
    packed = PcFacts.objects.filter(pc=pc).values_list("packed", flat=True).first()
    columns = PcColumns.objects.filter(pc=pc).values_list("packed", flat=True).first()
    return facts_of(unpack(bytes(packed or b""))), unpack_columns(bytes(columns)) if columns else {}


def explained(
    version: int, findings: Sequence[Finding], facts: dict[int, Fact], columns: dict[str, object], today: date,
    language: str, waivers: Mapping[str, str], moment: datetime | None = None, *, passed: bool = True,
) -> list[ItemExplanation]:  # fmt: skip
    """Stored findings in words, for a PC that has these facts and columns on the day ``today``.

    ``moment``: of the judgment, for the patch knowledge that was in force then (None: the present one).
    """
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
        waivers,
        zone=zone.zone(),
        knowledge=patches_store.at(moment),
        passed=passed,
    )


def worst_texts(set_ids: Iterable[int], language: str) -> dict[int, str]:
    """For sets of findings the worst one in a few words, by id of the set."""
    return {id: texts[0] if texts else "" for id, texts in worst_few(set_ids, language, 1).items()}


def worst_few(set_ids: Iterable[int], language: str, most: int) -> dict[int, list[str]]:
    """For sets of findings the worst ``most`` of them that count, each in a few words, by id of the set."""
    found: dict[int, list[str]] = {}
    said: dict[tuple[int, Finding], str] = {}  # sets differ, most of what they hold is the same
    wanted = sorted(set(set_ids))
    for start in range(0, len(wanted), 500):
        for row in FindingSet.objects.filter(id__in=wanted[start : start + 500]):
            found[row.id] = _worst(row, language, most, said)
    return found


def _worst(row: FindingSet, language: str, most: int, known: dict[tuple[int, Finding], str]) -> list[str]:
    findings = [one for one in decode_set(bytes(row.body)) if one.outcome != Outcome.WAIVED]
    findings.sort(key=lambda one: (one.level, one.outcome == "failed"), reverse=True)
    for one in findings[:most]:
        if (row.policy_version, one) not in known:
            known[row.policy_version, one] = _text(row.policy_version, one, language)
    said = dict.fromkeys(known[row.policy_version, one] for one in findings[:most])
    return [text for text in said if text]


def _text(version: int, worst: Finding, language: str) -> str:
    rules = versions.rules(version)
    if worst.condition == STALE_ID and rules.stale_inventory is not None:  # the age differs from PC to PC
        return say("stale_over", language, rules.stale_inventory.after_days)
    facts = facts_of(worst.facts)
    known = [*facts.values(), *(Told(name) for name in TOLD_CLASSES if worst.outcome == "failed")]
    explained = explain.explain(
        rules, "", [worst], facts, known, {}, zone.today(), language, zone=zone.zone(), knowledge=patches_store.newest(),
        passed=False,
    )  # fmt: skip
    return explain.worst_text(explained)
