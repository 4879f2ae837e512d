"""cluster status, handover, drain, undrain, invite."""

import time
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, manager
from kanmon.cli.cluster import group
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common import config
from kanmon.common.errors import Refused

HAND_OVER_SECONDS = 60.0
NodeArgument = Annotated[str, typer.Argument(help="Name of the node; else this one.")]


def add(app: typer.Typer) -> None:
    """Add these commands to the group ``cluster``."""
    group.command(epilog="Example: kanmon cluster status --json")(status)
    group.command("handover", epilog="Example: kanmon cluster handover")(hand_over)
    group.command(epilog="Example: kanmon cluster drain mgr-a")(drain)
    group.command(epilog="Example: kanmon cluster undrain mgr-a")(undrain)
    group.command(epilog="Example: kanmon cluster invite")(invite)


@show.sentences
def status(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Show the nodes: which is active, which stand by, and when each was last seen."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/nodes")
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Node", "State", "Term", "Ready", "Version", "Seen", "Address"),
        [
            (r["name"], r["state"], r["term"], "yes" if r["ready"] else "no", r["version"], _ago(r), r["address"])
            for r in rows
        ],
    )


def _ago(row: dict[str, Any]) -> str:
    return "never" if row["silent_seconds"] is None else f"{row['silent_seconds']} s ago"


@show.sentences
def hand_over(server: ServerOption = "", token_file: TokenFile = None) -> None:
    """Give the work to another node: what is being done ends first, then the lease is released. Waits for it."""
    with manager(server, token_file) as client:
        before = client.call("POST", "/cluster/handover")["from"]
        print(f"{_wait_for_other(client, before)} is active, {before} stands by")


def _wait_for_other(client: Client, before: str) -> str:
    end = time.monotonic() + HAND_OVER_SECONDS
    while True:
        active = [row["name"] for row in client.call("GET", "/nodes") if row["state"] == "active"]
        if active and active[0] != before:
            return str(active[0])
        if time.monotonic() > end:
            raise Refused("KNM4106-E", why=f"{before} has not handed over within {HAND_OVER_SECONDS:.0f} s")
        time.sleep(0.1)


@show.sentences
def drain(node: NodeArgument = "", server: ServerOption = "", token_file: TokenFile = None) -> None:
    """Take a node out: it hands over, leads no more, and tells load balancers so, also after a restart."""
    name = node or config.node()
    with manager(server, token_file) as client:
        client.call("POST", f"/nodes/{name}/drain")
        print(f"{_wait_for_other(client, name)} is active, {name} is drained")


@show.sentences
def undrain(node: NodeArgument = "", server: ServerOption = "", token_file: TokenFile = None) -> None:
    """Let a drained node lead again."""
    name = node or config.node()
    with manager(server, token_file) as client:
        client.call("POST", f"/nodes/{name}/undrain")
    print(f"{name} may lead")


@show.sentences
def invite(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Make a one-time token for a second node, good for an hour: there, `kanmon setup --join URL` asks for it."""
    with manager(server, token_file) as client:
        made = client.call("POST", "/cluster/invitations")
    show.as_json(made) if json else print(made["token"])
