"""history: what was judged and done, over all or of one PC, and with what result."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

PAGE = 200


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: kanmon history --since 2026-11-01 --result failure")(history)


@show.sentences
def history(
    pc: Annotated[str, typer.Option("--pc", help="Of this PC only: asset number or host.")] = "",
    since: Annotated[str, typer.Option(help="From this day on, or this moment: 2026-11-04T10:00.")] = "",
    until: Annotated[str, typer.Option(help="Until the end of this day, or this moment.")] = "",
    cause: Annotated[str, typer.Option(help="What began it: inventory, schedule, day, judge_command, ...")] = "",
    kind: Annotated[str, typer.Option("--kind", help="judge, act, network, mail, webhook, command, ...")] = "",
    level: Annotated[str, typer.Option(help="danger, warning, caution, safe, ...")] = "",
    result: Annotated[
        str, typer.Option(help="success, partial_success, failure, not_executed, in_doubt, held_back, ...")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many runs, or lines of a PC, at most.")] = 50,
    csv: Annotated[Path | None, typer.Option(help="Write them into this file as CSV.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List what was judged and done, the newest first: on what occasion, at whose word, with what result."""
    asked = {"since": since, "until": until, "cause": cause, "kind": kind, "level": level, "result": result}
    asked = {name: value for name, value in asked.items() if value}
    path = f"/pcs/{pc}/timeline" if pc else "/history"
    with manager(server, token_file, reading=True) as client:
        found = _Found(client, path, asked, "lines" if pc else "runs", limit)
        rows = list(found.rows())
    lines = rows if pc else [line for one in rows for line in one["lines"]]
    if csv:
        _write(csv, lines, found.asset_number)
    if json:
        show.as_json(rows)
    elif csv:
        print(f"{len(lines):,} lines are in {csv}.")
    elif lines:
        _table(lines)
    else:
        print("Nothing of this is in the history.")
    if found.more and not json:
        typer.echo(
            f"There is more before {lines[-1]['at'][:19] if lines else 'that'}: see --limit and --until.", err=True
        )


class _Found:
    """Pages of the history, one after the other, until there are ``most`` rows."""

    def __init__(self, client: Client, path: str, asked: dict[str, str], name: str, most: int) -> None:
        self.client, self.path, self.asked, self.name, self.most = client, path, asked, name, most
        self.asset_number, self.more = "", False

    def rows(self) -> Iterator[dict[str, Any]]:
        """All of them."""
        count, cursor = 0, ""
        while count < self.most:
            more = {"cursor": cursor} if cursor else {}
            page = self.client.call("GET", self.path, **self.asked, **more, limit=min(PAGE, self.most - count))
            self.asset_number = page.get("asset_number", "")
            yield from page[self.name]
            count += len(page[self.name])
            cursor = page["next"]
            if not cursor:
                return
        self.more = True


def _write(path: Path, lines: list[dict[str, Any]], asset_number: str) -> None:
    from kanmon.action.history.sheet import as_csv

    try:
        path.write_text(as_csv(lines, asset_number), "utf-8", newline="")
    except OSError as problem:
        raise typer.BadParameter(f"{path}: {problem.strerror or problem}", param_hint="--csv") from None


def _table(lines: list[dict[str, Any]]) -> None:
    show.table(
        ("Time", "Run", "Operation", "What", "Cause", "By", "Level", "PCs", "Result", "Attempts", "Sentence"),
        [
            (
                one["at"][:19].replace("T", " "), one["run"], one["operation"], _what(one), one["cause"], one["actor"],
                _level(one), one["pcs"], one["result"] + (f": {one['why']}" if one["why"] else ""),
                one["attempts"] or None, one["sentence"],
            )
            for one in lines
        ],
    )  # fmt: skip


def _what(one: dict[str, Any]) -> str:
    return f"{one['kind']} {one['subject']}" if one["kind"] in ("network", "command", "webhook") else str(one["kind"])


def _level(one: dict[str, Any]) -> str:
    before, after = one["level_before"], one["level"] or ""
    return f"{before} -> {after}" if before and before != after else after
