"""judge."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: kanmon judge --all")(judge)


@show.sentences
def judge(
    all: Annotated[bool, typer.Option("--all", help="All PCs under management.")] = False,
    file: Annotated[Path | None, typer.Option("-f", help="File with asset numbers or hosts, one a line.")] = None,
    group: Annotated[str, typer.Option("-k", help="Path of a group, with what is below.")] = "",
    skip: Annotated[bool, typer.Option("-s", help="Skip PCs that have sent nothing since they were judged.")] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Judge PCs and wait for the end."""
    order = {"all": all, "pcs": names_of(file), "group": group, "skip_unchanged": skip}
    with manager(server, token_file) as client:
        begun = client.call("POST", "/judgments", order, key=uuid.uuid4().hex)
        ended = _followed(client, begun, quiet=json)
    outcome = ended["outcome"] or {}
    if json:
        show.as_json(ended)
    else:
        print(
            f"Operation {ended['id']} {ended['state']}: PCs judged: {outcome.get('judged', 0)}, changed: {outcome.get('changed', 0)}"
        )
        if outcome.get("sentence"):
            print(outcome["sentence"])
    raise SystemExit(show.OK if ended["state"] == "finished" else show.FAILED)


def names_of(file: Path | None) -> list[str]:
    """The PCs that a file names, one a line. Raises Refused KNM6006-E."""
    if file is None:
        return []
    try:
        return [line.strip() for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(file), problem=str(problem)) from None


def _followed(client: Client, begun: dict[str, Any], quiet: bool) -> dict[str, Any]:
    import sys

    if quiet or not sys.stderr.isatty():
        return follow(client, begun["id"])
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Judging", total=None)

        def seen(state: dict[str, Any]) -> None:
            progress = state["progress"]
            if progress.get("of"):
                bar.update(task, completed=progress["done"], total=progress["of"])

        return follow(client, begun["id"], seen)
