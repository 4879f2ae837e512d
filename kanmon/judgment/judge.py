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

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kanmon.common.facts import CODE_OF, Agent
from kanmon.feeds.patches import EMPTY, Knowledge
from kanmon.judgment.condition import AGENT_ID, INVENTORY, STALE_ID, Combine, Condition, Fold, Outcome, Part, level_of
from kanmon.judgment.judge_antivirus import antivirus
from kanmon.judgment.judge_settings import pc_settings
from kanmon.judgment.judge_software import mandatory, prohibited
from kanmon.judgment.judge_updates import security_updates
from kanmon.judgment.judge_user import user_definition
from kanmon.judgment.levels import Level
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_items import StaleInventory

__all__ = ["Combine", "Condition", "Fold", "Outcome", "Part", "compile"]


def compile(
    policy: JudgmentPolicy, today: date, zone: tzinfo = UTC, knowledge: Knowledge = EMPTY
) -> tuple[Condition, ...]:
    """The conditions of all judged items of ``policy``, and of the inventory itself. Pure.

    ``zone``: that in which ``today`` is the day, and the day of a report is told. ``knowledge``: of updates, as of then.
    """
    conditions: list[Condition] = []
    if policy.security_updates.judge:
        conditions += security_updates(policy.security_updates, today, knowledge)
    if policy.antivirus.judge:
        conditions += antivirus(policy.antivirus, today)
    if policy.prohibited_software.judge:
        conditions += prohibited(policy.prohibited_software)
    if policy.mandatory_software.judge:
        conditions += mandatory(policy.mandatory_software)
    if policy.pc_settings.judge:
        conditions += pc_settings(policy.pc_settings, today)
    if policy.user_definition.judge:
        conditions += user_definition(policy.user_definition)
    if conditions:
        conditions.append(_agent())
    if policy.stale_inventory is not None:
        conditions.append(_stale(policy.stale_inventory, today, zone))
    return tuple(conditions)


def _agent() -> Condition:
    part = Part(
        key="agent", cls=CODE_OF[Agent], fold=Fold.ANY,
        test=lambda record: Outcome.PASS if record.version else Outcome.IRRELEVANT,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip
    return Condition(id=AGENT_ID, item=INVENTORY, level=Level.UNKNOWN, parts=(part,))


def _stale(rule: StaleInventory, today: date, zone: tzinfo) -> Condition:
    """The day of the report counts: one of any hour of the day ``after_days`` days ago is still in time."""
    oldest = datetime.combine(today - timedelta(days=rule.after_days), time(), zone).timestamp()
    part = Part(
        key=("stale", oldest), column="reported_at",
        test=lambda value: Outcome.FAIL if value < oldest else Outcome.PASS,
        number=("<", oldest, Outcome.FAIL, Outcome.PASS), untold=Outcome.UNKNOWN,
    )  # fmt: skip
    return Condition(id=STALE_ID, item=INVENTORY, level=level_of(rule.level), parts=(part,))
