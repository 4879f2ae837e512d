"""What requests give: bodies that know their fields, and parameters with their bounds."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

GREATEST = 2**63 - 1  # of every database


class Body(Schema):
    """A body. A field that it does not know is refused: it would pass for something that was done."""

    model_config = ConfigDict(extra="forbid")


Number = Annotated[int, Field(ge=0, le=GREATEST)]
Id = Annotated[int, Field(ge=1, le=GREATEST)]
Text = Annotated[str, Field(max_length=1000)]
Language = Literal["en", "ja"]
Cursor = Annotated[str, Field(max_length=2000, description="Where to go on: `X-Kanmon-Next` of the page before.")]
Few = Annotated[int, Field(ge=1, le=1000, description="How many at most.")]
Many = Annotated[int, Field(ge=1, le=10_000, description="How many at most.")]
