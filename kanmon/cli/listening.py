"""client listen: messages to the user of this PC."""

import signal
from pathlib import Path
from typing import Annotated, Literal

import typer

from kanmon.cli import show
from kanmon.cli.inventory import IntakeTokenFile, client_group, collect_and_send
from kanmon.common.errors import Refused

Where = Literal["auto", "mine", "log"]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    client_group.command(
        epilog="Example: kanmon client listen --server https://kanmon.example.com --token-file /etc/kanmon.token"
    )(listen)


@show.sentences
def listen(
    server: Annotated[str, typer.Option("--server", help="URL of the Manager.")],
    token_file: IntakeTokenFile = None,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="Certificates of an authority of your own.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="What was received and shown; else /var/lib/kanmon-client, or the user's own."),
    ] = None,
    where: Annotated[
        Where,
        typer.Option("--show", help="On all desktops, else on terminals; in my session only; or as lines on stdout."),
    ] = "auto",
) -> None:
    """Show messages to the user of this PC, and send an inventory when the Manager wants one. Runs until it is ended."""
    from kanmon.client.inbox import usual_folder
    from kanmon.client.listen import listen as keep_listening
    from kanmon.client.send import read_token

    token = read_token(str(token_file) if token_file else None)
    if not token:
        raise Refused("KNM1043-E", path=str(token_file or "KANMON_TOKEN"), detail="it holds no token")
    authority = str(ca_file) if ca_file else None
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    keep_listening(
        server.rstrip("/"), token, folder or usual_folder(), lambda: collect_and_send(server, token, authority),
        ca_file=authority, where=where,
    )  # fmt: skip
