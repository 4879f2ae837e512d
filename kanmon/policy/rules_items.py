"""The judgment policy: six items, each of which is judged only with ``judge: true``.

These structs are the meaning of a policy document; what each condition does on a PC is written in
``kanmon.judgment.judge``. A field that is left out has the default of the original where there is one.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from kanmon.policy.compare import Comparison
from kanmon.policy.rules_settings import PcSettings
from kanmon.policy.rules_words import Days, FailLevel, Missing, Name, OsPattern, Rule, Text, VersionRule

Kb = Annotated[str, Meta(pattern="^KB[0-9]{4,9}$", description="number of a Windows update, KB5077181")]


class SpecifiedUpdate(Rule, frozen=True, kw_only=True):
    """A Windows update that must be in, itself or one of those that supersede it (through any chain)."""

    kb: Kb
    title: Text = ""
    os: OsPattern = ""
    level: FailLevel = "warning"
    superseded_by: Annotated[tuple[Kb, ...], Meta(max_length=1_000)] = ()


class Pending(Rule, frozen=True, kw_only=True):
    """Updates that the PC itself knows and has not installed. None: not judged.

    An update of which the source does not say whether it is for security counts as ``other``, and makes
    the condition on security updates Unknown.
    """

    security: FailLevel | None = None
    other: FailLevel | None = None


class SecurityUpdates(Rule, frozen=True, kw_only=True):
    judge: bool = False
    specified: Annotated[tuple[SpecifiedUpdate, ...], Meta(max_length=10_000)] = ()
    pending: Pending = Pending()


class AntivirusProduct(Rule, frozen=True, kw_only=True):
    """An accepted product. What is left out is not asked. ``*`` accepts any product."""

    name: Name
    version: VersionRule | None = None
    engine: VersionRule | None = None
    definitions: VersionRule | None = None


class AntivirusItem(Rule, frozen=True, kw_only=True):
    """``products_mode`` one: one good product is enough; all: every accepted product found must be good."""

    judge: bool = False
    products: Annotated[tuple[AntivirusProduct, ...], Meta(max_length=1_000)] = ()
    products_mode: Literal["one", "all"] = "one"
    not_resident: bool = True
    definitions_max_age_days: Days | None = None
    use_up_to_date_flag: bool = True
    level: FailLevel = "danger"


class ProhibitedSoftware(Rule, frozen=True, kw_only=True):
    """A program that must not be installed, in any version or in those that ``version`` describes."""

    name: Name
    publisher: Text = ""
    version: VersionRule | None = None
    os: OsPattern = ""
    level: FailLevel = "caution"


class ProhibitedItem(Rule, frozen=True, kw_only=True):
    judge: bool = False
    programs: Annotated[tuple[ProhibitedSoftware, ...], Meta(max_length=10_000)] = ()


class Alternative(Rule, frozen=True, kw_only=True):
    name: Name
    publisher: Text = ""
    version: VersionRule | None = None


class MandatoryGroup(Rule, frozen=True, kw_only=True):
    """One of ``any_of`` must be installed on PCs with this ``os`` (empty: on all)."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    any_of: Annotated[tuple[Alternative, ...], Meta(min_length=1, max_length=1_000)]
    os: OsPattern = ""
    level: FailLevel = "caution"


class MandatoryItem(Rule, frozen=True, kw_only=True):
    judge: bool = False
    groups: Annotated[tuple[MandatoryGroup, ...], Meta(max_length=1_000)] = ()


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
