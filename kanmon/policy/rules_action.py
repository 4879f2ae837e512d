"""The action policy: what is done for PCs of each level."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kanmon.policy.rules_words import Rule

KEYWORDS = {
    "level": "The level, in words.",
    "count": "How many PCs the mail is about.",
    "date": "When it was decided, in `server.time_zone`.",
    "policy": "Name of the action policy.",
    "step": "Number of the step of the level, from 1.",
    "days": "Days of the calendar since the PCs came to this level: `3`, or `0-12` when they differ.",
    "judgments": "Judgments in a row with this level: `2`, or `1-8` when they differ.",
    "since": "When the first of the PCs came to this level.",
    "pcs": "Host names of the PCs, 20 at most, and how many more there are.",
    "users": "Users of the PCs, each once, 20 at most, and how many more there are.",
    "items": "The judgment items that are at this level, each with its number of PCs.",
    "run": "Number of the run: what was judged together. Of a digest: how many runs.",
    "judged": "How many PCs were judged in it.",
    "changed": "How many of them got another verdict.",
    "table": "The PCs, 50 at most, each with what is wrong and the address of its page. In a mail to a user: what is"
    " wrong with the PC, what is wanted, and how to mend it.",
    "link": "Address of the list of PCs at this level, in a mail to a user of the PC's page. With `portal.url`: of the"
    " remediation page.",
    "order": "Address of the page that says what became of this mail.",
}
"""Words in braces that a subject, a body or an HTML text may hold, with their meaning."""

COMMAND_KEYWORDS = {
    "policy": "Name of the action policy.",
    "level": "`danger`, `warning`, `caution` or `safe`.",
    "run": "Number of the run: what was judged together.",
    "order": "Number of the order. The same however often it is carried out.",
    "operation": "Number of the operation that carries it out, as `kanmon operations` lists it.",
    "attempt": "1, or more when it may be a repeat.",
    "count": "How many PCs the order is about.",
    "folder": "The folder with the files about these PCs.",
    "step": "0, or the number of the step of `then`.",
}
"""Words in braces that an argument of a command may hold, with their meaning. Each is an environment variable, too."""

MESSAGE_KEYWORDS = {
    "host": "Host name of the PC.",
    "level": "Its level, in words.",
    "problems": "What is wrong: the worst findings, at most five, a line each.",
    "deadline": "The day on which the policy cuts the PC off, when a later step of the level does that.",
    "contact": "Whom to call, as `portal.help` says it.",
    "link": "The address of the PC's own remediation page, signed, good until the message expires.",
    "policy": "Name of the action policy; of a message by hand: empty.",
    "date": "The day on which the message is written.",
}
"""Words in braces that a message to the PC's user may hold. A line whose keywords all have no value is left out."""

ACTIONS = ("network", "mail", "user_mail", "webhook", "event", "command", "message")
"""What a level may order, in the order in which it is ordered."""

ADDRESS = r"[^@\s,;<>:\x00-\x1f\x7f]+@[^@\s,;<>\x00-\x1f\x7f]+"
GROUP = r"[^@\s,;<>:/\"\x00-\x1f\x7f]{1,60}"
GROUP_MARK = "group:"
Receiver = Annotated[
    str,
    Meta(
        pattern=f"^({GROUP_MARK}{GROUP}|{ADDRESS})$(?!\\n)", max_length=254,
        description="an address, or group:NAME of kanmon mail-groups",
    ),
]  # fmt: skip
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM")]
TargetName = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="a name of webhook.targets, or of events.targets")
]
Language = Literal["en", "ja"]


Texts = dict[Language, Annotated[str, Meta(max_length=20_000)]]


