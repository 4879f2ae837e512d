"""report failover, acknowledge failover, operation, redo, it-ran, close, hold, release, cancel, health, cluster forget."""

import time
import uuid
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from kanmon.cli import cluster, show
from kanmon.cli.client import WAIT_SECONDS, Client, follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

report = typer.Typer(no_args_is_help=True, help="Reports.")
acknowledge = typer.Typer(no_args_is_help=True, help="Say that something has been seen.")
IdArgument = Annotated[int, typer.Argument(metavar="ID", min=1, help="Number of the operation.")]
BecauseOption = Annotated[str, typer.Option("--because", help="Why; kept with the operation and in the audit.")]
LanguageOption = Annotated[str, typer.Option(help="Language of the sentences: en or ja.")]
TermOption = Annotated[str, typer.Option("--term", help="Of this term; else of the newest take-over.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(report, name="report")
    app.add_typer(acknowledge, name="acknowledge")
    app.command(epilog="Example: kanmon operation 17")(operation)
    app.command(epilog="Example: kanmon redo 17 --because 'not in the log of the ticket system'")(redo)
    app.command("it-ran", epilog="Example: kanmon it-ran 17 --because 'ticket 4711 is there'")(it_ran)
    app.command(epilog="Example: kanmon close 17")(close)
    app.command(epilog="Example: kanmon hold 17")(hold)
    app.command(epilog="Example: kanmon release 17")(release)
    app.command(epilog="Example: kanmon cancel 17")(cancel)
    app.command(epilog="Example: kanmon health --json")(health)
    cluster.group.command(epilog="Example: kanmon cluster forget mgr-b")(forget)


@report.command("failover", epilog="Example: kanmon report failover --json")
@show.sentences
def report_failover(
    term: TermOption = "", language: LanguageOption = "en", rows: Annotated[
        int, typer.Option(help="Operations of each group that are listed; all are counted.", min=1, max=1000)
    ] = 50,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Tell of the newest take-over when, why, from which node to which, and what became of everything that was running.

    Exit status 1 when an operation is in doubt, or held: a person has to decide.
    """
    from kanmon.cluster import words

    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", f"/failovers/{quote(term) or 'newest'}", rows=rows)
    if json:
        show.as_json(told)
    else:
        print("\n".join(words.lines(told, "ja" if language == "ja" else "en", rows)))
    raise SystemExit(show.REFUSED if told["needs_person"] else show.OK)


@acknowledge.command("failover", epilog="Example: kanmon acknowledge failover")
@show.sentences
def acknowledge_failover(
    term: Annotated[str, typer.Option("--term", help="Of this term; else every failover so far.")] = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Say that the report of a failover has been read: the banner and the warning go."""
    path = f"/failovers/{quote(term)}/acknowledge" if term else "/failovers/acknowledge"
    with manager(server, token_file) as client:
        done = _change(client, path)
    show.as_json(done) if json else print("Acknowledged: " + (", ".join(done["terms_said"]) or "there was none"))


@show.sentences
def operation(
    id: IdArgument, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Show one operation and its story. Exit status 1 when it is in doubt or held."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", f"/operations/{id}")
    if json:
        show.as_json(told)
    else:
        print(f"{told['id']}  {told['kind']}  {told['subject']}: {told['state']}, attempt {told['attempt']}")
        outcome = told["outcome"] or {}
        if outcome:
            print(f"{outcome.get('result', '')} {outcome.get('sentence', '')}".strip())
        rows = [(one["at"], one["node"], one["term"], one["attempt"], one["text"]) for one in told["entries"]]
        show.table(("At", "Node", "Term", "Attempt", ""), rows)
    raise SystemExit(show.REFUSED if told["state"] in ("in_doubt", "held") else show.OK)


@show.sentences
def redo(
    id: IdArgument, because: BecauseOption = "",
    wait: Annotated[bool, typer.Option(help="Wait until the new operation has ended.")] = True,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Do again what is in doubt or has failed, as a new operation, and wait for its end."""
    with manager(server, token_file) as client:
        done = _decide(client, "redo", id, because)
        again = client.call("GET", f"/operations/{done['again']}")
        if wait:
            again = follow(client, done["again"])
    if json:
        show.as_json({**done, "redo": again})
    else:
        print(f"Operation {id} is done again as operation {again['id']}: {again['state']}")
        print((again["outcome"] or {}).get("sentence", ""), end="\n" if again["outcome"] else "")
    raise SystemExit(show.FAILED if again["state"] in ("failed", "in_doubt", "cancelled") else show.OK)


@show.sentences
def it_ran(
    id: IdArgument, because: BecauseOption = "", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Say that what is in doubt was done."""
    _one(id, "it-ran", because, server, token_file, json)


@show.sentences
def close(
    id: IdArgument, because: BecauseOption = "", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Leave what is in doubt unknown: it is not done again."""
    _one(id, "close", because, server, token_file, json)


@show.sentences
def hold(
    id: IdArgument, because: BecauseOption = "", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Hold what waits: it is not begun before it is released."""
    _one(id, "hold", because, server, token_file, json)


@show.sentences
def release(
    id: IdArgument, because: BecauseOption = "", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Release what is held: it may be begun. Actions that wait since a restore: kanmon actions release."""
    _one(id, "release", because, server, token_file, json)


@show.sentences
def cancel(
    id: IdArgument, because: BecauseOption = "", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Cancel what waits or is held: it is not done."""
    _one(id, "cancel", because, server, token_file, json)


@show.sentences
def health(
    language: LanguageOption = "en", server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """Say what is not healthy, why, and what to do. Exit status 1 when something is not."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", "/health")
    chosen = "ja" if language == "ja" else "en"
    if json:
        show.as_json(told)
    elif told["healthy"]:
        print("健全です。" if chosen == "ja" else "Healthy.")
    else:
        for one in told["warnings"]:
            print(f"{one['id']} {one['said'][chosen]}\n    {one['cause'][chosen]}\n    {one['remedy'][chosen]}")
    raise SystemExit(show.OK if told["healthy"] else show.REFUSED)


@show.sentences
def forget(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Forget a node that is gone for good: it is not listed any more, and its warning goes."""
    with manager(server, token_file) as client:
        done = _change(client, f"/nodes/{quote(name)}", method="DELETE")
    show.as_json(done) if json else print(f"Forgot {name}")


def _one(id: int, verb: str, because: str, server: str, token_file: Path | None, json: bool) -> None:
    with manager(server, token_file) as client:
        done = _decide(client, verb, id, because)
    show.as_json(done) if json else print(f"Operation {id}: {done['state']}")


def _decide(client: Client, verb: str, id: int, because: str) -> Any:
    client.call("GET", f"/operations/{id}")  # a wrong number is said at once, and the Manager is there
    return _change(client, f"/operations/{id}/{verb}", {"because": because})


def _change(client: Client, path: str, body: Any = None, method: str = "POST") -> Any:
    """A change under a key of its own: while the Manager is away it is sent again, and is done once."""
    key, lost_at = uuid.uuid4().hex, 0.0
    client.call("GET", "/status")
    while True:
        try:
            return client.call(method, path, body, key=key)
        except Refused:
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > WAIT_SECONDS:
                raise
            time.sleep(0.5)
