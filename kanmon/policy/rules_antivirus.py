"""The judgment item "antivirus products": a table of what is accepted, and what else is asked of it."""

from typing import Annotated, Literal

from msgspec import Meta

from kanmon.policy.rules_words import Days, FailLevel, Name, Rule, VersionRule


class AntivirusProduct(Rule, frozen=True, kw_only=True):
    """An accepted product. What is left out is not asked. ``*`` accepts any product."""

    name: Name
    version: VersionRule | None = None
    engine: VersionRule | None = None
    definitions: VersionRule | None = None


class ModelPc(Rule, frozen=True, kw_only=True):
    """A PC whose antivirus product is kept as all should be. The versions wanted rise to those that it has had for
    ``grace_days`` days: time to notice that an update does harm. ``pc``: its asset number or host name.
    """

    pc: Annotated[str, Meta(min_length=1, max_length=255)]
    grace_days: Days = 3


class AntivirusItem(Rule, frozen=True, kw_only=True):
    """``products_mode`` one: one good product is enough; all: every accepted product found must be good.

    ``model``: left out, versions change only by people and by import.
    """

    judge: bool = False
    products: Annotated[tuple[AntivirusProduct, ...], Meta(max_length=1_000)] = ()
    products_mode: Literal["one", "all"] = "one"
    not_resident: bool = True
    definitions_max_age_days: Days | None = None
    use_up_to_date_flag: bool = True
    level: FailLevel = "danger"
    model: ModelPc | None = None
