"""What agent.toml says, looked at as a whole before the agent starts. Nothing is changed, and no device is asked."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from kanmon.agent import drivers
from kanmon.agent.config import Settings
from kanmon.agent.program import check_listen
from kanmon.common.errors import Refused


def problems(settings: Settings, home: Path) -> list[Refused]:
    """What is wrong, each with its sentence: an id that ends in -E keeps the agent from starting, or a driver from working."""
    return [*_listen(settings), *_of_drivers(settings, home), *_radius(settings)]


def _listen(settings: Settings) -> Iterator[Refused]:
    try:
        check_listen(str(settings["agent.listen"]))
    except Refused as problem:
        yield problem


def _of_drivers(settings: Settings, home: Path) -> Iterator[Refused]:
    told = settings.parts.get("drivers", {})
    wanted = list(dict.fromkeys(settings["agent.drivers"]))
    for name in [*wanted, *(one for one in told if one not in wanted)]:
        try:
            drivers.check(name, told.get(name, {}), home)
        except Refused as problem:
            yield problem
        else:
            if name not in wanted:
                yield Refused("KNM8582-W", name=name)


def _radius(settings: Settings) -> Iterator[Refused]:
    """The section is read without the driver, too: FreeRADIUS may ask an agent that changes no sessions."""
    if "radius" not in settings.parts or "radius" in settings["agent.drivers"]:
        return
    try:
        import_module("kanmon.agent.radius.setup").read(settings.parts["radius"])
    except Refused as problem:
        yield problem
