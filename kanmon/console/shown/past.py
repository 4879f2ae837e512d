"""The strip of days on the page of a PC."""

from dataclasses import dataclass
from datetime import date

from kanmon.judgment.levels import Level

DAYS = 90
_HEIGHTS = {Level.DANGER: 22, Level.WARNING: 18, Level.CAUTION: 14, Level.SAFE: 8, Level.UNKNOWN: 8}
_FILLS = {Level.DANGER: "danger", Level.WARNING: "warning", Level.CAUTION: "caution", Level.SAFE: "safe"}


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day: the level at its end. The worse it was, the higher the bar."""

    place: int
    day: date
    level: Level
    chosen: bool
    title: str

    @property
    def x(self) -> int:
        """Left edge in the drawing."""
        return 10 * self.place + 1

    @property
    def height(self) -> int:
        """Of the bar; a day without a verdict is a low one."""
        return _HEIGHTS.get(self.level, 3)

    @property
    def y(self) -> int:
        """Upper edge of the bar."""
        return 24 - self.height

    @property
    def fill(self) -> str:
        """The class of its colour."""
        return f"k-f-{_FILLS.get(self.level, 'unknown')}"
