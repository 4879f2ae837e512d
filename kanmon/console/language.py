"""The reader's language, and words of other stages in it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language


def language() -> str:
    """The reader's language as the catalogue of messages wants it: en or ja."""
    return "ja" if (get_language() or "en").startswith("ja") else "en"


class Worded:
    """A text that is asked for when it is shown: ``say(*given, language)`` of another stage's table of words."""

    def __init__(self, say: Callable[..., str], *given: Any) -> None:
        self._say, self._given = say, given

    def __str__(self) -> str:
        return self._say(*self._given, language())
