"""token create, list, revoke."""

from pathlib import Path
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import manager

ServerOption = Annotated[str, typer.Option("--server", help="URL of a Manager; else the one of this home.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", help="File with the API token; else KANMON_TOKEN.")]
GroupsOption = Annotated[
    list[str] | None,
    typer.Option("-k", "--group", help="Path of a group to limit to, with what is below; may be given more than once."),
]
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
    groups: GroupsOption = None,
    days: Annotated[int | None, typer.Option(help="How long an API token is good; else until it is revoked.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make a token and print it alone on its line; it is shown this once."""
    if not api and (groups or days is not None):
        raise typer.BadParameter("--group and --days are for API tokens: add --api")
    new = {"name": name, "role": role, "groups": groups or [], "days": days} if api else {"name": name}
    with manager(server, token_file) as client:
        made = client.call("POST", "/tokens" if api else "/sources", new)
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
    elif api:
        show.table(
            ("API token", "State", "Role", "Limited to", "Created", "By", "Last used", "Ends"),
            [(r["name"], r["state"], r["role"], "/" if r["groups"] is None else ", ".join(r["groups"]) or "-",
              r["created_at"], r["created_by"], r["last_used_at"] or "-", r["expires_at"] or "-") for r in rows],
        )  # fmt: skip
    else:
        head = ("Source", "State", "Created", "By")
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
