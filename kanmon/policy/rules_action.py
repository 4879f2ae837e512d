"""The action policy: what is done for PCs of each level."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kanmon.policy.rules_words import Rule

KEYWORDS = ("level", "count", "date", "policy", "table")
"""Words in braces that a subject or body may hold."""

Address = Annotated[str, Meta(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]
Language = Literal["en", "ja"]


class Mail(Rule, frozen=True, kw_only=True):
    """One mail a run that lists its PCs. ``subject`` and ``body`` are texts by language; empty: the built-in ones."""

    to: Literal["administrators"] | Annotated[tuple[Address, ...], Meta(min_length=1, max_length=100)] = (
        "administrators"
    )
    subject: dict[Language, Annotated[str, Meta(max_length=500)]] = field(default_factory=dict)
    body: dict[Language, Annotated[str, Meta(max_length=20_000)]] = field(default_factory=dict)


class LevelActions(Rule, frozen=True, kw_only=True):
    """What is done for one level. ``when``: only for PCs whose level has just become this one, or each time."""

    when: Literal["level_changed", "every_judgment"] = "level_changed"
    mail: Mail | None = None


class ActionPolicy(Rule, frozen=True, kw_only=True, tag_field="kind", tag="action"):
    """Actions by level."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    comment: Annotated[str, Meta(max_length=10_000)] = ""
    danger: LevelActions = LevelActions()
    warning: LevelActions = LevelActions()
    caution: LevelActions = LevelActions()
    safe: LevelActions = LevelActions()
