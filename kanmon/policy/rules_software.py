"""The judgment items "prohibited software" and "mandatory software"."""

from typing import Annotated, Literal

from msgspec import Meta

from kanmon.policy.ranges import RANGES
from kanmon.policy.rules_words import FailLevel, Name, OsPattern, Rule, Text, VersionRule

Order = Literal["auto", "deb", "rpm", "windows", "other", "date"]
"""How versions sort; ``auto`` is the order of the program's own kind. ``date``: versions that are days."""

Versions = Annotated[
    str,
    Meta(
        max_length=1_000, pattern=RANGES,
        description='bounds: a comma joins them, || parts alternatives: ">=1.0, <1.0.7 || >=2.0, <2.0.3"',
    ),
]  # fmt: skip


class ProhibitedSoftware(Rule, frozen=True, kw_only=True):
    """A program that must not be installed, in any version or in those that ``version`` and ``versions`` describe."""

    name: Name
    publisher: Text = ""
    version: VersionRule | None = None
    versions: Versions = ""
    version_order: Order = "auto"
    os: OsPattern = ""
    level: FailLevel = "caution"


class ProhibitedItem(Rule, frozen=True, kw_only=True):
    judge: bool = False
    programs: Annotated[tuple[ProhibitedSoftware, ...], Meta(max_length=20_000)] = ()


class Alternative(Rule, frozen=True, kw_only=True):
    """A program of which one must be there; its version as in ``ProhibitedSoftware``, here those that are good."""

    name: Name
    publisher: Text = ""
    version: VersionRule | None = None
    versions: Versions = ""
    version_order: Order = "auto"


class MandatoryGroup(Rule, frozen=True, kw_only=True):
    """One of ``any_of`` must be installed on PCs with this ``os`` (empty: on all)."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    any_of: Annotated[tuple[Alternative, ...], Meta(min_length=1, max_length=1_000)]
    os: OsPattern = ""
    level: FailLevel = "caution"


class MandatoryItem(Rule, frozen=True, kw_only=True):
    judge: bool = False
    groups: Annotated[tuple[MandatoryGroup, ...], Meta(max_length=1_000)] = ()
