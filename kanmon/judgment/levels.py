"""Security levels and the six items: what is worse than what.

The numbers have gaps and are ordered so that the worst is simply the greatest: a PC with a Caution
finding and something unknown is Caution; one with nothing worse than passed checks and something
unknown is Unknown, never Safe. They are stored: never change one.
"""

from collections.abc import Iterable
from enum import IntEnum


class Level(IntEnum):
    """Level of a condition, an item or a PC."""

    DANGER = 400
    WARNING = 300
    CAUTION = 200
    UNKNOWN = 150
    SAFE = 100
    NOT_APPLICABLE = 50
    NOT_JUDGED = 0

    @property
    def word(self) -> str:
        """The word used in JSON, YAML and on the command line: ``danger``, ``not_judged``..."""
        return self.name.lower()


def parse(word: str) -> Level:
    """The level of a word such as "danger". Raises ValueError that lists the words."""
    try:
        return Level[word.upper()]
    except KeyError:
        raise ValueError(f"{word!r} is no level; levels: {', '.join(level.word for level in Level)}") from None


def worst(levels: Iterable[Level]) -> Level:
    """The worst of ``levels``; NOT_JUDGED when there are none."""
    return max(levels, default=Level.NOT_JUDGED)


ITEMS = (
    "security_updates",
    "antivirus",
    "prohibited_software",
    "mandatory_software",
    "pc_settings",
    "user_definition",
)
"""The six judgment items in the order of every list, of stored item levels and of the console's columns."""
