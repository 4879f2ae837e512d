"""The judgment item "security updates": three ways to say which updates must be in. Each may be used alone or together.

*latest*: all that apply, as the imported patch feeds tell; *specified*: a list of one's own, with mandatory service
packs; *pending*: what the PC itself knows and has not installed. And for packages of Linux *vulnerabilities*: none is
installed in a version that has a security hole, as the imported vulnerability feeds tell.
"""

from typing import Annotated, Literal

from msgspec import Meta

from kanmon.policy.rules_words import Days, FailLevel, Name, OsPattern, Rule, Text, VersionRule

Kb = Annotated[str, Meta(pattern="^KB[0-9]{4,9}$", description="number of a Windows update, KB5077181")]
Excluded = Annotated[
    str, Meta(pattern="^(KB[0-9]{4,9}|MS[0-9]{2}-[0-9]{3,4}|SP[A-Z0-9]+)$", description="KB5077181, or MS17-010")
]
SeverityLevel = Literal["danger", "warning", "caution", "ignored"]
Pack = Annotated[int, Meta(ge=0, le=9, description="number of a service pack; 0: none")]


class SpecifiedUpdate(Rule, frozen=True, kw_only=True):
    """A Windows update that must be in, itself or one of those that supersede it (through any chain).

    It is asked of PCs whose OS ``os`` means; with ``service_pack`` only of those that have just this one; with
    ``product`` only of those that have such a program, with ``version`` in such a version.
    """

    kb: Kb
    title: Text = ""
    os: OsPattern = ""
    level: FailLevel = "warning"
    superseded_by: Annotated[tuple[Kb, ...], Meta(max_length=1_000)] = ()
    bulletin: Text = ""
    service_pack: Pack | None = None
    product: Annotated[str, Meta(max_length=500, description="a name, with * and ?, or /regex/")] = ""
    version: VersionRule | None = None


class SpecifiedPack(Rule, frozen=True, kw_only=True):
    """A mandatory service pack: of the OS that ``os`` means, this one or a later one."""

    os: Annotated[str, Meta(min_length=1, max_length=500)]
    service_pack: Annotated[int, Meta(ge=1, le=9)]
    level: FailLevel = "warning"


class SpecifiedProductPack(Rule, frozen=True, kw_only=True):
    """A mandatory service pack of a product: where it is installed, its version must satisfy ``version``."""

    product: Name
    version: VersionRule
    level: FailLevel = "warning"


class SeverityLevels(Rule, frozen=True, kw_only=True):
    """The level for a missing update by its severity; ``ignored``: one of this severity need not be in."""

    critical: SeverityLevel = "danger"
    important: SeverityLevel = "warning"
    moderate: SeverityLevel = "caution"
    low: SeverityLevel = "caution"
    unrated: SeverityLevel = "caution"


class Latest(Rule, frozen=True, kw_only=True):
    """All updates that apply to a PC's Windows are in, as far as the patch feeds know them.

    ``level`` is that of the whole; with ``severities`` each severity has its own. Updates count from ``delay_days``
    after their release. ``exclude``: by number or bulletin. ``components``: what is asked beside Windows itself (all
    of .NET, Internet Explorer and so on that the feeds name, or nothing).
    """

    level: FailLevel = "danger"
    severities: SeverityLevels | None = None
    delay_days: Days = 0
    exclude: Annotated[tuple[Excluded, ...], Meta(max_length=10_000)] = ()
    components: Literal["all", "windows"] = "all"


class Vulnerabilities(Rule, frozen=True, kw_only=True):
    """No package of a PC's Linux has a security hole, as far as the vulnerability feeds know them.

    ``level`` is that of the whole; with ``severities`` each severity has its own. Holes count from ``delay_days`` after
    their publication. ``exclude``: ids of records, CVE numbers, packages. ``without_fix``: what of a hole that no
    version of the release mends. ``ubuntu_pro``: holes that are mended for subscribers of Ubuntu Pro only count as well.
    """

    level: FailLevel = "danger"
    severities: SeverityLevels | None = None
    delay_days: Days = 0
    exclude: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...],
        Meta(max_length=10_000, description="ids of records, CVE numbers, packages"),
    ] = ()
    without_fix: Literal["ignored", "judged"] = "ignored"
    ubuntu_pro: bool = False


class Pending(Rule, frozen=True, kw_only=True):
    """Updates that the PC itself knows and has not installed. None: not judged.

    An update of which the source does not say whether it is for security counts as ``other``, and makes
    the condition on security updates Unknown.
    """

    security: FailLevel | None = None
    other: FailLevel | None = None


class SecurityUpdates(Rule, frozen=True, kw_only=True):
    """The item. ``kanmon feed patches --update-policies`` keeps ``specified`` up to date."""

    judge: bool = False
    latest: Latest | None = None
    specified: Annotated[tuple[SpecifiedUpdate, ...], Meta(max_length=10_000)] = ()
    service_packs: Annotated[tuple[SpecifiedPack, ...], Meta(max_length=1_000)] = ()
    product_service_packs: Annotated[tuple[SpecifiedProductPack, ...], Meta(max_length=1_000)] = ()
    pending: Pending = Pending()
    vulnerabilities: Vulnerabilities | None = None
