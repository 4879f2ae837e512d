"""The words and small parts from which all rules of a policy are built."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kanmon.policy.compare import Comparison

FailLevel = Literal["danger", "warning", "caution"]
"""The level of a condition that fails."""

Missing = Literal["as_set", "safe", "not_applicable", "unknown"]
"""Treatment when the inventory has no value: the set level, Safe, no judgment item, or Unknown."""

Name = Annotated[str, Meta(min_length=1, max_length=500, description="a name, with * and ?, or /regex/")]
OsPattern = Annotated[str, Meta(max_length=500, description="family, name or name and version of the OS; * and ? work")]
Text = Annotated[str, Meta(max_length=500)]
Days = Annotated[int, Meta(ge=0, le=36_500)]


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a policy have in common: they can't change, and know no other words."""


class VersionRule(Rule, frozen=True, kw_only=True):
    """A version and how the one found must stand to it: ``{comparison: ">=", value: "4.18"}``."""

    value: Annotated[str, Meta(min_length=1, max_length=200)]
    comparison: Comparison = ">="


def keyed(prefix: str, names: Iterable[str]) -> list[str]:
    """Ids of the members of a list: ``prefix[name]``, the second of the same name ``prefix[name]#2``.

    Ids come from names and not from places, so that a waiver or a stored finding still means the same
    rule after another one was put in before it.
    """
    counts: dict[str, int] = {}
    ids = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        ids.append(f"{prefix}[{name}]" + (f"#{counts[name]}" if counts[name] > 1 else ""))
    return ids
