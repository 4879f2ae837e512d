"""What agents say of themselves, in the language of whoever reads it.

An agent tells id and parameters of its sentence beside the sentence itself. What it says by an id that is not in our
catalogue, or without what fills it (another version of the agent), is shown as it was told.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from kanmon import wire
from kanmon.common import messages


def kept(one: wire.Health) -> dict[str, Any]:
    """As it is kept with the agent; the rest of this module reads it."""
    told: dict[str, Any] = {"part": one.part, "sentence": one.sentence, "id": one.id}
    more = {"params": one.params, "cause": one.cause, "before": one.before}
    return told | {name: msgspec.to_builtins(value) for name, value in more.items() if value}


class AgentSays(messages.Spoken):
    """A row of an agent's health, as it is kept; within another sentence it has its id before it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row

    def text(self, language: str = "en") -> str:
        return f"{self.row['id']} {sentence(self.row, language)}"


def sentence(row: Mapping[str, Any], language: str) -> str:
    """The sentence of a row in ``language`` ("en" or "ja"), without its id."""
    parts = [_filled(one, language) for one in (*row.get("before", ()), row)]
    return " ".join(parts) if all(parts) else str(row.get("sentence", ""))


def rows(health: Any, language: str) -> list[dict[str, str]]:
    """All that an agent says of itself: part, sentence, id ("" when the part is well)."""
    return [
        {"part": str(one.get("part", "")), "sentence": sentence(one, language), "id": str(one.get("id", ""))}
        for one in health
    ]


def _filled(row: Mapping[str, Any], language: str) -> str:
    """A message of the catalogue; "" when it is none, or not told with all that it wants."""
    message_id, params = str(row.get("id", "")), dict(row.get("params", {}))
    if message_id not in messages.catalogue():
        return ""
    if cause := row.get("cause"):
        inner = _filled(cause, language)
        if not inner:
            return ""
        params["problem"] = f"{cause['id']} {inner}"
    if not messages.names(message_id) <= params.keys():
        return ""
    try:
        return messages.text(message_id, params, language)
    except (ValueError, LookupError, AttributeError):  # it wants a number, and got words
        return ""
