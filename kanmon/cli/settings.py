"""settings list, set, default, test-mail, test-receiver: what may be changed while the Manager runs."""

import uuid
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

group = typer.Typer(no_args_is_help=True, help="Settings as they hold, and those that change while the Manager runs.")
NameArgument = Annotated[str, typer.Argument(help="As in kanmon settings list: mail.server.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="settings")


@group.command("list", epilog="Example: kanmon settings list mail")
@show.sentences
def list_(
    section: Annotated[str, typer.Argument(help="One section: mail, action; else all.")] = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List the settings of the node that leads: value, unit, where the value comes from, whether it changes here."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/settings", section=section)
    if json:
        show.as_json(rows)
        return
    lines = [
        (one["name"], _text(one["value"]), one["unit"], one["source"], "yes" if one["changeable"] else "-")
        for one in rows
    ]
    show.table(("Setting", "Value", "Unit", "From", "Changeable"), lines)


@group.command("set", epilog="Example: kanmon settings set network.verify_seconds 90")
@show.sentences
def set_(
    name: NameArgument,
    value: Annotated[str, typer.Argument(help="Entries of a list with commas between them.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Change a setting; it holds on every node within about a second, and after a failover."""
    _change(name, value, server, token_file, json)


@group.command("default", epilog="Example: kanmon settings default network.verify_seconds")
@show.sentences
def default(
    name: NameArgument, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Give a setting its default again."""
    _change(name, None, server, token_file, json)


def _change(name: str, value: str | None, server: str, token_file: Any, json: bool) -> None:
    with manager(server, token_file) as client:
        said = client.call("POST", "/settings", {"settings": {name: value}}, key=uuid.uuid4().hex)
    if json:
        show.as_json(said)
    else:
        print(f"{name} has its default again" if value is None else f"{name} = {_text(said['settings'][name])}")


@group.command("test-mail", epilog="Example: kanmon settings test-mail me@example.com")
@show.sentences
def try_mail(address: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Send a test mail by every mail server in turn. Exit code 1 when one did not take it."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/settings/test-mail", {"address": address}, key=uuid.uuid4().hex)
    _tell(said, json)


@group.command("test-receiver", epilog="Example: kanmon settings test-receiver webhook/siem")
@show.sentences
def try_receiver(
    receiver: Annotated[str, typer.Argument(help="Section and name: webhook/siem, events/siem.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Connect to a receiver of webhooks or events; no event is sent. Exit code 1 when it can't be used."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/settings/test-receiver", {"receiver": receiver}, key=uuid.uuid4().hex)
    _tell(said, json)


def _tell(said: dict[str, Any], json: bool) -> None:
    if json:
        show.as_json(said)
    else:
        for one in said["tried"]:
            print(f"{one['id']} {one['sentence']}")
    if not all(one["good"] for one in said["tried"]):
        raise typer.Exit(show.REFUSED)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
