"""import, client: commands that send inventory."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption
from kanmon.common.errors import Refused

IntakeTokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="File with the intake token; else KANMON_TOKEN.")
]


client_group = typer.Typer(invoke_without_command=True)


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("import", epilog="Example: kanmon import inventories/*.xml")(import_)
    app.add_typer(client_group, name="client")


@show.sentences
def import_(
    files: Annotated[list[Path], typer.Argument(help="Inventories in any known format, plain, zlib or gzip.")],
    wait: Annotated[bool, typer.Option(help="Wait until they are recorded and judged.")] = True,
    server: ServerOption = "",
    token_file: IntakeTokenFile = None,
    json: JsonOption = False,
) -> None:
    """Take in inventory files as if agents had sent them. Exit 7 when some were refused, 6 when all were."""
    with manager(server, token_file) as api:
        results = [_take_in(api, path, parts=False) for path in _progress(files, quiet=json)]
        for place, row in enumerate(results):
            if row["result"] == "later":
                results[place] = _take_in(api, files[place])
        if wait and any(row["result"] in ("changed", "unchanged") for row in results):
            wait_until_judged(api)
    refused = [row for row in results if row["result"] == "refused"]
    if json:
        show.as_json(results)
    else:
        for row in refused:
            print(f"{row['file']}: {row['sentence']}", file=sys.stderr)
        counts = {word: sum(row["result"] == word for row in results) for word in ("changed", "unchanged", "older")}
        print(
            f"Files: {len(files)}, taken in: {counts['changed']}, unchanged: {counts['unchanged']},"
            f" older: {counts['older']}, refused: {len(refused)}"
        )
    if any(row["sentence"].startswith("KNM7002-E") for row in refused):
        raise SystemExit(show.NOT_ALLOWED)
    if refused:
        raise SystemExit(show.FAILED if len(refused) == len(results) else show.PARTLY)


def _take_in(api: Client, path: Path, parts: bool = True) -> dict[str, Any]:
    """Send one file; returns {"file", "result", "sentence"}. Without ``parts`` the result of a part is "later":

    a list of updates has to come after the report of the same PC, which would replace it, and results of checks after
    the inventory that makes their PC known.
    """

    from kanmon.intake.inflate import MAX_BODY_BYTES, kept

    try:
        body = path.read_bytes()
    except OSError as problem:
        refusal = Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem))
        return {"file": str(path), "result": "refused", "sentence": f"KNM6006-E {refusal}"}
    if len(body) > MAX_BODY_BYTES:
        body = kept(body)  # an ARF file has some megabytes, which pack well
    said = {"result": "later", "sentence": ""}
    if parts or not _is_part(body):
        said = send(api, body, "import", path.name)
    if not parts and said["sentence"].startswith("KNM1031-E"):  # only the changes, by a GLPI agent
        said["result"] = "later"
    return {"file": str(path), **said}


def _is_part(body: bytes) -> bool:
    from kanmon.intake import formats
    from kanmon.intake.inflate import inflate

    try:
        return formats.is_part(inflate(body))
    except Refused:
        return False  # it is refused when it is sent


def _progress(files: list[Path], quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "Importing", console=Console(stderr=True), transient=True)


def send(api: Client, body: bytes, source: str, name: str) -> dict[str, Any]:
    """Give one body to intake; returns {"result", "sentence"}."""
    import json

    headers = {"X-Kanmon-Source": source, "User-Agent": name[:100].encode("ascii", "replace").decode()}
    if api.token:
        headers["Authorization"] = f"Bearer {api.token}"
    status, answer, content = api.raw("POST", "/intake", body, headers)
    if status >= 400:
        said = json.loads(content)
        return {"result": "refused", "sentence": f"{said['title']} {said['detail']}"}
    return {"result": answer["X-Kanmon-Result"], "sentence": ""}


def wait_until_judged(api: Client) -> None:
    """Wait until no report is queued and what followed has been judged. Needs the permission to view."""
    from kanmon.cli.client import ServerSaid

    try:
        while True:
            rows = api.call("GET", "/operations", kind="record", limit=1000)
            open_rows = [row for row in rows if row["state"] in ("waiting", "running")]
            for row in open_rows:
                follow(api, row["id"])
            judging = [
                r
                for r in api.call("GET", "/operations", kind="judge", limit=1000)
                if r["state"] in ("waiting", "running")
            ]
            for row in judging:
                follow(api, row["id"])
            if not open_rows and not judging:
                return
    except ServerSaid:
        return  # a token of intake may send and nothing else


@client_group.callback(
    epilog="Example: kanmon client --server https://kanmon.example.com --token-file /etc/kanmon.token --checks arf.xml"
)
@show.sentences
def client(
    context: typer.Context,
    server: ServerOption = "",
    token_file: IntakeTokenFile = None,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="Certificates of an authority of your own.")] = None,
    checks: Annotated[
        list[Path] | None,
        typer.Option("--checks", help="Send these results of checks, too: SCAP (XCCDF, ARF), lynis, osquery."),
    ] = None,
    output: Annotated[bool, typer.Option("--print", help="Print the inventory instead of sending it.")] = False,
    json: JsonOption = False,
) -> None:
    """Collect this Linux machine's inventory and send it, and with it what other programs found on it."""
    from kanmon.client.collect import collect
    from kanmon.client.results import read_results
    from kanmon.intake.inflate import kept

    if context.invoked_subcommand is not None:
        return
    results = [read_results(path) for path in checks or ()]  # first, so that nothing is sent when one can't be
    body = collect()
    if output:
        print(body.decode())
        return
    bodies = [body, *results]
    if server:
        said = [{"result": _send_away(server, token_file, ca_file, one), "sentence": ""} for one in bodies]
    else:
        with manager() as api:
            said = [send(api, kept(one), "this-machine", "kanmon client") for one in bodies]
            if said[0]["result"] != "refused":
                wait_until_judged(api)
    files = [str(path) for path in checks or ()]
    if json:
        show.as_json(
            said[0]
            | ({"checks": [{"file": f, **one} for f, one in zip(files, said[1:], strict=True)]} if files else {})
        )
    else:
        for name, one in zip(["", *files], said, strict=True):
            print((f"{name}: " if name else "") + (one["sentence"] or f"Sent: {one['result']}"))
    if any(one["result"] == "refused" for one in said):
        raise SystemExit(show.REFUSED)


