"""What an order makes of an entry, and what holds for a PC. Values in, values out.

What holds, the strongest first: a fixed device is permitted; refused in emergency; what a person permitted or denied;
what the policy decided; else unregistered. Each kind has a register of its own (``wire``), and each register takes the
newest order by (term, version). So an order by policy is written down under a refusal and holds when that is lifted,
and it does not matter in which order, or how often, orders arrive.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec.structs import replace

from kanmon.wire import NOTHING, Entry, Held, Network, Order, Setup, State

Register = Literal["policy", "person", "emergency"]
Outcome = Literal["kept", "stale_term", "stale_version", "not_for_policy"]
REGISTERS: tuple[Register, ...] = ("policy", "person", "emergency")


class Decided(NamedTuple):
    """What an order makes of an entry. ``kept``: written down (perhaps it was already); else why it was refused."""

    entry: Entry
    outcome: Outcome


class Holds(NamedTuple):
    """What holds for a PC now. ``why`` names the register, or ``fixed`` or ``unregistered``; ``since`` is the order's."""

    mac: str
    ip: str
    host: str
    state: Literal["permit", "deny", "refuse", "unregistered"]
    network: Network
    why: Literal["fixed", "emergency", "person", "policy", "unregistered"]
    order: str = ""
    reason: str = ""
    since: datetime | None = None


class FixedDevices:
    """The devices that are never denied: by whole MAC, or by their first octets."""

    def __init__(self, setup: Setup) -> None:
        self._known = frozenset(one.mac for one in setup.fixed)
        self._lengths = sorted({len(one) for one in self._known})

    def __contains__(self, mac: object) -> bool:
        return isinstance(mac, str) and any(mac[:length] in self._known for length in self._lengths)


def _written(order: Order) -> Mapping[Register, State | None] | None:
    """The registers that an order writes, whatever stands there; None when it is not for the policy to order."""
    match order.by, order.wanted:
        case "policy", ("lift" | "withdraw"):
            return None
        case "policy", "remove":
            return {"policy": None}
        case "policy", ("permit" | "deny" | "refuse") as state:
            return {"policy": state}
        case _, "refuse":
            return {"emergency": "refuse"}
        case _, "lift":
            return {"emergency": None}
        case _, "withdraw":
            return {"person": None}
        case _, ("permit" | "deny") as state:
            return {"person": state}
    return dict.fromkeys(REGISTERS)  # removed by a person


def decide(entry: Entry, order: Order, highest_term: int) -> Decided:
    """The entry after ``order``. ``highest_term``: of all Managers that the agent has heard.

    An order that is already written down is kept again and changes nothing. Of one that writes several registers
    (remove) each takes it if it is newer there; it is stale when it is older everywhere.
    """
    if order.term < highest_term:
        return Decided(entry, "stale_term")
    written = _written(order)
    if written is None:
        return Decided(entry, "not_for_policy")
    stamp = order.term, order.version
    changes: dict[str, Held] = {}
    known = False
    for register, state in written.items():
        held: Held = getattr(entry, register)
        if held.stamp < stamp:
            changes[register] = Held(
                state=state, term=order.term, version=order.version, order=order.id, reason=order.reason, at=order.at
            )
        elif held.stamp == stamp and held.order == order.id:
            known = True
    if not changes and not known:
        return Decided(entry, "stale_version")
    after = replace(entry, **changes)
    if entry.told < stamp:
        after = replace(after, ip=order.ip, host=order.host, told=stamp)
    return Decided(after, "kept")


def overtaken(entry: Entry, order_id: str) -> bool:
    """No register is by this order any more: a newer one has been written over it."""
    return all(getattr(entry, register).order != order_id for register in REGISTERS)


def holds(entry: Entry, setup: Setup, fixed: FixedDevices) -> Holds:
    """What holds for the PC of ``entry`` now, and the network that it belongs in."""
    if entry.mac in fixed:
        return Holds(entry.mac, entry.ip, entry.host, "permit", "corporate", "fixed")
    for why in ("emergency", "person", "policy"):
        held: Held = getattr(entry, why)
        if held.state is not None:
            network = network_of(held.state, setup)
            return Holds(
                entry.mac, entry.ip, entry.host, held.state, network, why, held.order, held.reason, held.at
            )  # fmt: skip
    return Holds(entry.mac, entry.ip, entry.host, "unregistered", setup.unregistered, "unregistered")


def network_of(state: State, setup: Setup) -> Network:
    """The network for a state of the list."""
    if state == "permit":
        return "corporate"
    return "quarantine" if state == "deny" else setup.refused


def ignored_by_fixed(entry: Entry, fixed: FixedDevices) -> bool:
    """Something denies or refuses this PC, and is passed over because it is a fixed device."""
    denied = any(getattr(entry, register).state in ("deny", "refuse") for register in REGISTERS)
    return denied and entry.mac in fixed


def healed(mine: Entry | None, theirs: Entry | None, *, changed_since: bool) -> Entry | None:
    """An entry after a whole list of the Manager; None: no such entry any more.

    ``mine`` is the agent's, ``theirs`` the Manager's. ``changed_since``: an order has written mine since the list was
    made, so the newer register counts; else the Manager is right. What was imported at the agent alone stays.
    """
    if mine is None or mine == theirs:
        return theirs
    if theirs is None:
        return mine if changed_since or mine.local else None
    if not changed_since:
        return theirs
    newer = {register: _newer(getattr(mine, register), getattr(theirs, register)) for register in REGISTERS}
    told = mine if mine.told >= theirs.told else theirs
    return replace(theirs, ip=told.ip, host=told.host, told=told.told, **newer)


def _newer(mine: Held, theirs: Held) -> Held:
    return mine if mine.stamp > theirs.stamp else theirs


def set_here(entry: Entry, state: State | None, at: datetime, reason: str, ip: str = "", host: str = "") -> Entry:
    """The entry after a person at the agent set it by hand (import, remove): a newer order of the Manager wins.

    Registers keep their numbers, so the digest tells the Manager of the change. ``state`` None: nothing holds any more.
    """
    kept = replace(entry, ip=ip or entry.ip, host=host or entry.host)
    if state is None:
        return replace(kept, **{name: _set(getattr(entry, name), None, at, reason) for name in REGISTERS})
    register: Register = "emergency" if state == "refuse" else "policy"
    others = {name: _set(getattr(entry, name), None, at, reason) for name in _above(register)}
    return replace(kept, **(others | {register: _set(getattr(entry, register), state, at, reason)}))


def _above(register: Register) -> tuple[Register, ...]:
    return () if register == "emergency" else ("person", "emergency")


def _set(held: Held, state: State | None, at: datetime, reason: str) -> Held:
    if held == NOTHING and state is None:
        return held
    return Held(state=state, term=held.term, version=held.version, order="", reason=reason, at=at)
