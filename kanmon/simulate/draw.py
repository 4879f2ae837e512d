"""Numbers from a seed: the same in every process and on every machine."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")
_MASK = 2**64 - 1


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def mix(*numbers: int) -> int:
    """64 bits that depend on all of ``numbers`` (the finishing step of SplitMix64 after each of them)."""
    value = 0
    for number in numbers:
        value = (value + number + 0x9E3779B97F4A7C15) & _MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        value ^= value >> 31
    return value


def random_of(*numbers: int) -> Random:
    """A source of numbers that depends on all of ``numbers``."""
    return Random(mix(*numbers))  # noqa: S311  # nothing here is a secret


class Weighted(Generic[T]):
    """A choice of which some are more common than others."""

    def __init__(self, choices: Sequence[tuple[float, T]]) -> None:
        self._sums = list(accumulate(weight for weight, _ in choices))
        self._values = [value for _, value in choices]

    def pick(self, random: Random) -> T:
        """One of the values, by its weight."""
        return random.choices(self._values, cum_weights=self._sums)[0]
