"""A judgment policy as conditions: what each of its lines asks of the records of a PC.

``compile`` reads the rules once a day (ages need today's date) and gives a flat tuple of conditions, each
with a stable id. Evaluation is ``kanmon.judgment.index``; ``kanmon.judgment.reference`` says the same in
plain words for one PC and is held equal by a property test.

How outcomes become levels: a failed condition has its level, and the worst failed one is the level of its
item; an item without a failed condition is Unknown if any is unknown, else Safe if any passed, else Not
applicable. The worst item is the level of the PC. Two conditions belong to no item: ``inventory.agent``
(a PC whose inventory does not name the agent has every judged item Unknown, whatever else is in it) and
``inventory.stale``. They can make a PC worse, never Safe. An item that is off, or has no conditions, is Not
applicable.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from kanmon.common.facts import CODE_OF, Agent, Patch, PendingUpdate, Software
from kanmon.judgment.condition import AGENT_ID, INVENTORY, STALE_ID, Combine, Condition, Fold, Outcome, Part, level_of
from kanmon.judgment.judge_antivirus import antivirus
from kanmon.judgment.judge_settings import pc_settings
from kanmon.judgment.judge_user import user_definition
from kanmon.judgment.levels import Level
from kanmon.judgment.systems import on_system
from kanmon.policy.compare import matcher, version_holds
from kanmon.policy.rules import JudgmentPolicy, keyed
from kanmon.policy.rules_items import Alternative, MandatoryGroup, ProhibitedSoftware, SecurityUpdates, StaleInventory

__all__ = ["Combine", "Condition", "Fold", "Outcome", "Part", "compile"]


def compile(policy: JudgmentPolicy, today: date) -> tuple[Condition, ...]:
    """The conditions of all judged items of ``policy``, and of the inventory itself. Pure."""
    conditions: list[Condition] = []
    if policy.security_updates.judge:
        conditions += _security_updates(policy.security_updates)
    if policy.antivirus.judge:
        conditions += antivirus(policy.antivirus, today)
    if policy.prohibited_software.judge:
        conditions += _prohibited(policy.prohibited_software.programs)
    if policy.mandatory_software.judge:
        conditions += _mandatory(policy.mandatory_software.groups)
    if policy.pc_settings.judge:
        conditions += pc_settings(policy.pc_settings, today)
    if policy.user_definition.judge:
        conditions += user_definition(policy.user_definition)
    if conditions:
        conditions.append(_agent())
    if policy.stale_inventory is not None:
        conditions.append(_stale(policy.stale_inventory, today))
    return tuple(conditions)


def _agent() -> Condition:
    part = Part(
        key="agent", cls=CODE_OF[Agent], fold=Fold.ANY,
        test=lambda record: Outcome.PASS if record.version else Outcome.IRRELEVANT,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip
    return Condition(id=AGENT_ID, item=INVENTORY, level=Level.UNKNOWN, parts=(part,))


def _stale(rule: StaleInventory, today: date) -> Condition:
    """The day of the report counts: one of any hour of the day ``after_days`` days ago is still in time."""
    oldest = datetime.combine(today - timedelta(days=rule.after_days), time(), UTC).timestamp()
    part = Part(
        key=("stale", rule.after_days, today), column="reported_at",
        test=lambda value: Outcome.FAIL if value < oldest else Outcome.PASS,
        number=("<", oldest, Outcome.FAIL, Outcome.PASS), untold=Outcome.UNKNOWN,
    )  # fmt: skip
    return Condition(id=STALE_ID, item=INVENTORY, level=level_of(rule.level), parts=(part,))


def _security_updates(rule: SecurityUpdates) -> Iterator[Condition]:
    """Specified updates concern Windows only; an update is in when it or a later one that replaces it is in."""
    later: dict[str, set[str]] = {}
    for one in rule.specified:
        later.setdefault(one.kb, set()).update(one.superseded_by)
    for condition_id, one in zip(
        keyed("security_updates.specified", (one.kb for one in rule.specified)), rule.specified, strict=True
    ):
        accepted: set[str] = set()
        queue = [one.kb]
        while queue:
            if (kb := queue.pop()) not in accepted:
                accepted.add(kb)
                queue += later.get(kb, ())

        def test(record: Patch, accepted: set[str] = accepted) -> Outcome:
            return Outcome.PASS if record.kb in accepted else Outcome.IRRELEVANT

        part = Part(key=("kb", frozenset(accepted)), cls=CODE_OF[Patch], test=test, fold=Fold.ANY, empty=Outcome.FAIL)
        yield Condition(
            id=condition_id, item="security_updates", level=level_of(one.level), parts=(part,),
            applies=on_system(one.os, "windows"),
        )  # fmt: skip
    for word, level in (("security", rule.pending.security), ("other", rule.pending.other)):
        if level is not None:
            part = Part(key=("pending", word), cls=CODE_OF[PendingUpdate], test=_pending_test(word))
            yield Condition(
                id=f"security_updates.pending.{word}", item="security_updates", level=level_of(level), parts=(part,)
            )


def _pending_test(word: str) -> Callable[[PendingUpdate], Outcome]:
    if word == "security":
        outcomes = {True: Outcome.FAIL, False: Outcome.IRRELEVANT, None: Outcome.UNKNOWN}
    else:
        outcomes = {True: Outcome.IRRELEVANT, False: Outcome.FAIL, None: Outcome.FAIL}
    return lambda record: outcomes[record.security]


def _asks(rule: ProhibitedSoftware | Alternative, otherwise: Outcome, wanted: Outcome) -> Callable[[Software], Outcome]:
    """A test of one program: ``wanted`` when all that the rule asks holds, ``otherwise`` for another version.

    Another name or publisher is another program: irrelevant. What the rule asks and the record lacks: unknown.
    """
    named = matcher(rule.name)
    published = matcher(rule.publisher) if rule.publisher else None
    version = rule.version

    def test(record: Software) -> Outcome:
        if not named(record.name) or (published and record.publisher and not published(record.publisher)):
            return Outcome.IRRELEVANT
        fits = version_holds(record.version, version.comparison, version.value, record.scheme) if version else True
        if fits is False:
            return otherwise
        return Outcome.UNKNOWN if fits is None or (published and not record.publisher) else wanted

    return test


def _prohibited(programs: tuple[ProhibitedSoftware, ...]) -> Iterator[Condition]:
    for condition_id, one in zip(keyed("prohibited_software", (one.name for one in programs)), programs, strict=True):
        test = _asks(one, Outcome.IRRELEVANT, Outcome.FAIL)
        part = Part(key=("prohibited", one.name, one.publisher, one.version), cls=CODE_OF[Software], test=test)
        yield Condition(
            id=condition_id,
            item="prohibited_software",
            level=level_of(one.level),
            parts=(part,),
            applies=on_system(one.os),
        )


def _mandatory(groups: tuple[MandatoryGroup, ...]) -> Iterator[Condition]:
    for condition_id, group in zip(keyed("mandatory_software", (one.name for one in groups)), groups, strict=True):
        test = _best_of([_asks(one, Outcome.FAIL, Outcome.PASS) for one in group.any_of])
        part = Part(
            key=("mandatory", group.any_of), cls=CODE_OF[Software], test=test, fold=Fold.ANY, empty=Outcome.FAIL
        )
        yield Condition(
            id=condition_id,
            item="mandatory_software",
            level=level_of(group.level),
            parts=(part,),
            applies=on_system(group.os),
        )


def _best_of(tests: list[Callable[[Software], Outcome]]) -> Callable[[Software], Outcome]:
    def test(record: Software) -> Outcome:
        found = {one(record) for one in tests}
        return next((one for one in (Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL) if one in found), Outcome.IRRELEVANT)

    return test
