"""The judgment policy: six items, each of which is judged only with ``judge: true``.

These structs are the meaning of a policy document; what each condition does on a PC is written in
``kanmon.judgment.judge``. A field that is left out has the default of the original where there is one.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from kanmon.policy.compare import Comparison
from kanmon.policy.rules_antivirus import AntivirusItem
from kanmon.policy.rules_antivirus import AntivirusProduct as AntivirusProduct
from kanmon.policy.rules_settings import PcSettings
from kanmon.policy.rules_software import Alternative as Alternative
from kanmon.policy.rules_software import MandatoryGroup as MandatoryGroup
from kanmon.policy.rules_software import MandatoryItem, ProhibitedItem
from kanmon.policy.rules_software import ProhibitedSoftware as ProhibitedSoftware
from kanmon.policy.rules_updates import Pending as Pending
from kanmon.policy.rules_updates import SecurityUpdates
from kanmon.policy.rules_updates import SpecifiedUpdate as SpecifiedUpdate
from kanmon.policy.rules_words import Days, FailLevel, Missing, Rule


class UserCondition(Rule, frozen=True, kw_only=True):
    """One comparison. ``cls`` (written ``class``) is a fact class or ``pc``, then the property is a column.

    For the class ``setting`` the property is the name of the setting.
    """

    cls: str = field(name="class")
    property: str
    value: Annotated[str, Meta(min_length=1, max_length=500)]
    comparison: Comparison = "=="


class UserItem(Rule, frozen=True, kw_only=True):
    """Fails when all its conditions hold (``fails_when: met``), or when they do not (``not_met``).

    Conditions on the same class are asked of the same record.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    conditions: Annotated[tuple[UserCondition, ...], Meta(min_length=1, max_length=50)]
    fails_when: Literal["met", "not_met"] = "met"
    missing: Missing = "not_applicable"
    level: FailLevel = "caution"


class UserDefinition(Rule, frozen=True, kw_only=True):
    judge: bool = False
    items: Annotated[tuple[UserItem, ...], Meta(max_length=1_000)] = ()


class StaleInventory(Rule, frozen=True, kw_only=True):
    """A PC whose newest report is more than ``after_days`` days old is at ``level`` for this alone."""

    after_days: Days
    level: FailLevel = "warning"


class JudgmentPolicy(Rule, frozen=True, kw_only=True, tag_field="kind", tag="judgment"):
    """All that decides the level of a PC."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    comment: Annotated[str, Meta(max_length=10_000)] = ""
    security_updates: SecurityUpdates = SecurityUpdates()
    antivirus: AntivirusItem = AntivirusItem()
    prohibited_software: ProhibitedItem = ProhibitedItem()
    mandatory_software: MandatoryItem = MandatoryItem()
    pc_settings: PcSettings = PcSettings()
    user_definition: UserDefinition = UserDefinition()
    stale_inventory: StaleInventory | None = None
