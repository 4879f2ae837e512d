"""Why a PC has its level: found, wanted, how to mend, in English or Japanese.

What failed or is unknown comes from the stored findings with the records that said so, exactly as it was
judged. What passed was not stored; it is worked out from the facts that the PC has now. A condition that
passed when it was judged and would not now is left out: the next judgment says it. Of a long list of names,
those that mean nothing on this PC are one row (``explain_quiet``).

Give the day of the judgment as ``today``, so that ages are those that were judged.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from typing import Any

from kanmon.common.facts import CODE_OF, Antivirus, Fact, Software
from kanmon.feeds.patches import EMPTY, Knowledge
from kanmon.judgment.condition import AGENT_ID, INVENTORY, Condition, Outcome
from kanmon.judgment.explain_asked import Sayer, asked
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.explain_quiet import LONG, quiet
from kanmon.judgment.findings import Finding
from kanmon.judgment.levels import ITEMS, Level, worst
from kanmon.judgment.one_pc import answer, tells
from kanmon.judgment.sub_results import not_asked
from kanmon.judgment.wording import say
from kanmon.policy.rules import JudgmentPolicy


@dataclass(frozen=True, slots=True)
class Row:
    """One condition. ``outcome``: failed, unknown, passed or not_applicable. ``short``: the finding in a few words."""

    condition: str
    title: str
    outcome: str
    found: str
    wanted: str
    mend: str
    level: Level
    short: str
    because: str = ""
    waiver: str = ""  # why and until when it does not count; then ``outcome`` is waived


@dataclass(frozen=True, slots=True)
class ItemExplanation:
    """One item (or ``inventory``) with its rows, worst first. ``policy``: name and version that judged."""

    item: str
    level: Level
    rows: tuple[Row, ...]
    policy: str


NO_WAIVERS: Mapping[str, str] = {}


def explain(
    policy: JudgmentPolicy,
    version_label: str,
    findings: Collection[Finding],
    facts_by_number: Mapping[int, Fact],
    all_facts: Collection[Fact],
    columns: Mapping[str, Any],
    today: date,
    language: str = "en",
    waivers: Mapping[str, str] = NO_WAIVERS,
    knowledge: Knowledge = EMPTY,
    zone: tzinfo = UTC,
    *,
    passed: bool = True,
) -> list[ItemExplanation]:
    """Explanations of the judged items in the order of ``ITEMS``, then ``inventory`` if it has a finding.

    ``waivers``: condition -> the sentence of the waiver that counts, for findings that are waived. ``knowledge``: of updates, that judged.
    ``zone``: that in which ``today`` is the day. ``passed``: rows of what holds or does not apply, too; without them
    it is quick enough for thousands of PCs.
    """
    stored = {one.condition: one for one in findings}
    conditions, sayers = asked(policy, today, zone, knowledge)
    pc = _Pc(all_facts, columns, today, language, _product_that_spoke(stored, facts_by_number))
    held = passed and AGENT_ID not in stored
    silent = quiet(conditions, all_facts) - stored.keys() if held else frozenset[str]()
    rows: dict[str, list[Row]] = {item: [] for item in (*ITEMS, INVENTORY)}
    for condition in conditions:
        finding = stored.pop(condition.id, None)
        if finding is not None:
            rows[condition.item].append(_found(finding, sayers[condition.id], pc, facts_by_number, waivers))
        elif held and condition.item != INVENTORY and condition.id not in silent:
            rows[condition.item] += _now(condition, sayers[condition.id], pc)
    if silent:
        rows[LONG].append(_silent(len(silent), all_facts, language))
    rows["antivirus"] += [_not_asked(subject, language) for subject in not_asked(conditions)]
    if agent := next((row for row in rows[INVENTORY] if row.condition == AGENT_ID), None):
        rows |= {item: [agent] for item in {one.item for one in conditions} - {INVENTORY}}
    for finding in stored.values():
        rows.setdefault(item_of(finding.condition), []).append(_gone(finding, language))
    return [_item(item, of_item, version_label) for item, of_item in rows.items() if of_item]


@dataclass(frozen=True, slots=True)
class _Pc:
    """What a PC has, and for whom it is told. ``product``: the antivirus product that all rows are about."""

    facts: Collection[Fact]
    columns: Mapping[str, Any]
    today: date
    language: str
    product: Antivirus | None

    def case(self, outcome: Outcome, evidence: tuple[Fact, ...]) -> Case:
        return Case(outcome, evidence, self.facts, self.columns, self.today, self.language)


def _item(item: str, rows: Collection[Row], version_label: str) -> ItemExplanation:
    worst_first = sorted(rows, key=lambda row: -_counts(row))
    return ItemExplanation(item, worst(map(_counts, rows)), tuple(worst_first), version_label)


def _found(
    finding: Finding, sayer: Sayer, pc: _Pc, facts_by_number: Mapping[int, Fact], waivers: Mapping[str, str]
) -> Row:
    """The row of a finding, from the records that said so when it was judged."""
    evidence = tuple(facts_by_number[number] for number in finding.facts if number in facts_by_number)
    case = pc.case(_judged_as(finding), evidence)
    return _waived(_row(finding.condition, finding.level, sayer(case), case), finding, waivers, pc.language)


def _gone(finding: Finding, language: str) -> Row:
    """The row of a finding whose condition the policy has no longer."""
    name = finding.condition
    return Row(name, name, finding.outcome, say("gone", language), "", "", finding.level, name)


def _silent(count: int, facts: Collection[Fact], language: str) -> Row:
    """The row of ``count`` lines of which nothing is on the PC."""
    told = tells(facts, CODE_OF[Software])
    outcome, level = (Outcome.PASS, Level.SAFE) if told else (Outcome.NOT_APPLICABLE, Level.NOT_APPLICABLE)
    title = say("more_lines", language, f"{count:,}")
    found = say("none_of" if told else "untold", language)
    return Row(LONG, title, outcome.value, found, say("not_installed", language), "", level, found)


def _not_asked(subject: str, language: str) -> Row:
    """The sub-result of the antivirus item that the policy does not ask for."""
    title, said = say(f"av_{subject}", language), say("av_not_judged", language)
    outcome = Outcome.NOT_APPLICABLE.value
    wanted = say("av_nothing_wanted", language)
    return Row(f"antivirus.{subject}", title, outcome, said, wanted, "", Level.NOT_APPLICABLE, said)


def _judged_as(finding: Finding) -> Outcome:
    """The outcome behind a finding; of a waived one that without the waiver, which its level tells."""
    if finding.outcome != Outcome.WAIVED:
        return Outcome(finding.outcome)
    return Outcome.UNKNOWN if finding.level is Level.UNKNOWN else Outcome.FAIL


def _waived(row: Row, finding: Finding, waivers: Mapping[str, str], language: str) -> Row:
    if finding.outcome != Outcome.WAIVED:
        return row
    said = waivers.get(finding.condition) or say("waived", language)
    return replace(row, outcome=Outcome.WAIVED.value, mend="", waiver=said)


def _counts(row: Row) -> Level:
    """The level that a row counts for."""
    return Level.NOT_APPLICABLE if row.outcome == Outcome.WAIVED else row.level


def _now(condition: Condition, sayer: Sayer, pc: _Pc) -> list[Row]:
    """The row of a condition without a finding, from what the PC has now; none when it would fail now."""
    outcome, evidence = answer(condition, pc.facts, pc.columns)
    if outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        return []
    if pc.product is not None and pc.product in evidence:
        evidence = (pc.product, *(fact for fact in evidence if fact != pc.product))
    case = pc.case(outcome, evidence)
    level = Level.SAFE if outcome is Outcome.PASS else Level.NOT_APPLICABLE
    return [_row(condition.id, level, sayer(case), case)]


def _product_that_spoke(stored: Mapping[str, Finding], facts: Mapping[int, Fact]) -> Antivirus | None:
    """The antivirus product of the findings, so that all rows are about the same one."""
    numbers = (number for name, one in stored.items() if name.startswith("antivirus.") for number in one.facts)
    return next((fact for number in numbers if isinstance(fact := facts.get(number), Antivirus)), None)


def _row(condition: str, level: Level, said: Said, case: Case) -> Row:
    outcome = case.outcome.value
    alone = case.outcome is not Outcome.UNKNOWN and said.found != case.untold()
    short = said.short or (said.found if alone else f"{said.title}: {said.found}")
    return Row(
        condition,
        said.title,
        outcome,
        said.found,
        said.wanted,
        said.mend,
        level,
        short,
        said.because,
    )


def item_of(condition: str) -> str:
    """The item that a condition belongs to; ``INVENTORY`` when it is none of the six."""
    item = condition.replace("[", ".").split(".")[0]
    return item if item in ITEMS else INVENTORY


def worst_row(explanations: Collection[ItemExplanation]) -> Row | None:
    """The row that decides the level of the PC: worst level, failed before unknown, in the order of items."""
    rows = [row for one in explanations for row in one.rows if row.outcome in ("failed", "unknown")]
    return max(rows, key=lambda row: row.level, default=None)


def worst_text(explanations: Collection[ItemExplanation]) -> str:
    """The worst finding in a few words for lists; empty when there is none."""
    row = worst_row(explanations)
    return row.short[:1].upper() + row.short[1:] if row else ""


def headline(explanations: Collection[ItemExplanation], language: str = "en") -> str:
    """The worst finding in one sentence, and how many more conditions fail."""
    row = worst_row(explanations)
    if row is None:
        passed = any(one.outcome == "passed" for item in explanations for one in item.rows)
        return say("all_safe" if passed else "nothing", language)
    sentence = row.because or say("because", language, row.found, row.wanted)
    if row.outcome == "unknown":
        sentence = say("because_unknown", language, row.short)
    more = sum(one.outcome == "failed" for item in explanations for one in item.rows) - (row.outcome == "failed")
    return sentence + (
        say("one_more", language) if more == 1 else say("more", language, _count(more, language)) if more else ""
    )


def _count(number: int, language: str) -> str:
    words = ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number - 2] if language != "ja" and 2 <= number <= 9 else f"{number:,}"
