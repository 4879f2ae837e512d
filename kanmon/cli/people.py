"""people list, add, change, disable, enable, link."""

import uuid
from typing import Annotated
from urllib.parse import quote

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import GroupsOption, JsonOption, ServerOption, TokenFile

group = typer.Typer(no_args_is_help=True, help="People who sign in to the console: role, limit to groups, language.")
RoleOption = Annotated[str, typer.Option(help="administrator, security_administrator, viewer or auditor.")]
LanguageOption = Annotated[str, typer.Option(help="en or ja; else that of the browser.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="people")


@group.command("list", epilog="Example: kanmon people list")
@show.sentences
def list_(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List the people, with role, limit and when they signed in last."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/people")
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Name", "State", "Role", "Limited to", "Language", "Second factor", "Last sign-in"),
        [(r["name"], r["state"], r["role"], "/" if r["groups"] is None else ", ".join(r["groups"]) or "-",
          r["language"] or "-", "on" if r["second_factor"] else "off", r["last_sign_in"] or "-") for r in rows],
    )  # fmt: skip


@group.command("add", epilog="Example: kanmon people add tanabe --role security_administrator --group /Osaka")
@show.sentences
def add_(
    name: str,
    role: RoleOption = "viewer",
    groups: GroupsOption = None,
    language: LanguageOption = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make a person and print the one-time link by which they set a password, alone on its line."""
    new = {"name": name, "role": role, "groups": groups or [], "language": language}
    with manager(server, token_file) as client:
        made = client.call("POST", "/people", new, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(made["link"])


@group.command("change", epilog="Example: kanmon people change tanabe --role viewer")
@show.sentences
def change(
    name: str,
    role: Annotated[str, typer.Option(help="Another role; else it stays.")] = "",
    groups: GroupsOption = None,
    everything: Annotated[bool, typer.Option("--everything", help="Take the limit to groups away.")] = False,
    language: Annotated[str, typer.Option(help="Another language, en or ja; else it stays.")] = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Give a person another role, limit or language; what is not given stays."""
    if groups and everything:
        raise typer.BadParameter("give --group or --everything, not both")
    asked = {"role": role or None, "groups": groups, "everything": everything, "language": language or None}
    with manager(server, token_file) as client:
        said = client.call("POST", f"/people/{quote(name)}", asked, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Changed {name}")


@group.command(epilog="Example: kanmon people disable tanabe")
@show.sentences
def disable(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Let a person sign in no more; the windows they have open are refused from now on."""
    _say(name, "disable", "Disabled", server, token_file, json)


@group.command(epilog="Example: kanmon people enable tanabe")
@show.sentences
def enable(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Let a person who was disabled sign in again."""
    _say(name, "enable", "Enabled", server, token_file, json)


@group.command("take-second-factor", epilog="Example: kanmon people take-second-factor tanabe")
@show.sentences
def take_second_factor(
    name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Remove the second factor of a person whose phone and recovery codes are lost."""
    _say(name, "take-second-factor", "Took the second factor of", server, token_file, json)


def _say(name: str, verb: str, done: str, server: str, token_file: TokenFile, json: bool) -> None:
    with manager(server, token_file) as client:
        said = client.call("POST", f"/people/{quote(name)}/{verb}", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"{done} {name}")


@group.command(epilog="Example: kanmon people link tanabe")
@show.sentences
def link(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Print a one-time link by which a person sets a new password, good for 24 hours."""
    with manager(server, token_file) as client:
        said = client.call("POST", f"/people/{quote(name)}/link", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(said["link"])
