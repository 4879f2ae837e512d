"""A sentence of the catalogue that has not been said yet: its id and what fills it.

Reports and warnings keep sentences in this form, so that the same one is read in English, in Japanese and as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kanmon.common import messages


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """For JSON: what is a sentence itself is said in English."""
    return {name: one.text() if isinstance(one, messages.Spoken) else one for name, one in params.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """``id`` is a message of the catalogue, ``params`` fill it."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The sentence in ``language`` ("en" or "ja")."""
        return messages.text(self.id, self.params, language)

    def as_json(self) -> dict[str, Any]:
        """For programs: the id, what fills it, and the sentence in both languages."""
        return {"id": self.id, "params": plain(self.params), "en": self.text("en"), "ja": self.text("ja")}
