"""schedule list, add, remove: judging at set times."""

import uuid
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

group = typer.Typer(no_args_is_help=True, help="Judging at set times.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="schedule")


@group.command("add", epilog='Example: kanmon schedule add morning "0 6 * * MON-FRI" --skip')
@show.sentences
def add_(
    name: str,
    cron: Annotated[str, typer.Argument(help="Minute, hour, day of month, month, day of week, as for cron.")],
    zone: Annotated[str, typer.Option(help="Time zone, such as Asia/Tokyo; else that of server.time_zone.")] = "",
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "-k", "--group", help="Path of a group, with what is below; may be given more than once. Else all PCs."
        ),
    ] = None,
    skip: Annotated[
        bool, typer.Option("-s", "--skip", help="Skip PCs that have sent nothing since they were judged.")
    ] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Judge all PCs, or groups, at times in cron syntax."""
    new = {"name": name, "cron": cron, "zone": zone, "groups": groups or [], "skip_unchanged": skip}
    with manager(server, token_file) as client:
        made = client.call("POST", "/schedules", new, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(f"Added {made['name']}")


@group.command("list", epilog="Example: kanmon schedule list")
@show.sentences
def list_(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List the schedules with their next time."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/schedules")
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Name", "Cron", "Zone", "Groups", "Skip", "Next", "Last"),
        [(r["name"], r["cron"], r["zone"], ", ".join(r["groups"]) or "all PCs",
          "unchanged" if r["skip_unchanged"] else "-", r["next"], r["last"]) for r in rows],
    )  # fmt: skip


@group.command("remove", epilog="Example: kanmon schedule remove morning")
@show.sentences
def remove(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Remove a schedule. What it has begun goes on."""
    with manager(server, token_file) as client:
        said = client.call("DELETE", f"/schedules/{name}", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Removed {name}")
