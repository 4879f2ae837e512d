"""act, waiting, approve, decline, actions hold: what is done about PCs, now or after a person's word."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.backup import actions
from kanmon.cli.client import follow, manager
from kanmon.cli.judging import names_of
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: kanmon act --all")(act)
    app.command(epilog="Example: kanmon waiting")(waiting)
    app.command(epilog="Example: kanmon approve 3")(approve)
    app.command(epilog="Example: kanmon decline --kind network --pc pc-0042")(decline)
    actions.command("hold", epilog="Example: kanmon actions hold --release")(hold)
    app.command(epilog="Example: kanmon why pc-0042")(why)


KindOption = Annotated[list[str] | None, typer.Option("--kind", help="Of this action only: network, mail, ...")]


@show.sentences
def act(
    all: Annotated[bool, typer.Option("--all", help="All PCs under management.")] = False,
    file: Annotated[Path | None, typer.Option("-f", help="File with asset numbers or hosts, one a line.")] = None,
    group: Annotated[str, typer.Option("-k", help="Path of a group, with what is below.")] = "",
    policy: Annotated[str, typer.Option("-a", help="This action policy instead of those in force.")] = "",
    no_condition: Annotated[
        bool, typer.Option("--no-condition", help="Whether or not its conditions are met, and it was done.")
    ] = False,
    kind: KindOption = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Decide on actions for the newest levels, order what is due, and wait for the decision."""
    order = {
        "all": all, "pcs": names_of(file), "group": group, "policy": policy, "conditions": not no_condition,
        "kinds": kind or [],
    }  # fmt: skip
    _decided("/actions", order, server, token_file, json)


def _decided(path: str, order: dict[str, Any], server: str, token_file: Path | None, json: bool) -> None:
    with manager(server, token_file) as client:
        begun = client.call("POST", path, order, key=uuid.uuid4().hex)
        ended = follow(client, begun["id"])
    outcome = ended["outcome"] or {}
    if json:
        show.as_json(ended)
    else:
        print(f"Operation {ended['id']} {ended['state']}: {outcome.get('sentence', '')}")
    raise SystemExit(show.OK if ended["state"] == "finished" else show.FAILED)


@show.sentences
def waiting(
    number: Annotated[int, typer.Argument(help="The PCs of this question.")] = 0,
    kind: Annotated[str, typer.Option("--kind", help="Of this action only: network, mail, ...")] = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List what waits for a person's word: beyond a cap, or switched on for PCs that were at the level already."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", f"/waiting/{number}" if number else "/waiting", **({} if number else {"kind": kind}))
    if json:
        show.as_json(rows)
    elif number:
        show.table(("PC", "Host"), [(r["asset_number"], r["host"]) for r in rows])
    else:
        show.table(
            ("No.", "Action", "Level", "Step", "Policy", "Why", "PCs", "Since"),
            [
                (r["number"], r["kind"], r["level"], r["step"], r["policy"], WHY[r["why"]], r["pcs"], r["since"][:19])
                for r in rows
            ],
        )


WHY = {"cap": "beyond the cap of an hour", "already": "at the level before it was switched on"}

NumbersArgument = Annotated[list[int] | None, typer.Argument(help="Numbers that kanmon waiting lists.")]
PcOption = Annotated[list[str] | None, typer.Option("--pc", help="About this PC only: asset number or host.")]
AllOption = Annotated[bool, typer.Option("--all", help="Everything that waits now.")]


@show.sentences
def approve(
    numbers: NumbersArgument = None, all: AllOption = False, kind: KindOption = None, pc: PcOption = None,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Let it be done for PCs that wait, beyond the cap, too."""
    _decided("/waiting", _answer("approve", numbers, all, kind, pc), server, token_file, json)


@show.sentences
def decline(
    numbers: NumbersArgument = None, all: AllOption = False, kind: KindOption = None, pc: PcOption = None,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Leave PCs that wait alone, until their level changes."""
    _decided("/waiting", _answer("decline", numbers, all, kind, pc), server, token_file, json)


def _answer(
    decision: str, numbers: list[int] | None, all: bool, kind: list[str] | None, pc: list[str] | None
) -> dict[str, Any]:
    return {"decision": decision, "questions": numbers or [], "all": all, "kinds": kind or [], "pcs": pc or []}


@show.sentences
def hold(
    release: Annotated[bool, typer.Option("--release", help="Release them; what is still due is done.")] = False,
    state: Annotated[bool, typer.Option("--show", help="Only say whether they are held.")] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Hold all actions: nothing is ordered, and what is ordered is not begun, until they are released."""
    if state and release:
        raise typer.BadParameter("either --show or --release")
    with manager(server, token_file, reading=state) as client:
        told = (
            client.call("GET", "/hold")
            if state
            else client.call("POST", "/hold", {"held": not release}, key=uuid.uuid4().hex)
        )
    if json:
        show.as_json(told)
    else:
        print(f"All actions are held by {told['by']} since {told['since'][:19]}." if told["held"] else "Not held.")


@show.sentences
def why(
    pc: Annotated[str, typer.Argument(help="Asset number or host.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Say what the action policy does about a PC, and why it does not do it now."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", f"/pcs/{pc}/actions")
    if json:
        show.as_json(told)
        return
    lines = [one["sentence"] for one in told["actions"]]
    print(told["sentence"] or "\n".join(lines) or "The action policy does nothing at the level of this PC.")
    if told["waived"]:
        print(told["waived"])
