"""mail-groups, mail-users, policy preview-mail: whom mails go to, and what they would say."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.looking import policy
from kanmon.cli.policies import UTF8_MARK, read
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

groups = typer.Typer(no_args_is_help=True, help="Groups of mail addresses, which action policies name as group:NAME.")
users = typer.Typer(no_args_is_help=True, help="Mail addresses of the users of PCs.")
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--out", help="The file; else stdout.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(groups, name="mail-groups")
    app.add_typer(users, name="mail-users")


def _write(text: str, out: Path | None) -> None:
    if out is None:
        print(text, end="")
        return
    try:  # the mark makes spreadsheet programs read the file as what it is
        out.write_bytes((UTF8_MARK + text).encode())
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(out), problem=problem.strerror or str(problem)) from None


@groups.command("list", epilog="Example: kanmon mail-groups list")
@show.sentences
def groups_list(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List the groups with their addresses and the policies that name them."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/mail-groups")
    head = ("Group", "Addresses", "Policies", "Changed", "By")
    lines = [
        (one["name"], len(one["addresses"]), ", ".join(one["policies"]), one["changed_at"], one["changed_by"])
        for one in rows
    ]
    show.as_json(rows) if json else show.table(head, lines)


@groups.command("import", epilog="Example: kanmon mail-groups import groups.csv")
@show.sentences
def groups_import(
    file: FileArgument, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Take groups in, columns group and address: those of the file have exactly its addresses from now on."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/mail-groups", {"text": read(file)}, key=uuid.uuid4().hex)
    if json:
        show.as_json(said)
        return
    for name, count in said["groups"].items():
        print(f"{name}: addresses: {count}")


@groups.command("export", epilog="Example: kanmon mail-groups export -o groups.csv")
@show.sentences
def groups_export(
    name: Annotated[str, typer.Argument(help="One group; else all.")] = "",
    out: OutOption = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
) -> None:
    """Write the groups as CSV. Taken in again, they are the same."""
    with manager(server, token_file, reading=True) as client:
        _write(client.call("GET", "/mail-groups.csv", name=name)["text"], out)


@groups.command("remove", epilog="Example: kanmon mail-groups remove helpdesk")
@show.sentences
def groups_remove(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Remove a group. Policies that name it go on without it and say so."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/mail-groups/remove", {"name": name}, key=uuid.uuid4().hex)
    if json:
        show.as_json(said)
    else:
        print(f"Removed {name}" + (f"; still named by: {', '.join(said['policies'])}" if said["policies"] else ""))


@users.command("list", epilog="Example: kanmon mail-users list --search hanako")
@show.sentences
def users_list(
    search: Annotated[str, typer.Option(help="Only names and addresses with this text in them.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List users with their mail addresses."""
    with manager(server, token_file, reading=True) as client:
        said = client.call("GET", "/mail-users", search=search, limit=limit)
    if json:
        show.as_json(said)
        return
    show.table(("User", "Address"), [(one["user"], one["address"]) for one in said["rows"]])
    print(f"{len(said['rows']):,} of {said['users']:,}")


@users.command("import", epilog="Example: kanmon mail-users import users.csv")
@show.sentences
def users_import(
    file: FileArgument, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Take users in, columns user and address; an empty address takes a user off the list."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/mail-users", {"text": read(file)}, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Users: {said['users']}, removed: {said['removed']}")


@users.command("export", epilog="Example: kanmon mail-users export -o users.csv")
@show.sentences
def users_export(out: OutOption = None, server: ServerOption = "", token_file: TokenFile = None) -> None:
    """Write the list as CSV."""
    with manager(server, token_file, reading=True) as client:
        _write(client.call("GET", "/mail-users.csv")["text"], out)


@users.command("remove", epilog="Example: kanmon mail-users remove hanako")
@show.sentences
def users_remove(user: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Take a user off the list."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/mail-users/remove", {"name": user}, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Removed {said['user']}")


@policy.command("preview-mail", epilog="Example: kanmon policy preview-mail Default --level danger --language ja")
@show.sentences
def preview_mail(
    name: Annotated[str, typer.Argument(help="The action policy.")] = "Default",
    file: Annotated[
        Path | None, typer.Option("-f", "--file", exists=True, dir_okay=False, help="A document not saved yet.")
    ] = None,
    level: Annotated[str, typer.Option(help="danger, warning, caution or safe.")] = "danger",
    step: Annotated[int, typer.Option(min=1, max=6, help="The step of the level, from 1.")] = 1,
    language: Annotated[str, typer.Option(help="en or ja.")] = "en",
    user: Annotated[bool, typer.Option("--user", help="The mail to the user of a PC.")] = False,
    pc: Annotated[list[str] | None, typer.Option("--pc", help="Asset number or host; else all at the level.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the HTML to this file.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Show a mail as it would be now, on the PCs that are there. Nothing is written or sent."""
    order: dict[str, Any] = {
        "policy": name, "text": read(file) if file else "", "level": level, "step": step, "language": language,
        "user": user, "pcs": pc or [],
    }  # fmt: skip
    with manager(server, token_file, reading=True) as client:
        said = client.call("POST", "/mail-preview", order)
    if html is not None:
        try:
            html.write_text(said["html"], "utf-8")
        except OSError as problem:
            raise Refused("KNM6006-E", path=str(html), problem=problem.strerror or str(problem)) from None
    if json:
        show.as_json(said)
        return
    for note in said["notes"]:
        print(note)
    print(f"To: {', '.join(said['to']) or '-'}\nSubject: {said['subject']}\n\n{said['text']}")
    if said["csv_bytes"]:
        print(f"[pcs.csv: PCs: {said['csv_pcs']:,} of {said['pcs']:,}, bytes: {said['csv_bytes']:,}]")
