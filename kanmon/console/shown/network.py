"""Network control: the list, devices with their newest order, who is unmanaged, agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that was counted up to a bound; ``more``: there are more than ``n``."""

    n: int
    more: bool = False

    def __bool__(self) -> bool:
        return self.n > 0


@dataclass(frozen=True, slots=True)
class NetworkCounts:
    """What stands on top of the pages. ``in_use``: there is an agent, or something in the list, or agents may call."""

    in_use: bool
    permitted: Counted
    cut_off: Counted
    refused: Counted
    waiting: Counted
    wrong: Counted
    unmanaged: Counted
    agents: int
    unwell: int  # of the agents that are not revoked

    @property
    def well(self) -> int:
        """Agents that answer and are well."""
        return self.agents - self.unwell


@dataclass(frozen=True, slots=True)
class NetworkQuery:
    """A search of the connection control list, as the address bar holds it."""

    state: str = ""
    why: str = ""
    wrong: bool = False
    text: str = ""
    cursor: str = ""
    size: int = 50
    only: frozenset[int] | None = None  # ids of the groups that the asking person may see; None: all


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the network saw a device last. ``wrong_since``: in another network than it belongs in, since then."""

    network: str
    how: str
    ip: str
    nas: str
    port: str
    agent: str
    at: datetime
    wrong_since: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """What an agent said to an order; ``result`` is "" as long as it has said nothing."""

    agent: str
    result: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OrderShown:
    """The newest order for a device, and how far it has come."""

    number: int
    operation: int
    wanted: str
    by: str
    actor: str
    reason: str
    progress: str
    ordered: datetime
    acknowledged: datetime | None
    verified: datetime | None
    warned: datetime | None
    sentence: str
    answers: Sequence[AnswerShown] = ()

    @property
    def silent(self) -> list[str]:
        """The agents that have not answered."""
        return [one.agent for one in self.answers if not one.result]

    @property
    def told(self) -> list[str]:
        """The agents that have carried it out."""
        return [one.agent for one in self.answers if one.result in ("done", "fixed")]


@dataclass(frozen=True, slots=True)
class Device:
    """A MAC: what holds for it, by what, and where it is. ``person`` and ``emergency``: what those registers hold."""

    mac: str
    pc: int | None
    host: str
    state: str
    why: str
    network: str
    since: datetime | None
    reason: str
    person: str = ""
    emergency: str = ""
    policy: str = ""
    seen: Seen | None = None
    order: OrderShown | None = None

    @property
    def misplaced(self) -> bool:
        """It was seen in another network than it belongs in now."""
        return self.seen is not None and self.seen.network not in ("unknown", self.network)


@dataclass(frozen=True, slots=True)
class PcNetwork:
    """The network card of a PC, or of a device without one. ``verbs``: what a person may order now."""

    devices: Sequence[Device]
    verbs: Sequence[str]
    agents: int = 0
    underway: bool = False  # its newest order is young, and has not come to its end


@dataclass(frozen=True, slots=True)
class UnmanagedRow:
    """A device that the network saw, of which there is no inventory and which nobody has permitted."""

    number: int
    mac: str
    first: datetime
    state: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Said:
    """What a part of an agent says of itself; with an id when it is not well."""

    part: str
    sentence: str
    id: str


@dataclass(frozen=True, slots=True)
class Started:
    """The last start of an agent. ``before``: the machine that it ran on before, "" when it is the same."""

    host: str
    before: str
    at: datetime
    under_way: int
    caught_up: datetime | None


@dataclass(frozen=True, slots=True)
class AgentShown:
    """An agent: whether it answers, has our list and setup, and is well."""

    name: str
    state: str  # well, unwell, silent, revoked
    enrolled: datetime
    revoked: datetime | None
    seen: datetime | None
    address: str
    version: str
    entries: int
    in_step: bool
    setup: int
    setup_wanted: int
    certified: datetime | None
    open: Counted
    health: Sequence[Said]
    start: Started | None = None
