"""The action policy: what is done for PCs of each level."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kanmon.policy.rules_words import Rule

KEYWORDS = ("level", "count", "date", "policy", "table")
"""Words in braces that a subject or body may hold."""

COMMAND_KEYWORDS = {
    "policy": "Name of the action policy.",
    "level": "`danger`, `warning`, `caution` or `safe`.",
    "run": "Number of the run: what was judged together.",
    "order": "Number of the order. The same however often it is carried out.",
    "operation": "Number of the operation that carries it out, as `kanmon operations` lists it.",
    "attempt": "1, or more when it may be a repeat.",
    "count": "How many PCs the order is about.",
    "folder": "The folder with the files about these PCs.",
}
"""Words in braces that an argument of a command may hold, with their meaning. Each is an environment variable, too."""

ACTIONS = ("network", "mail", "webhook", "command")
"""What a level may order, in the order in which it is ordered."""

Address = Annotated[str, Meta(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]
TargetName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="a name of webhook.targets")]
Language = Literal["en", "ja"]


class Mail(Rule, frozen=True, kw_only=True):
    """One mail a run that lists its PCs. ``subject`` and ``body`` are texts by language; empty: the built-in ones."""

    to: Literal["administrators"] | Annotated[tuple[Address, ...], Meta(min_length=1, max_length=100)] = (
        "administrators"
    )
    subject: dict[Language, Annotated[str, Meta(max_length=500)]] = field(default_factory=dict)
    body: dict[Language, Annotated[str, Meta(max_length=20_000)]] = field(default_factory=dict)


class Command(Rule, frozen=True, kw_only=True):
    """A program of the folder ``command.folder``, started once a run, without a shell.

    ``user``: empty means the user of the settings. ``results``: what its folder holds about each PC, the level of each
    item only, or each finding too. ``interrupted``: what is done when nobody can tell whether it ran to its end.
    """

    program: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", max_length=100)]
    arguments: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[^\x00]*$", max_length=1000)], ...], Meta(max_length=50)
    ] = ()
    user: Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_.-]*\$?)?$", max_length=64)] = ""
    time_limit_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300
    results: Literal["simple", "detailed"] = "simple"
    interrupted: Literal["ask", "rerun", "never"] = "ask"


class Webhook(Rule, frozen=True, kw_only=True):
    """One signed HTTP request a run that lists its PCs, to a receiver that the settings name."""

    to: TargetName


class LevelActions(Rule, frozen=True, kw_only=True):
    """What is done for one level. ``when``: only for PCs whose level has just become this one, or each time.

    ``network``: deny cuts the PC off the network, permit lets it back; empty leaves it as it is.
    """

    when: Literal["level_changed", "every_judgment"] = "level_changed"
    network: Literal["permit", "deny"] | None = None
    mail: Mail | None = None
    webhook: Webhook | None = None
    command: Command | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The actions of this level, of ``ACTIONS``."""
        return tuple(action for action in ACTIONS if getattr(self, action) is not None)


class ActionPolicy(Rule, frozen=True, kw_only=True, tag_field="kind", tag="action"):
    """Actions by level."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    comment: Annotated[str, Meta(max_length=10_000)] = ""
    danger: LevelActions = LevelActions()
    warning: LevelActions = LevelActions()
    caution: LevelActions = LevelActions()
    safe: LevelActions = LevelActions()
