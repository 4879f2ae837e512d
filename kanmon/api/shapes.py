"""Bodies of requests."""

from typing import Literal

from ninja import Field

from kanmon.api.given import Body


class JudgeOrder(Body):
    """Whom to judge: all, these PCs (asset numbers or hosts), or a group and what is below it."""

    all: bool = False
    pcs: list[str] = Field(default_factory=list, max_length=100_000)
    group: str = ""
    skip_unchanged: bool = False


class NewToken(Body):
    """A source or API token to make; all but ``name`` counts for API tokens only.

    ``groups``: paths that it is limited to, none: the whole system; ``days``: how long it is good, null: until revoked.
    """

    name: str = Field(max_length=100)
    role: str = "viewer"
    groups: list[str] = Field(default_factory=list, max_length=1000)
    days: int | None = None


class NewPerson(Body):
    """A person to make; ``groups``: paths that limit them, none: the whole system; ``language``: en, ja or ""."""

    name: str = Field(max_length=150)
    role: str = Field(max_length=60)
    groups: list[str] = Field(default_factory=list, max_length=1000)
    language: str = Field(default="", max_length=10)


class PersonAsked(Body):
    """What a person is to be; null stays as it is. ``everything``: take the limit to groups away."""

    role: str | None = Field(default=None, max_length=60)
    groups: list[str] | None = Field(default=None, max_length=1000)
    everything: bool = False
    language: str | None = Field(default=None, max_length=10)


class SuspectedDecision(Body):
    """What a person says of a suspected report; ``pc`` is a PC's number, for "same"."""

    decision: Literal["same", "new", "reject"]
    pc: int | None = None
