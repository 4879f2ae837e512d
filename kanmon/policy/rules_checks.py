"""Results of outside checks (SCAP, osquery policies...) as named conditions of the item "PC security settings"."""

from typing import Annotated, Literal

from msgspec import Meta

from kanmon.policy.rules_words import FailLevel, Missing, Name, OsPattern, Rule, Text

Severity = Literal["critical", "high", "medium", "low", "info", "unknown"]


class OutsideCheck(Rule, frozen=True, kw_only=True):
    """All results whose rule, source and profile fit must be "pass" or "fixed".

    ``severities`` leaves out the results of others; empty: all. ``missing``: the inventory has no such result.
    ``not_checked``, ``not_applicable``, ``unknown``: treatments of results that say so (``unknown``: also errors).
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    rule: Name = "*"
    source: Text = ""
    profile: Text = ""
    severities: Annotated[tuple[Severity, ...], Meta(max_length=6)] = ()
    os: OsPattern = ""
    level: FailLevel = "caution"
    missing: Missing = "not_applicable"
    not_checked: Missing = "unknown"
    not_applicable: Missing = "not_applicable"
    unknown: Missing = "unknown"
