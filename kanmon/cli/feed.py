"""feed antivirus; and how files of the other feeds are brought: knowledge from outside."""

import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused
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


def bring(
    client: Client, files: Sequence[Path], endpoint: str, query: Sequence[tuple[str, str]],
    said: Callable[[dict[str, Any]], str], *, json: bool, read: Callable[[Path], bytes] = Path.read_bytes,
) -> None:  # fmt: skip
    """Import ``files``, each when the one before has ended, and print what became of each of them.

    ``endpoint``: the one that takes their bytes, with ``query`` beside the name of the file. ``said``: what is in a
    feed that was imported, of the outcome of its operation. ``read``: the bytes of a file that are sent.
    Exits by ``show.FAILED`` when no file was imported, by ``show.PARTLY`` when only some were.
    Raises Refused KNM6006-E for a file that can't be read, and what ``read`` and the Manager refuse.
    """
    ended = [(path, follow(client, _send(client, path, endpoint, query, read)["id"])) for path in files]
    results = [
        {"file": str(path), "operation": one["id"], "state": one["state"], **(one["outcome"] or {})}
        for path, one in ended
    ]
    if json:
        show.as_json(results)
    else:
        for one in results:
            print(_line(one, said))
    failed = sum(one["state"] != "finished" for one in results)
    if failed:
        raise SystemExit(show.FAILED if failed == len(results) else show.PARTLY)


def _send(
    client: Client, path: Path, endpoint: str, query: Sequence[tuple[str, str]], read: Callable[[Path], bytes]
) -> dict[str, Any]:
    try:
        body = read(path)
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem)) from None
    asked = urlencode([("name", path.name), *query])
    begun: dict[str, Any] = client.send(f"{endpoint}?{asked}", body, key=uuid.uuid4().hex)
    return begun


def _line(one: dict[str, Any], said: Callable[[dict[str, Any]], str]) -> str:
    if one["state"] != "finished":
        return f"{one['file']}: {one['state']}. {one.get('sentence', '')}"
    what = "imported" if one["changed"] else "known already"
    return f"{one['file']}: {what}, feed {one['name']} of {one['dated']}, {said(one)}"
