"""message, messages, clients: what is told to the users of PCs."""

import uuid
from pathlib import Path
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog='Example: kanmon message -k /Tokyo --title "Tonight" --text "The network is down from 22:00."')(
        message
    )
    app.command(epilog="Example: kanmon messages --pc pc-0042")(messages)
    app.command(epilog="Example: kanmon clients --forget pc-0042")(clients)


@show.sentences
def message(
    title: Annotated[str, typer.Option("--title", help="Title; words in braces like {host} are filled in.")],
    text: Annotated[str, typer.Option("--text", help="Text; words in braces are filled in for each PC.")] = "",
    text_file: Annotated[Path | None, typer.Option("--text-file", help="The text, from a file.")] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html-file", help="The same as HTML, for the remediation page; it is sanitised.")
    ] = None,
    expires: Annotated[int, typer.Option("--expires-days", help="After so many days it is not shown any more.")] = 14,
    all: Annotated[bool, typer.Option("--all", help="All PCs under management.")] = False,
    file: Annotated[Path | None, typer.Option("-f", help="File with asset numbers or hosts, one a line.")] = None,
    group: Annotated[str, typer.Option("-k", help="Path of a group, with what is below.")] = "",
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Tell the users of PCs something: their clients show it, and it stands on the remediation page."""
    names = [line.strip() for line in _read(file).splitlines() if line.strip()] if file else []
    order = {
        "all": all, "pcs": names, "group": group, "title": title, "text": _read(text_file) if text_file else text,
        "html": _read(html_file) if html_file else "", "expires_days": expires,
    }  # fmt: skip
    with manager(server, token_file) as client:
        ended = follow(client, client.call("POST", "/messages", order, key=uuid.uuid4().hex)["id"])
    if json:
        show.as_json(ended)
    else:
        print(f"Operation {ended['id']} {ended['state']}. {(ended['outcome'] or {}).get('sentence', '')}".strip())
    raise SystemExit(show.OK if ended["state"] == "finished" else show.FAILED)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(path), problem=str(problem)) from None


@show.sentences
def messages(
    pc: Annotated[str, typer.Option("--pc", help="Of this PC only: asset number or host.")] = "",
    state: Annotated[str, typer.Option("--state", help="waiting, delivered, shown or expired only.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List messages to the users of PCs, the newest first, with how far they have come."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/messages", pc=pc, state=state, limit=limit)
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Message", "Host", "State", "Written", "Delivered", "Shown", "Expires", "Title"),
        [
            (r["id"], r["host"], r["state"], r["made_at"][:19], (r["delivered_at"] or "")[:19],
             (r["shown_at"] or "")[:19], r["expires_at"][:19], r["title"])
            for r in rows
        ],
    )  # fmt: skip


@show.sentences
def clients(
    forget: Annotated[str, typer.Option("--forget", help="Asset number or host: the next client that asks for it is taken.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.")] = 1000,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List PCs that have a client; or make the client of a PC forgotten."""
    with manager(server, token_file, reading=not forget) as client:
        if forget:
            said = client.call("DELETE", f"/clients/{forget}", key=uuid.uuid4().hex)
            show.as_json(said) if json else print(f"The client of {said['host']} is forgotten")
            return
        rows = client.call("GET", "/clients", limit=limit)
    if json:
        show.as_json(rows)
        return
    show.table(
        ("PC", "Host", "Client", "Registered", "Seen", "Another was refused"),
        [
            (r["pc"], r["host"], r["agent"], r["registered_at"][:19], r["seen_at"][:19], (r["refused_at"] or "")[:19])
            for r in rows
        ],
    )  # fmt: skip
