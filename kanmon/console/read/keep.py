"""Keep an answer for a few seconds, for counts that every page shows."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from kanmon.common import clock
from kanmon.search import kept
from kanmon.search.roster import ROSTER

Value = TypeVar("Value")
Given = ParamSpec("Given")
MOST_KEPT = 50  # answers of one function, told apart by what it was asked with
_forget: list[Callable[[], None]] = []


def for_seconds(seconds: float) -> Callable[[Callable[Given, Value]], Callable[Given, Value]]:
    """The decorated function is asked at most once in ``seconds`` with the same arguments, which can be keys of a
    dictionary; between, the last answer is given.
    """

    def wrap(function: Callable[Given, Value]) -> Callable[Given, Value]:
        answers: OrderedDict[object, tuple[float, Value]] = OrderedDict()
        _forget.append(answers.clear)

        @wraps(function)
        def answer(*args: Given.args, **kwargs: Given.kwargs) -> Value:
            now, asked = clock.monotonic(), (args, tuple(sorted(kwargs.items())))
            found = answers.get(asked)
            if found is not None and now - found[0] < seconds:
                return found[1]
            value = function(*args, **kwargs)
            answers[asked] = (now, value)
            while len(answers) > MOST_KEPT:
                try:
                    answers.popitem(last=False)
                except KeyError:  # another thread was first
                    break
            return value

        return answer

    return wrap


def ask_again() -> None:
    """Ask again at the next call: something was changed here."""
    for clear in _forget:
        clear()
    kept.forget()


def forget() -> None:
    """Nothing is remembered of the database, as after a start (tests)."""
    ask_again()
    ROSTER.forget()
