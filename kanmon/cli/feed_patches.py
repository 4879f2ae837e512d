"""feed list, feed patches."""

import uuid
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.feed import feed
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused


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
    results = []
    with manager(server, token_file) as client:
        for path in files:
            ended = follow(client, _send(client, path, update_policies)["id"])
            results.append(
                {"file": str(path), "operation": ended["id"], "state": ended["state"], **(ended["outcome"] or {})}
            )
    if json:
        show.as_json(results)
    else:
        for one in results:
            print(_said(one))
    failed = sum(one["state"] != "finished" for one in results)
    if failed:
        raise SystemExit(show.FAILED if failed == len(results) else show.PARTLY)


def _send(client: Client, path: Path, update_policies: bool) -> dict[str, Any]:
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem)) from None
    query = urlencode({"name": path.name, **({"update_policies": "true"} if update_policies else {})})
    begun: dict[str, Any] = client.send("/feeds/patches?" + query, body, key=uuid.uuid4().hex)
    return begun


def _said(one: dict[str, Any]) -> str:
    if one["state"] != "finished":
        return f"{one['file']}: {one['state']}. {one.get('sentence', '')}"
    what = "imported" if one["changed"] else "known already"
    followed = "; " + ", ".join(one["policies"]) if one["policies"] else ""
    return f"{one['file']}: {what}, feed {one['name']} of {one['dated']}, {one['updates']:,} updates{followed}"


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
