"""policy what-if: what a judgment policy would change, before it is saved."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, manager
from kanmon.cli.looking import policy
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

LEVELS = ("danger", "warning", "caution", "unknown", "safe", "not_applicable", "not_judged")
PAGE = 10_000
SHOWN = 20


def add(app: typer.Typer) -> None:
    """The command belongs to the group of ``looking``."""


@policy.command("what-if", epilog="Example: kanmon policy what-if edited.yaml")
@show.sentences
def what_if(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="YAML or JSON.")],
    replaces: Annotated[str, typer.Option("--policy", help="In the place of this policy; else of its own name.")] = "",
    group: Annotated[str, typer.Option("-k", "--group", help="As if it were assigned to this group.")] = "",
    system: Annotated[bool, typer.Option("--system", help="As if it were assigned to the whole system.")] = False,
    level: Annotated[str, typer.Option(help="List the PCs that would come to this level.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write that list, or those of all levels, to this file.")] = None,
    language: Annotated[str, typer.Option(help="Language of the causes: en or ja.")] = "en",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Show what a judgment policy would change: levels, why, and the actions that would run. Nothing is written."""
    asked = {
        "text": file.read_text("utf-8", "replace"), "policy": replaces, "group": group, "system": system,
        "language": language,
    }  # fmt: skip
    with manager(server, token_file, reading=True) as client:
        said = client.call("POST", "/what-if", asked)
        wanted = [level] if level else [one["level"] for one in said["entered"]] if csv else []
        pcs = [row for one in wanted for row in _pcs(client, {**asked, "level": one})]
    if csv:
        _write(csv, pcs)
    if json:
        show.as_json({**said, "entered_pcs": pcs} if level else said)
        return
    _say(said)
    if level:
        from kanmon.whatif.sheet import because

        print()
        show.table(
            ("Asset number", "Host", "Group", "Before", "After", "Because"),
            [(*(row[name] for name in ("asset_number", "host", "group", "before", "after")), because(row))
             for row in pcs],
        )  # fmt: skip
    if csv:
        print(f"\n{len(pcs):,} PCs are in {csv}.")


def _pcs(client: Client, asked: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        page = client.call("POST", "/what-if/pcs", {**asked, "after": rows[-1]["number"] if rows else 0, "limit": PAGE})
        rows += page
        if len(page) < PAGE:
            return rows


def _say(said: dict[str, Any]) -> None:
    replaces = ", ".join(said["replaces"]) or "no policy"
    print(f"{said['policy']} in the place of {replaces}: {said['pcs']:,} PCs, judged in {said['milliseconds']} ms.")
    here = [one["level"] for one in said["levels"]]
    cells = {(one["before"], one["after"]): one["pcs"] for one in said["matrix"]}
    print("\nPCs by level before (rows) and after (columns)")
    rows: list[tuple[Any, ...]] = [
        (before, *(f"{cells[before, after]:,}" if (before, after) in cells else "." for after in here))
        for before in here
    ]
    rows.append(("after", *(f"{one['after']:,} ({one['after'] - one['before']:+,})" for one in said["levels"])))
    show.table(("", *here), rows)
    for one in said["entered"]:
        print(f"\n{one['pcs']:,} PCs newly at {one['level']}")
        for cause in one["causes"][:SHOWN]:
            print(f"  {cause['pcs']:>9,}  {'' if cause['now'] else 'no longer: '}{cause['title']} ({cause['item']})")
        for place in one["groups"]:
            print(f"  {place['pcs']:>9,}  in {place['group']}")
    if not said["changed"]:
        print("\nNo PC would be at another level.")
    if said["otherwise_found"]:
        print(f"\n{said['otherwise_found']:,} PCs would have other findings.")
    if said["actions"]:
        print("\nActions that would run when these PCs are judged")
        show.table(
            ("Action", "Level", "Action policy", "To", "PCs"),
            [(one["kind"], one["level"], one["policy"], ", ".join(one["to"]), f"{one['pcs']:,}")
             for one in said["actions"]],
        )  # fmt: skip
    for note in said["notes"]:
        print(note)
    print("\nNothing was written.")


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    from kanmon.whatif.sheet import as_csv

    path.write_text(as_csv(rows), "utf-8-sig", newline="")
