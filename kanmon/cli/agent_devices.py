"""agent devices: how the devices of the drivers are, and taking away what a driver has made."""

from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.agent import group


def add(app: typer.Typer) -> None:
    """The command stands in the group of the agent's commands; nothing more is to be added."""


@group.command(epilog="Example: kanmon agent devices --remove nftables")
@show.sentences
def devices(
    remove: Annotated[str, typer.Option(help="Take away what this driver has made. Stop the agent before.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show each driver of agent.toml and how its device is; exit 1 when one needs a person."""
    from kanmon.agent import config, drivers, program
    from kanmon.common.errors import Refused

    home = config.home()
    program.require(home)
    settings = config.read(home)
    told = settings.parts.get("drivers", {})
    names = list(dict.fromkeys(settings["agent.drivers"]))
    if remove:
        if remove not in told and remove not in names:
            raise Refused("KNM8300-E", name=remove, known=", ".join(dict.fromkeys([*names, *told])) or "-")
        with program.locked(home):  # a running agent would make it anew
            drivers.make(remove, told.get(remove, {}), home).remove()
        show.said("KNM8306-I", name=remove)
        return
    found = [drivers.make(name, told.get(name, {}), home).health() for name in names]
    rows = [{"driver": one.part, "id": one.id, "health": one.sentence or "well"} for one in found]
    if json:
        show.as_json(rows)
    else:
        show.table(("Driver", "Message", "Health"), [tuple(row.values()) for row in rows])
    if any(one.id for one in found):
        raise SystemExit(show.REFUSED)
