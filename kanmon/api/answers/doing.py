"""Answers about actions, orders, the network, messages, and reports that were not taken in."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kanmon.api.answers.pcs import LevelWord


class Question(TypedDict):
    """About which action a person is asked, and about how many PCs."""

    number: int
    kind: str
    level: LevelWord
    step: int
    policy: str
    why: str
    pcs: int
    since: str
    operation: int


class Held(TypedDict):
    """Whether a person holds all actions."""

    held: bool
    by: str
    since: str | None
    operation: NotRequired[int]


class HeldAction(TypedDict):
    """An action that waits since a restore."""

    id: int
    kind: str
    lane: str
    subject: str
    decided_at: str
    from_backup: bool


class HeldActions(TypedDict):
    """The oldest of those that wait since a restore."""

    lanes: Any
    since: str | None
    count: int
    operations: list[HeldAction]


class Delivery(TypedDict):
    """An order and what became of it."""

    order: int
    operation: int
    kind: str
    state: str
    level: LevelWord
    run: int
    to: list[str]
    pcs: int
    attempts: int
    sentence: str
    decided_at: str
    ended_at: str | None


class OrdersChanged(TypedDict):
    """Which orders were decided on, and their new operations."""

    orders: list[int]
    operations: list[int]
    change: int
    now: bool


class Output(TypedDict):
    """What a command wrote."""

    operation: int
    node: str
    folder: str
    text: str
    cut: bool


class Sighting(TypedDict):
    """Where the network saw a device."""

    network: str
    how: str
    ip: str
    nas: str
    port: str
    agent: str
    at: str
    wrong_since: str | None


class NetworkEntry(TypedDict):
    """A line of the connection control list."""

    mac: str
    pc: int | None
    host: str
    state: str
    why: str
    network: str
    since: str
    reason: str
    order: str
    seen: Sighting | None


class NetworkOrder(TypedDict):
    """An order to the network."""

    id: int
    operation: int
    mac: str
    pc: int | None
    wanted: str
    by: str
    reason: str
    progress: str
    ordered_at: str
    acknowledged_at: str | None
    verified_at: str | None
    warned_at: str | None
    sentence: str


class Unmanaged(Sighting):
    """A device that no inventory knows."""

    id: int
    mac: str
    first_at: str


class NetworkAgent(TypedDict):
    """An agent with how it is."""

    name: str
    state: str
    enrolled_at: str | None
    seen_at: str | None
    address: str
    version: str
    entries: int
    in_step: bool
    health: list[dict[str, Any]]
    last_start: dict[str, Any] | None


class Link(TypedDict):
    """A signed link to the page of a PC."""

    pc: int
    host: str
    link: str
    days: int


class SetUp(TypedDict):
    """A version of the setup."""

    version: int | None
    operation: int


class UserMessage(TypedDict):
    """A message with how far it has come."""

    id: int
    pc: int
    host: str
    operation: int
    title: str
    text: str
    state: str
    made_at: str
    expires_at: str
    delivered_at: str | None
    shown_at: str | None
    expired_at: str | None


class ClientRow(TypedDict):
    """The client of a PC."""

    pc: int
    host: str
    agent: str
    registered_at: str
    seen_at: str
    refused_at: str | None


class ClientForgotten(TypedDict):
    """Whose client is listened to no more."""

    pc: int
    host: str
    operation: int


class RefusedBody(TypedDict):
    """A body that was not taken in."""

    id: int
    received_at: str
    source: str | None
    address: str | None
    agent: str
    size: int
    message_id: str
    sentence: str


class Suspected(TypedDict):
    """A report that waits for a person."""

    id: int
    received_at: str
    source: str
    device: str
    pc: int | None
    reasons: list[str]