def _send_away(server: str, token_file: Path | None, ca_file: Path | None, body: bytes) -> str:
    """Send to a Manager elsewhere: by TLS only, with the token from a file that nobody else may read."""
    from kanmon.client.send import read_token
    from kanmon.client.send import send as send_by_tls

    token = read_token(str(token_file) if token_file else None)
    return send_by_tls(server.rstrip("/") + "/intake", token, body, ca_file=str(ca_file) if ca_file else None)


def collect_and_send(server: str, token: str, ca_file: str | None) -> str:
    """Collect this machine's inventory and send it; the Manager's word for it."""
    from kanmon.client.collect import collect
    from kanmon.client.send import send as send_by_tls

    return send_by_tls(server.rstrip("/") + "/intake", token, collect(), ca_file=ca_file)


def send_this_machine() -> str:
    """Collect this machine, send it through the local socket, wait for the verdict; the outcome in words."""
    import platform

    from kanmon.cli.client import ServerSaid
    from kanmon.client.collect import collect

    api = Client()
    try:
        said = send(api, collect(), "this-machine", "kanmon client")
        if said["result"] == "refused":
            return str(said["sentence"])
        wait_until_judged(api)
        one = api.call("GET", f"/pcs/{platform.node()}")
    except (Refused, ServerSaid) as problem:
        return str(problem)
    return f"{one['host']} is judged {one['level']}, see `kanmon pc {one['asset_number']}`"
