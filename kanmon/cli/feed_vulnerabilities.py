"""feed vulnerabilities."""

import uuid
import zipfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.feed import feed
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused
from kanmon.feeds.osv_formats import slimmed
from kanmon.feeds.patches_formats import MOST_UPLOAD_BYTES


def add(app: typer.Typer) -> None:
    """The command belongs to the group of ``feed``."""


@feed.command("vulnerabilities", epilog="Example: kanmon feed vulnerabilities all.zip")
@show.sentences
def vulnerabilities(
    files: Annotated[list[Path], typer.Argument(help="OSV: all.zip of a release, a record, or a list as JSON.")],
    covers: Annotated[
        list[str] | None,
        typer.Option("--covers", help="A release of which the files tell all holes (Debian:12); can be repeated."),
    ] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Import security holes of Linux packages, then judge anew. Exit 7 when some files were refused, 6 when all were.

    Of a zip of more than 64 MiB only what is read of it is sent.
    """
    results = []
    with manager(server, token_file) as client:
        for path in files:
            ended = follow(client, _send(client, path, covers or [])["id"])
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


def _send(client: Client, path: Path, covers: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            large = path.stat().st_size > MOST_UPLOAD_BYTES
            body = slimmed(stream) if large else stream.read()
    except zipfile.BadZipFile as problem:
        raise Refused("KNM1201-E", name=path.name, problem=str(problem)) from None
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem)) from None
    query = urlencode([("name", path.name), *(("covers", one) for one in covers)])
    begun: dict[str, Any] = client.send("/feeds/vulnerabilities?" + query, body, key=uuid.uuid4().hex)
    return begun


def _said(one: dict[str, Any]) -> str:
    if one["state"] != "finished":
        return f"{one['file']}: {one['state']}. {one.get('sentence', '')}"
    what = "imported" if one["changed"] else "known already"
    covers = "covers " + ", ".join(one["covers"]) if one["covers"] else "covers no release wholly"
    return f"{one['file']}: {what}, feed {one['name']} of {one['dated']}, {one['holes']:,} holes, {covers}"
