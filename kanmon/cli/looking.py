"""pcs, pc, policy, operations, refused, suspected, status: commands that only read, and decide on suspects."""

import sys
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

policy = typer.Typer(no_args_is_help=True, help="Policies.")
pcs_group = typer.Typer(help="PCs: list them, and say which are under management.")
suspected = typer.Typer(no_args_is_help=True, help="Reports that may be of another PC than they say.")

SUB_RESULTS = ("no problem", "problem", "unknown", "not judged")
"""Words for the numbers 0 to 3 of the antivirus sub-results."""


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(pcs_group, name="pcs")
    app.command(epilog="Example: kanmon pc NGY-L2-0087")(pc)
    app.command(epilog="Example: kanmon operations --state running")(operations)
    app.command(epilog="Example: kanmon status --json")(status)
    app.command(epilog="Example: kanmon refused")(refused)
    app.add_typer(policy, name="policy")
    app.add_typer(suspected, name="suspected")


@pcs_group.callback(invoke_without_command=True, epilog="Example: kanmon pcs --level danger")
@show.sentences
def pcs(
    context: typer.Context,
    level: Annotated[str, typer.Option(help="Only this level: danger, warning, caution, safe, unknown...")] = "",
    search: Annotated[str, typer.Option(help="Part of host, asset number or user.")] = "",
    group: Annotated[str, typer.Option("-k", "--group", help="Path of a group, with what is below.")] = "",
    as_of: Annotated[
        str, typer.Option(help="As it was at the end of this day, or at this moment: 2026-11-04T10:00.")
    ] = "",
    removed: Annotated[bool, typer.Option("--removed", help="Those that are removed from management.")] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List PCs with their level. Those that are removed from management are left out, unless they are asked for."""
    if context.invoked_subcommand is not None:
        return
    rows: list[dict[str, Any]] = []
    with manager(server, token_file, reading=True) as client:
        while True:
            after = rows[-1]["number"] if rows else 0
            page = client.call(
                "GET", "/pcs", level=level, search=search, group=group, after=after, limit=10_000, as_of=as_of,
                removed=removed,
            )  # fmt: skip
            rows += page
            if len(page) < 10_000:
                break
    names = ("asset_number", "host", "level", "judged_at")
    if json:
        show.as_json([{name: row[name] for name in names} for row in rows])
    else:
        show.table(("Asset number", "Host", "Level", "Judged"), [tuple(row[name] for name in names) for row in rows])


@show.sentences
def pc(
    name: Annotated[str, typer.Argument(metavar="ASSET_OR_HOST")],
    language: Annotated[str, typer.Option(help="Language of the findings: en or ja.")] = "en",
    as_of: Annotated[
        str, typer.Option(help="As it was at the end of this day, or at this moment: 2026-11-04T10:00.")
    ] = "",
    history: Annotated[bool, typer.Option("--history", help="List its verdicts instead, newest first.")] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Show one PC: its level, and for each item what was found, what is wanted and how to mend it."""
    with manager(server, token_file, reading=True) as client:
        if history:
            verdicts = client.call("GET", f"/pcs/{name}/history", limit=1000)
            names = ("from", "to", "level", "level_before", "cause", "policy")
            show.as_json(verdicts) if json else show.table(
                [n.replace("_", " ").capitalize() for n in names], [tuple(r[n] for n in names) for r in verdicts]
            )
            return
        one = client.call("GET", f"/pcs/{name}", language=language, as_of=as_of)
    if json:
        show.as_json(one)
        return
    if as_of:
        print(f"As of {one['as_of']}:")
        if not one["reproduced"]:
            print("Judging the inventory of then again does not give the same levels.", file=sys.stderr)
    print(
        f"{one['host']} ({one['asset_number']}): {one['level']}, judged {one['judged_at'] or 'never'}, {one['policy'] or '-'}"
    )
    if gone := one.get("removed"):
        reason = f": {gone['reason']}" if gone["reason"] else ""
        print(f"Removed from management since {gone['at'][:19]} by {gone['by']}{reason}")
    elif one.get("management") == "disabled":
        print("Management is disabled: it is not judged.")
    for found in one["inventory"]:
        print(_found(found))
    for item in one["items"]:
        print(f"\n{item['item']}: {item['level']}")
        if "sub_results" in item and item["level"] not in ("not_applicable", "not_judged"):
            words = (f"{subject} {SUB_RESULTS[number]}" for subject, number in item["sub_results"].items())
            print(f"  {', '.join(words)}")
        for found in item["findings"]:
            print(_found(found))
            if found["mend"] or found["waiver"]:
                print(f"      {found['mend'] or found['waiver']}")


def _found(found: dict[str, Any]) -> str:
    mark = "waived" if found["waiver"] else found["level"]
    return f"  [{mark}] {found['title']}: {found['found']}; wanted: {found['wanted']}"


@show.sentences
def status(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Show node, term and counts."""
    with manager(server, token_file, reading=True) as client:
        said = client.call("GET", "/status")
    if json:
        show.as_json(said)
    else:
        levels = said.pop("levels")
        show.table(("", ""), [*said.items(), *levels.items()])
        if said["actions_held_since"]:
            print("Actions are held since a restore. See: kanmon actions held", file=sys.stderr)


@show.sentences
def operations(
    state: Annotated[str, typer.Option(help="waiting, held, running, in_doubt, finished, failed or cancelled.")] = "",
    kind: Annotated[str, typer.Option(help="record, judge, act, mail, suspected.")] = "",
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 50,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List operations of the journal, the newest first."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/operations", state=state, kind=kind, limit=limit)
    names = ("id", "kind", "state", "attempt", "subject", "requester", "begun_at", "ended_at")
    show.as_json(rows) if json else show.table(
        [n.capitalize() for n in names], [tuple(r[n] for n in names) for r in rows]
    )


@show.sentences
def refused(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List bodies that were not taken in, with the sentence that says why."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/refusals")
    names = ("received_at", "source", "agent", "size", "message_id", "sentence")
    show.as_json(rows) if json else show.table(names, [tuple(row[n] for n in names) for row in rows])


@policy.command("list", epilog="Example: kanmon policy list")
@show.sentences
def policy_list(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List policies with their newest version."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/policies")
    names = ("kind", "name", "version", "author", "comment")
    show.as_json(rows) if json else show.table(
        [n.capitalize() for n in names], [tuple(r[n] for n in names) for r in rows]
    )


@policy.command("show", epilog="Example: kanmon policy show Default")
@show.sentences
def policy_show(
    name: str,
    kind: Annotated[str, typer.Option(help="judgment or action.")] = "judgment",
    version: Annotated[int, typer.Option(help="Number of the version; else the newest.")] = 0,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Print a policy as YAML."""
    with manager(server, token_file, reading=True) as client:
        said = client.call("GET", f"/policies/{kind}/{name}", version=version)
    show.as_json(said) if json else print(said["text"], end="")


@suspected.command("list", epilog="Example: kanmon suspected list")
@show.sentences
def suspected_list(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List suspected reports with the reasons."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/suspected")
    if json:
        show.as_json(rows)
    else:
        show.table(("Id", "Received", "Source", "Likeliest PC", "Why"),
                   [(r["id"], r["received_at"], r["source"], r["pc"], " ".join(r["reasons"])) for r in rows])  # fmt: skip


@suspected.command("decide", epilog="Example: kanmon suspected decide 17 same")
@show.sentences
def suspected_decide(
    id: int,
    decision: Annotated[str, typer.Argument(help="same, new or reject.")],
    pc: Annotated[int, typer.Option(help="Number of the PC, for same; else the likeliest.")] = 0,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Say of which PC a suspected report speaks."""
    with manager(server, token_file) as client:
        begun = client.call("POST", f"/suspected/{id}", {"decision": decision, "pc": pc or None})
        ended = follow(client, begun["id"])
    show.as_json(ended) if json else print((ended["outcome"] or {}).get("sentence", ended["state"]))
    raise SystemExit(show.OK if ended["state"] == "finished" else show.FAILED)
