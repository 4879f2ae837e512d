"""Keep an answer for a few seconds, for counts that every page shows."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from kanmon.common import clock

Value = TypeVar("Value")
_forget: list[Callable[[], None]] = []


def for_seconds(seconds: float) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """The decorated function is asked at most once in ``seconds``; between, the last answer is given."""

    def wrap(function: Callable[[], Value]) -> Callable[[], Value]:
        kept: list[tuple[float, Value]] = []
        _forget.append(kept.clear)

        @wraps(function)
        def answer() -> Value:
            now = clock.monotonic()
            if kept and now - kept[0][0] < seconds:
                return kept[0][1]
            value = function()
            kept[:] = [(now, value)]
            return value

        return answer

    return wrap


def forget() -> None:
    """Ask again at the next call (tests)."""
    for clear in _forget:
        clear()
