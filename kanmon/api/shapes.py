"""Bodies of requests."""

from typing import Literal

from ninja import Field, Schema


class JudgeOrder(Schema):
    """Whom to judge: all, these PCs (asset numbers or hosts), or a group and what is below it."""

    all: bool = False
    pcs: list[str] = Field(default_factory=list, max_length=100_000)
    group: str = ""
    skip_unchanged: bool = False


class NewToken(Schema):
    """A source or API token to make; ``role`` counts for API tokens only."""

    name: str = Field(max_length=100)
    role: str = "viewer"


class SuspectedDecision(Schema):
    """What a person says of a suspected report; ``pc`` is a PC's number, for "same"."""

    decision: Literal["same", "new", "reject"]
    pc: int | None = None
