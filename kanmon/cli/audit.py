"""audit list, verify, export."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

LanguageOption = Annotated[str, typer.Option(help="Language of the sentences: en or ja.")]

group = typer.Typer(no_args_is_help=True, help="Who did what, when, from where; and whether that was rewritten.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="audit")


@group.command("list", epilog="Example: kanmon audit list --event 'sign*' --since 2026-11-22")
@show.sentences
def list_(
    actor: Annotated[str, typer.Option(help="Only of this person or program.")] = "",
    event: Annotated[str, typer.Option(help="Only this event; may end with *.")] = "",
    search: Annotated[str, typer.Option(help="Part of subject or address.")] = "",
    operation: Annotated[int, typer.Option(help="Only of this operation.")] = 0,
    since: Annotated[str, typer.Option(help="From this day or time on, UTC.")] = "",
    until: Annotated[str, typer.Option(help="Before this day or time, UTC.")] = "",
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1, max=100_000)] = 100,
    language: LanguageOption = "en",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List what people and programs did, the newest first."""
    rows: list[dict[str, Any]] = []
    with manager(server, token_file, reading=True) as client:
        while len(rows) < limit:
            most = min(limit - len(rows), 1000)
            page = client.call(
                "GET", "/audit", actor=actor, event=event, search=search, operation=operation, since=_time(since),
                until=_time(until), language=language, before=rows[-1]["seq"] if rows else 0, limit=most,
            )  # fmt: skip
            rows += page
            if len(page) < most:
                break
    names = ("seq", "at", "actor", "address", "event", "sentence")
    show.as_json(rows) if json else show.table(
        [n.capitalize() for n in names], [tuple(r[n] for n in names) for r in rows]
    )


def _time(said: str) -> str:
    """A day is its first moment; times without a zone are UTC."""
    if not said:
        return ""
    whole = f"{said}T00:00:00" if len(said) == 10 else said
    return whole if whole.endswith("Z") or "+" in whole[10:] else whole + "Z"


@group.command(epilog='Example: kanmon audit verify --seal "$(grep KNM4200-I manager.log | tail -n 1)"')
@show.sentences
def verify(
    seal: Annotated[str, typer.Option(help="A seal that was copied, or the line of the Manager log with it.")] = "",
    language: LanguageOption = "en",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Check the audit against its seals, and against one that was copied. Exit status 1 when something does not fit."""
    problems: list[dict[str, Any]] = []
    counts = {"seals": 0, "rows": 0}
    after, given = 0, seal
    with manager(server, token_file, reading=True) as client:
        while True:
            page = client.call("GET", "/audit/verify", after=after, given=given, language=language)
            problems += page["problems"]
            counts = {name: count + page[name] for name, count in counts.items()}
            if page["next"] is None or len(problems) >= 20:
                break
            after, given = page["next"], ""
    told = {
        "fits": not problems, "problems": problems, **counts,
        **{name: page[name] for name in ("newest", "unsealed", "unsealed_since")},
    }  # fmt: skip
    if json:
        show.as_json(told)
    else:
        _say(told)
    raise SystemExit(show.REFUSED if problems else show.OK)


def _say(told: dict[str, Any]) -> None:
    for one in told["problems"]:
        print(f"{one['id']} {one['sentence']}")
    print(f"Checked: {told['rows']} rows, {told['seals']} seals. Newest seal: {told['newest'] or '-'}")
    if told["unsealed"]:
        print(f"Not sealed yet: {told['unsealed']} rows, the oldest of {told['unsealed_since']}")
    print("The audit does not fit its seals." if told["problems"] else "The audit fits its seals.")


@group.command(epilog="Example: kanmon audit export audit.jsonl")
@show.sentences
def export(
    file: Annotated[Path, typer.Argument(help="File to write; - is the standard output.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
) -> None:
    """Write all sealed rows and their seals as JSON lines, which can be checked without Kanmon."""
    with manager(server, token_file) as client:
        if str(file) == "-":
            _write(client, sys.stdout)
            return
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as out:
                count = _write(client, out)
        except OSError as problem:
            raise Refused("KNM6023-E", path=str(file), problem=problem.strerror or str(problem)) from None
    print(f"Exported {count} rows to {file}")


def _write(client: Client, out: Any) -> int:
    after, through, count = 0, 0, 0
    while True:
        page = client.call("GET", "/audit/export", after=after, through=through)
        out.writelines(line + "\n" for line in page["lines"])
        count += page["rows"]
        if page["next"] is None:
            return count
        after, through = page["next"], page["through"]
