"""Answers about people, tokens and settings."""

from typing import Any, NotRequired

from typing_extensions import TypedDict


class ApiToken(TypedDict):
    """An API token; what it is is kept nowhere. ``groups`` null: not limited."""

    name: str
    role: str
    groups: list[str] | None
    created_at: str
    created_by: str
    state: str
    expires_at: str | None
    last_used_at: str | None


class Person(TypedDict):
    """Somebody who may sign in. ``groups`` null: not limited."""

    name: str
    role: str
    groups: list[str] | None
    language: str
    state: str
    second_factor: bool
    last_sign_in: str | None
    made_at: str


class PersonLink(TypedDict):
    """A one-time link, shown this once; empty with a ``sentence`` when the same call came again."""

    name: str
    operation: int
    link: str
    sentence: NotRequired[str]


class Setting(TypedDict):
    """A setting as it holds on this node. ``source``: default, console, or where the machine says it."""

    name: str
    value: Any
    default: Any
    unit: str
    least: float | None
    most: float | None
    choices: list[str]
    source: str
    changeable: bool
    changed_at: str | None
    changed_by: str
    meaning: str


class SettingsChanged(TypedDict):
    """What was set; null: the default holds again."""

    settings: dict[str, Any]
    operation: int


class Tried(TypedDict):
    """How one try ended."""

    good: bool
    id: str
    sentence: str


class TriedOut(TypedDict):
    """What was tried out, server by server."""

    tried: list[Tried]
    operation: int
