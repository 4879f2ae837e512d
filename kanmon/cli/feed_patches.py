"""feed list, feed patches."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.feed import bring, feed
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile


def add(app: typer.Typer) -> None:
    """The commands belong to the group of ``feed``."""


@feed.command("patches", epilog="Example: kanmon feed patches definitions.zip --update-policies")
@show.sentences
def patches(
    files: Annotated[list[Path], typer.Argument(help="definitions.zip of wesng, MSRC CVRF, Fleet's JSON, or CSV.")],
    update_policies: Annotated[
        bool, typer.Option("--update-policies", help="Bring lists of specified updates up to date.")
    ] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Import knowledge of updates, then judge anew. Exit 7 when some files were refused, 6 when all were."""
    query = [("update_policies", "true")] if update_policies else []
    with manager(server, token_file) as client:
        bring(client, files, "/feeds/patches", query, _said, json=json)


def _said(one: dict[str, Any]) -> str:
    followed = "; " + ", ".join(one["policies"]) if one["policies"] else ""
    return f"{one['updates']:,} updates{followed}"


@feed.command("list", epilog="Example: kanmon feed list --json")
@show.sentences
def list_(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List the feeds with their day and age."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", "/feeds")
    if json:
        show.as_json(told)
        return
    show.table(
        ("Feed", "Format", "Dated", "Age in days", "Updates", "Imported", "By"),
        [
            (one["name"], one["format"], one["dated"], one["age_days"], f"{one['updates']:,}", one["imported_at"][:16],
             one["imported_by"])
            for one in told["feeds"]
        ],
    )  # fmt: skip
    if told["vulnerabilities"]:
        show.table(
            ("Feed", "Covers", "Dated", "Age in days", "Holes", "Imported", "By"),
            [
                (one["name"], _covers(one["covers"]), one["dated"], one["age_days"], f"{one['holes']:,}",
                 one["imported_at"][:16], one["imported_by"])
                for one in told["vulnerabilities"]
            ],
        )  # fmt: skip
    print(f"Patch knowledge {told['patch_knowledge']}{', too old' if told['too_old'] else ''}")
    for name in told["vulnerabilities_too_old"]:
        print(f"{name} is too old")


def _covers(releases: list[str]) -> str:
    return ", ".join(releases[:3]) + (f" and {len(releases) - 3} more" if len(releases) > 3 else "") or "-"
