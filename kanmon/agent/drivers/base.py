"""What a driver is. Values, and no I/O.

A driver brings one kind of device to what the connection control list says. What it promises:

* ``whole`` makes the device equal to the list, whatever was there. It is called first, before any ``apply``, and again
  after each change of the setup and when drift was found.
* ``apply`` changes some PCs. It says of each whether the device has it now; all in one step where the device can.
  The same changes may come again, and in ``whole`` again, and then change nothing.
* Killed at any moment, it leaves each PC as it was or as it was to be. ``whole`` by the next process mends the rest.
* ``remove`` takes away what the driver has made, and nothing else.

Calls come from one thread at a time and may block for as long as the driver's own time limit.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from kanmon.common.errors import Refused
from kanmon.wire import Cause, Health, Network, Seen, Setup, State

ENTRIES_MOST = 1_000_000  # of one list
STATES: tuple[State, ...] = ("permit", "deny", "refuse")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_Settings = TypeVar("_Settings", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Entry:
    """What holds for a PC. ``mac`` is aa:bb:cc:dd:ee:ff; address and host are told for devices that want them.

    Raises ValueError for a MAC in any other spelling: drivers put it into commands as it is.
    """

    mac: str
    state: State
    ip: str = ""
    host: str = ""

    def __post_init__(self) -> None:
        _check(self.mac)


@dataclass(frozen=True, slots=True)
class Change:
    """A PC and what holds for it from now on; None: it is not in the list any more (unregistered)."""

    mac: str
    state: State | None
    ip: str = ""
    host: str = ""

    def __post_init__(self) -> None:
        _check(self.mac)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a change. ``sentence`` says why it failed, with the id of a message before it."""

    mac: str
    result: Literal["done", "failed"]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """Device and list differ. ``mac`` "": not about a PC but about the device's own rules.

    ``wanted`` and ``found`` are states, "unregistered", or several states joined by "+".
    """

    mac: str
    wanted: str
    found: str


class Driver(Protocol):
    """One kind of device, as the agent drives it. See the module for what is promised."""

    name: str

    def whole(self, entries: Collection[Entry], setup: Setup) -> None:
        """Make the device equal to the list. ``setup`` says which network the unregistered and the refused get, and
        which devices are fixed: these are let through whatever the list says. Raises Refused; then nothing has changed.
        """

    def apply(self, changes: Sequence[Change]) -> list[Applied]:
        """Carry changes out; of several about one PC the last counts. An answer for each PC, none is raised."""

    def seen(self) -> list[Seen]:
        """Who was seen, in which network, since the last call; ``at`` is never later than the truth. Raises Refused."""

    def drift(self, entries: Collection[Entry]) -> list[Drift]:
        """Where the device differs from the list, at most ``DRIFT_MOST``. Changes nothing. Raises Refused."""

    def health(self) -> Health:
        """How the device is: cheap, asked every few seconds. ``id`` "" when it is well."""

    def remove(self) -> None:
        """Take away what the driver has made. Raises Refused."""


DRIFT_MOST = 1000


def _check(mac: str) -> None:
    if not _MAC.fullmatch(mac):
        raise ValueError(f"{mac!r} is no MAC address of the form aa:bb:cc:dd:ee:ff")


def bounded(name: str, entries: Collection[Entry]) -> None:
    """Raises Refused KNM8302-E for a list that is too long."""
    if len(entries) > ENTRIES_MOST:
        raise Refused("KNM8302-E", name=name, count=len(entries), most=ENTRIES_MOST)


def newest(changes: Iterable[Change]) -> dict[str, Change]:
    """By MAC, the last change of each."""
    return {one.mac: one for one in changes}


def failed(changes: Mapping[str, Change], refused: Refused) -> list[Applied]:
    """None of ``changes`` was carried out, and why."""
    return [Applied(mac, "failed", f"{refused.message_id} {refused}") for mac in changes]


def differences(entries: Iterable[Entry], found: Mapping[str, str]) -> list[Drift]:
    """Where what a device has (``found``: state by MAC) differs from the list, by MAC, at most ``DRIFT_MOST``."""
    wanted: dict[str, str] = {one.mac: one.state for one in entries}
    macs = sorted(mac for mac in wanted.keys() | found.keys() if wanted.get(mac) != found.get(mac))
    return [Drift(mac, wanted.get(mac, "unregistered"), found.get(mac, "unregistered")) for mac in macs[:DRIFT_MOST]]


def network(state: State | None, setup: Setup) -> Network:
    """The network of a state; of None, that of the unregistered."""
    match state:
        case "permit":
            return "corporate"
        case "deny":
            return "quarantine"
        case "refuse":
            return setup.refused
    return setup.unregistered


def well(name: str) -> Health:
    """Nothing is to be said of a device."""
    return Health(part=name, sentence="")


def unwell(name: str, refused: Refused, before: Sequence[Refused] = (), language: str = "en") -> Health:
    """What is wrong with a device, or another part of the agent. ``before``: what was tried before that, in vain.

    The sentence is in ``language``; id and parameters go with it, so that the Manager can say it in any.
    """
    told = [*before, refused]
    inner = refused.params.get("problem")
    return Health(
        part=name, sentence=" ".join(one.sentence(language) for one in told)[:1000], id=refused.message_id,
        params=_params(refused), cause=_cause(inner) if isinstance(inner, Refused) else None,
        before=tuple(_cause(one) for one in before[-3:]),
    )  # fmt: skip


def _cause(refused: Refused) -> Cause:
    return Cause(id=refused.message_id, params=_params(refused))


def _params(refused: Refused) -> dict[str, str]:
    told = {name: one for name, one in refused.params.items() if not isinstance(one, Refused)}
    return {name: str(one)[:300] for name, one in list(told.items())[:12]}


def read_settings(name: str, told: Mapping[str, Any], kind: type[_Settings]) -> _Settings:
    """The settings of driver ``name``. Raises Refused KNM8301-E, which names the setting that is wrong."""
    known = kind.__struct_fields__
    for unknown in told.keys() - set(known):
        near = difflib.get_close_matches(unknown, known, n=1, cutoff=0)
        problem = f"there is no setting {unknown}" + (f"; the nearest is {near[0]}" if near else "")
        raise Refused("KNM8301-E", name=name, problem=problem)
    try:
        return msgspec.convert(dict(told), kind)
    except (msgspec.ValidationError, TypeError, ValueError) as problem:
        raise Refused("KNM8301-E", name=name, problem=str(problem)) from None


def wrong(name: str, setting: str, why: str) -> Refused:
    """A setting whose value can't be used."""
    return Refused("KNM8301-E", name=name, problem=f"{setting}: {why}")
