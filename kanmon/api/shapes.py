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
    """A source or API token to make; ``role`` counts for API tokens only."""

    name: str = Field(max_length=100)
    role: str = "viewer"


class SuspectedDecision(Body):
    """What a person says of a suspected report; ``pc`` is a PC's number, for "same"."""

    decision: Literal["same", "new", "reject"]
    pc: int | None = None
