"""The command ``kanmon``. Each file of this folder holds the commands of one subject."""

import typer

from kanmon import __version__
from kanmon.cli import (
    acting,
    agent,
    agent_devices,
    agent_radius,
    assigning,
    audit,
    backup,
    cluster,
    failover,
    feed,
    feed_patches,
    feed_vulnerabilities,
    history,
    inventory,
    judging,
    listening,
    looking,
    mail,
    managing,
    message,
    network,
    nodes,
    orders,
    people,
    policies,
    policy_folder,
    properties,
    schedules,
    serving,
    settings,
    simulating,
    stats,
    stopping,
    tokens,
    whatif,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Kanmon judges the security of every PC by policy, acts by level, and loses nothing when a server dies.",
    epilog="Settings are in $KANMON_HOME/kanmon.toml (KANMON_HOME is ~/.kanmon when it is not set).",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"kanmon {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Options of all commands."""


for module in (
    cluster,
    serving,
    tokens,
    inventory,
    listening,
    judging,
    acting,
    history,
    looking,
    managing,
    properties,
    policies,
    policy_folder,
    mail,
    assigning,
    whatif,
    schedules,
    settings,
    stats,
    feed,
    feed_patches,
    feed_vulnerabilities,
    simulating,
    message,
    network,
    nodes,
    stopping,
    audit,
    failover,
    orders,
    backup,
    people,
    agent,
    agent_devices,
    agent_radius,
):
    module.add(app)


def main() -> None:
    """Entry point."""
    app()
