"""Refusals: what cannot be done is told in a sentence from the catalogue, never by a bare false."""

from typing import Any

from kanmon.common import messages
from kanmon.common.redact import redact


class Refused(messages.Spoken, Exception):
    """Something was asked for that cannot be done. The sentence says what, where and how to mend it.

    ``message_id`` is a key of the catalogue (``KNMnnnn-E``), ``params`` fill its text, ``status`` is the
    HTTP status with which the faces answer. Secrets in ``params`` are redacted: sentences reach logs and pages.
    """

    def __init__(self, message_id: str, *, status: int = 400, **params: Any) -> None:
        self.message_id = message_id
        self.params = {name: redact(value) if isinstance(value, str) else value for name, value in params.items()}
        self.status = status
        super().__init__(messages.text(message_id, self.params))

    def sentence(self, language: str = "en") -> str:
        """The sentence in ``language`` ("en" or "ja"), without the id."""
        return messages.text(self.message_id, self.params, language)

    def text(self, language: str = "en") -> str:
        """The sentence with its id before it: so it stands in another one, of whose ``params`` it is a value."""
        return f"{self.message_id} {self.sentence(language)}"
