"""People and API tokens as the pages show them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the list."""

    number: int
    name: str
    role: str
    state: str  # active, invited, disabled
    groups: tuple[str, ...] | None  # paths; None: the whole system
    language: str
    signed_in: datetime | None
    made: datetime
    factor: bool = False  # has set up a second factor

    @property
    def is_limited(self) -> bool:
        """Whether groups limit them."""
        return self.groups is not None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in which a person is signed in. ``browser``, ``system``: "" when they are none that is known."""

    number: int
    browser: str
    system: str
    address: str
    since: datetime
    used: datetime
    is_here: bool  # that of who is looking


@dataclass(frozen=True, slots=True)
class Sessions:
    """Where a person is signed in."""

    rows: list[SessionRow]

    @property
    def has_here(self) -> bool:
        """Whether it is the person who is looking."""
        return any(one.is_here for one in self.rows)

    @property
    def has_others(self) -> bool:
        """Whether there is one that can be ended."""
        return any(not one.is_here for one in self.rows)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token of the list; what it is, is kept nowhere."""

    number: int
    name: str
    role: str
    state: str  # active, over, revoked
    groups: tuple[str, ...] | None
    made: datetime
    by: str
    used: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group that somebody may be limited to. ``deep``: how far below the root, 1 to 6."""

    path: str
    name: str
    deep: int
    chosen: bool
