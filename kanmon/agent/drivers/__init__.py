"""Drivers: the ways to change a network. One driver is one kind of device.

In: the connection control list, whole or by changes. Out: what became of each change, who was seen where, and where
device and list differ. ``base`` says what a driver is and what it promises; ``DRIVERS`` names them all; each passes the
suite in ``tests/agent/drivers``; ``radius``, whose devices hold sessions and no list, has its own beside it.

simulated   a file instead of a device, for trials; it cuts nobody off
command     a program of the user's own, for devices that no driver knows
nftables    a Linux gateway, bridged or routed
radius      sessions at switches that ask FreeRADIUS; the list itself is asked at each authentication

Each module has ``make``, and ``check``, which looks at settings and at the tools that the driver needs, and changes nothing.

After a crash: a driver keeps nothing that it could not find again. ``whole`` is called first after every start.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from kanmon.agent.drivers.base import Driver
from kanmon.common.errors import Refused

DRIVERS: Mapping[str, str] = {
    "simulated": "kanmon.agent.drivers.simulated",
    "command": "kanmon.agent.drivers.command",
    "nftables": "kanmon.agent.drivers.nftables.driver",
    "radius": "kanmon.agent.radius.driver",
}


def make(name: str, settings: Mapping[str, Any], home: Path) -> Driver:
    """The driver ``name`` with its settings (a table of agent.toml). ``home`` is the agent's own folder.

    A module is imported when its driver is wanted. Raises Refused KNM8300-E (no such driver), KNM8301-E (settings).
    """
    maker: Callable[[Mapping[str, Any], Path], Driver] = _module(name).make
    return maker(_table(name, settings), home)


def check(name: str, settings: Any, home: Path) -> None:
    """Raises Refused with what stands in the way of the driver ``name``: KNM8300-E, KNM8301-E, KNM8581-E (a tool), and
    what the driver's own check says.
    """
    checker: Callable[[Mapping[str, Any], Path], None] = _module(name).check
    checker(_table(name, settings), home)


def _module(name: str) -> Any:
    if name not in DRIVERS:
        raise Refused("KNM8300-E", name=name, known=", ".join(DRIVERS))
    return import_module(DRIVERS[name])


def _table(name: str, settings: Any) -> Mapping[str, Any]:
    if not isinstance(settings, dict):
        raise Refused("KNM8301-E", name=name, problem=f"[drivers.{name}] is no table")
    return settings
