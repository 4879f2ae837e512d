"""token create, list, revoke."""

from pathlib import Path
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import manager

ServerOption = Annotated[str, typer.Option("--server", help="URL of a Manager; else the one of this home.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", help="File with the API token; else KANMON_TOKEN.")]
ApiOption = Annotated[bool, typer.Option("--api", help="Of the API, not of a source of inventory.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]

group = typer.Typer(no_args_is_help=True, help="Tokens of sources of inventory and of the API.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="token")


@group.command(epilog="Example: kanmon token create branch-osaka")
@show.sentences
def create(
    name: str,
    api: ApiOption = False,
    role: Annotated[str, typer.Option(help="Role of an API token.")] = "viewer",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make a token and print it alone on its line; it is shown this once."""
    with manager(server, token_file) as client:
        made = client.call("POST", "/tokens" if api else "/sources", {"name": name, "role": role})
    show.as_json(made) if json else print(made["token"])


@group.command("list", epilog="Example: kanmon token list")
@show.sentences
def list_(
    api: ApiOption = False, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """List the sources, or the API tokens; tokens themselves are kept nowhere."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/tokens" if api else "/sources")
    if json:
        show.as_json(rows)
    else:
        head = ("API token" if api else "Source", "State", "Created", "By")
        show.table(head, [(r["name"], r["state"], r["created_at"], r["created_by"]) for r in rows])


@group.command(epilog="Example: kanmon token revoke branch-osaka")
@show.sentences
def revoke(
    name: str,
    api: ApiOption = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Revoke the token of a source, or of the API: it is worth nothing from now on."""
    with manager(server, token_file) as client:
        said = client.call("DELETE", f"/{'tokens' if api else 'sources'}/{name}")
    show.as_json(said) if json else print(f"Revoked {name}")
