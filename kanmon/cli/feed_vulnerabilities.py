"""feed vulnerabilities."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.feed import bring, feed
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
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
    query = [("covers", one) for one in covers or []]
    with manager(server, token_file) as client:
        bring(client, files, "/feeds/vulnerabilities", query, _said, json=json, read=_read)


def _read(path: Path) -> bytes:
    """What is sent of a file: all of it, or what is read of a large zip."""
    with path.open("rb") as stream:
        if path.stat().st_size <= MOST_UPLOAD_BYTES:
            return stream.read()
        return slimmed(stream, path.name)


def _said(one: dict[str, Any]) -> str:
    covers = "covers " + ", ".join(one["covers"]) if one["covers"] else "covers no release wholly"
    return f"{one['holes']:,} holes, {covers}"
