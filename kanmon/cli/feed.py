"""feed antivirus: knowledge from outside, brought by a file."""

import sys
import uuid
from pathlib import Path
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.feeds import antivirus

feed = typer.Typer(no_args_is_help=True, help="Knowledge from outside: updates, newer versions.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(feed, name="feed")


@feed.command("antivirus", epilog="Example: kanmon feed antivirus versions.csv --policy Default")
@show.sentences
def feed_antivirus(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or JSON: product and its versions.")
    ],
    policy: Annotated[
        list[str] | None, typer.Option("--policy", help="Only this judgment policy; can be repeated.")
    ] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Raise the antivirus versions that judgment policies want. A version is never lowered."""
    text = file.read_text("utf-8-sig", "replace")
    antivirus.read(text)  # a sentence before anything is sent
    with manager(server, token_file) as client:
        body = {"text": text, "policies": policy or []}
        done = client.call("POST", "/feeds/antivirus", body, key=uuid.uuid4().hex)
    if json:
        show.as_json(done)
        return
    for one in done["policies"]:
        print(f"{one['name']} version {one['version']}")
        for raised in one["raised"]:
            print(f"  {raised}")
    if not done["policies"]:
        print("No policy wants an older version than these.")
    for name in done["unmatched"]:
        print(f"No policy names {name}.", file=sys.stderr)
    for name in done["ambiguous"]:
        print(f"More than one of these products fits the line {name}: left as it is.", file=sys.stderr)