class Mail(Rule, frozen=True, kw_only=True):
    """One mail a run that lists its PCs. ``subject``, ``body`` and ``html`` are texts by language; empty: the built-in
    ones, and HTML made from the body.

    ``digest``: times of day in ``server.time_zone``; what is decided before one goes as one mail then.
    """

    to: Literal["administrators"] | Annotated[tuple[Receiver, ...], Meta(min_length=1, max_length=100)] = (
        "administrators"
    )
    subject: dict[Language, Annotated[str, Meta(max_length=500)]] = field(default_factory=dict)
    body: Texts = field(default_factory=dict)
    html: dict[Language, Annotated[str, Meta(max_length=100_000)]] = field(default_factory=dict)
    digest: Annotated[tuple[TimeOfDay, ...], Meta(max_length=24)] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups of addresses that it goes to."""
        to = () if isinstance(self.to, str) else self.to
        return tuple(one.removeprefix(GROUP_MARK) for one in to if one.startswith(GROUP_MARK))


class UserMail(Rule, frozen=True, kw_only=True):
    """A mail to the user of each PC. Texts as those of ``Mail``."""

    to: Literal["user"] = "user"
    subject: dict[Language, Annotated[str, Meta(max_length=500)]] = field(default_factory=dict)
    body: Texts = field(default_factory=dict)
    html: dict[Language, Annotated[str, Meta(max_length=100_000)]] = field(default_factory=dict)


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


class Notice(Rule, frozen=True, kw_only=True):
    """A message to the user of each PC. The texts are by language; empty: the built-in ones.

    ``html`` is shown where HTML can be; what could do harm is taken out of it. ``expires_days``: after so many days the
    message is not shown any more.
    """

    title: dict[Language, Annotated[str, Meta(max_length=200)]] = field(default_factory=dict)
    text: dict[Language, Annotated[str, Meta(max_length=5000)]] = field(default_factory=dict)
    html: dict[Language, Annotated[str, Meta(max_length=20_000)]] = field(default_factory=dict)
    expires_days: Annotated[int, Meta(ge=1, le=90)] = 14


class Webhook(Rule, frozen=True, kw_only=True):
    """One signed HTTP request a run that lists its PCs, to a receiver that the settings name."""

    to: TargetName


class Event(Rule, frozen=True, kw_only=True):
    """One event for each PC, and one for the run, to a receiver that the settings name: syslog as CEF or OCSF."""

    to: TargetName


class After(Rule, frozen=True, kw_only=True):
    """Execution condition: the level has been the same for this long. Both must hold where both are given.

    ``days``: days of the calendar since the day on which the level became this one, in ``server.time_zone``; a day
    on which the PC was not judged counts. ``judgments``: judgments of the PC in a row, the one that brought it here
    counted.
    """

    days: Annotated[int, Meta(ge=0, le=365)] = 0
    judgments: Annotated[int, Meta(ge=1, le=1000)] = 1


class Repeat(Rule, frozen=True, kw_only=True):
    """Done again ``every_days`` days while the level stays the same, ``most`` times after the first at most."""

    every_days: Annotated[int, Meta(ge=1, le=365)]
    most: Annotated[int, Meta(ge=1, le=365)]


class Step(Rule, frozen=True, kw_only=True):
    """What is done, and how long the level must have been the same for it.

    ``network``: deny cuts the PC off the network, permit lets it back; empty leaves it as it is.
    """

    after: After | None = None
    repeat: Repeat | None = None
    network: Literal["permit", "deny"] | None = None
    mail: Mail | None = None
    user_mail: UserMail | None = None
    webhook: Webhook | None = None
    event: Event | None = None
    command: Command | None = None
    message: Notice | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The actions of this step, of ``ACTIONS``."""
        return tuple(action for action in ACTIONS if getattr(self, action) is not None)


class LevelActions(Step, frozen=True, kw_only=True):
    """What is done for one level. ``when``: once for each time that a PC comes to this level, or at each judgment.

    ``then``: what more is done when the level stays the same for longer.
    """

    when: Literal["level_changed", "every_judgment"] = "level_changed"
    then: Annotated[tuple[Step, ...], Meta(max_length=5)] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps; their places are their numbers."""
        return (self, *self.then)


class ActionPolicy(Rule, frozen=True, kw_only=True, tag_field="kind", tag="action"):
    """Actions by level.

    ``dry_run``: nothing is done; what would be is written down. ``new_pc_grace_days``: nothing is done about a PC in
    its first days, counted like those of ``after``; what is still due then is done.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    comment: Annotated[str, Meta(max_length=10_000)] = ""
    dry_run: bool = False
    new_pc_grace_days: Annotated[int, Meta(ge=0, le=90)] = 0
    danger: LevelActions = LevelActions()
    warning: LevelActions = LevelActions()
    caution: LevelActions = LevelActions()
    safe: LevelActions = LevelActions()
