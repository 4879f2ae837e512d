"""stats store, export: the numbers of a day, and all that are stored as a file."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

group = typer.Typer(no_args_is_help=True, help="Statistics: the numbers of each day, by group.")
_HEADS = ("Period", "Group", "PCs", "Danger", "Warning", "Caution", "Safe", "In order", "Points", "Median hours")
_SHOWN = (
    "period", "group", "pcs", "level.danger", "level.warning", "level.caution", "level.safe", "usage", "points", "mend",
)  # fmt: skip


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="stats")


@group.command(epilog="Example: kanmon stats store --date 2026-11-22")
@show.sentences
def store(
    date: Annotated[str, typer.Option(help="This day instead of today, counted from the history of verdicts.")] = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Store the numbers of a day and wait for the end. A day that is stored already is replaced."""
    with manager(server, token_file) as client:
        begun = client.call("POST", "/statistics", {"day": date}, key=uuid.uuid4().hex)
        ended = follow(client, begun["id"])
    outcome = ended["outcome"] or {}
    if json:
        show.as_json(ended)
    elif ended["state"] == "finished":
        again = "replaced" if outcome["replaced"] else "stored"
        print(f"{outcome['day']} is {again}: {outcome['pcs']:,} PCs, {outcome['groups']:,} groups")
    else:
        print(f"Operation {ended['id']} {ended['state']}: {outcome.get('sentence', '')}")
    raise SystemExit(show.OK if ended["state"] == "finished" else show.FAILED)


@group.command(epilog="Example: kanmon stats export --by week --group /tokyo --deep 2 --csv usage.csv")
@show.sentences
def export(
    by: Annotated[str, typer.Option(help="month, week or day.")] = "month",
    path: Annotated[str, typer.Option("-k", "--group", help="Path of a group; else the whole.")] = "",
    deep: Annotated[int, typer.Option(min=0, max=20, help="So many levels of groups below it, too.")] = 1,
    since: Annotated[str, typer.Option(help="From the period of this day on; else the last 12 (days: 14).")] = "",
    until: Annotated[str, typer.Option(help="Until this day.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write all numbers into this file as CSV.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Print the numbers that are stored, by period and group, or write them into a file."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/statistics", by=by, group=path, deep=deep, since=since, until=until)
    if csv:
        _write(csv, rows)
    if json:
        show.as_json(rows)
    elif csv:
        print(f"{len(rows):,} lines are in {csv}.")
    elif rows:
        show.table(_HEADS, [[_cell(row[name]) for name in _SHOWN] for row in rows])
    else:
        print("Nothing is stored of this. Store today: kanmon stats store")


def _cell(value: Any) -> Any:
    return "-" if value is None else value


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    from kanmon.statistics.sheet import written

    heads = list(rows[0]) if rows else ["period", "day", "group"]
    try:
        path.write_text(written([heads, *([row[head] for head in heads] for row in rows)]), "utf-8", newline="")
    except OSError as problem:
        raise typer.BadParameter(f"{path}: {problem.strerror or problem}", param_hint="--csv") from None
