"""Setup: settings with their controls, feeds with their age, schedules with their next time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from kanmon.setup.changeable import Why

Control = Literal["yes_no", "choice", "number", "lines", "text"]


@dataclass(frozen=True, slots=True)
class SettingShown:
    """One setting. ``text``: its value as the control holds it; ``was``: the same, as the page showed it first.

    ``source``: default, console, or where the machine says it. ``problem``: what is wrong with what was typed.
    """

    name: str
    control: Control
    text: str
    default: str
    reason: str
    unit: str
    least: float | None
    most: float | None
    choices: tuple[str, ...]
    source: str
    fixed: Why
    elsewhere: bool
    secret: bool
    changed_at: datetime | None
    changed_by: str
    was: str = ""
    problem: str = ""

    @property
    def field(self) -> str:
        """The name of its control."""
        return self.name.replace(".", "__")

    @property
    def changeable(self) -> bool:
        """Whether it is changed on this page."""
        return not self.fixed and not self.elsewhere

    @property
    def edited(self) -> bool:
        """Whether what is shown is not what holds."""
        return self.text != self.was


@dataclass(frozen=True, slots=True)
class FeedShown:
    """One feed. ``age_days``: since its own day; None when it names none. ``old``: older than the setting allows."""

    name: str
    format: str
    dated: str
    age_days: int | None
    old: bool
    imported_at: datetime
    imported_by: str
    rows: int
    used: int
    covers: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """One schedule. ``groups``: paths; none: all PCs. ``next``, ``last``: times in its zone."""

    name: str
    cron: str
    zone: str
    groups: tuple[str, ...]
    skip_unchanged: bool
    next: datetime
    last: datetime | None
    author: str


def text_of(value: Any) -> str:
    """A value as its control holds it: lists with one entry a line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def control_of(default: Any, choices: tuple[str, ...]) -> Control:
    """Which control holds a setting."""
    if isinstance(default, bool):
        return "yes_no"
    if choices:
        return "choice"
    return "number" if isinstance(default, int | float) else "lines" if isinstance(default, list) else "text"


def value_of(text: str, control: Control) -> Any:
    """What was typed, as a setting takes it."""
    if control == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text.strip()
