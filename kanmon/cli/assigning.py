"""assign, group, waiver: which policy holds where, and what does not count where."""

import uuid
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.policies import AlreadyOption, KindOption, deciding
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

SystemOption = Annotated[bool, typer.Option("--system", help="The whole system.")]
GroupOption = Annotated[str, typer.Option("-k", "--group", help="Path of a group, with what is below.")]
PcOption = Annotated[list[str] | None, typer.Option("--pc", help="Asset number or host; may be given several times.")]
group = typer.Typer(no_args_is_help=True, help="The tree of groups.")
waiver = typer.Typer(no_args_is_help=True, help="Conditions that do not count for a PC or a group for a time.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: kanmon assign Sales --group /Sales")(assign)
    app.add_typer(group, name="group")
    app.add_typer(waiver, name="waiver")


def where(row: dict[str, Any]) -> str:
    """A place of an answer in one word: "/", a path, or an asset number."""
    return "/" if row.get("system") else str(row.get("group") or row.get("pc"))


@show.sentences
def assign(
    policy: Annotated[str, typer.Argument(help="Name of the policy; none with --remove or --list.")] = "",
    system: SystemOption = False,
    group: GroupOption = "",
    pc: PcOption = None,
    kind: KindOption = "judgment",
    remove: Annotated[bool, typer.Option("--remove", help="Take the assignment away: what is farther holds.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show all assignments.")] = False,
    already: AlreadyOption = "ask",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Assign a policy to the whole system, a group or PCs. The nearest wins: PC, then group by group, then system."""
    if bool(policy) + remove + list_ != 1:
        raise typer.BadParameter("give the name of a policy, --remove or --list")
    with manager(server, token_file, reading=list_) as client:
        if list_:
            rows = client.call("GET", "/assignments")
            head = ("Kind", "Where", "Policy")
            show.as_json(rows) if json else show.table(head, [(r["kind"], where(r), r["policy"]) for r in rows])
            return
        order = {"kind": kind, "policy": policy, "system": system, "group": group, "pcs": pc or [], "already": already}
        said = client.call("POST", "/assignments", order, key=uuid.uuid4().hex)
    if json:
        show.as_json(said)
    else:
        print(f"{policy or 'Nothing of its own'} holds for {said['where']}" + _judging(said))


def _judging(said: dict[str, Any]) -> str:
    return (f"; judging: operation {said['judgment']}" if said["judgment"] else "") + deciding(said)


@group.command("list", epilog="Example: kanmon group list")
@show.sentences
def group_list(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List groups with their number of PCs, those below not counted."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/groups")
    show.as_json(rows) if json else show.table(("Path", "PCs"), [(row["path"], row["pcs"]) for row in rows])


@group.command("create", epilog="Example: kanmon group create /Sales/Osaka")
@show.sentences
def group_create(path: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Make a group; those above it are made, too."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/groups", {"path": path}, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(said["path"])


@group.command("move", epilog="Example: kanmon group move /Sales/Osaka /West/Osaka")
@show.sentences
def group_move(
    path: str,
    to: Annotated[str, typer.Argument(help="Its new path.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Give a group another path, with all that is in it. Its PCs are judged anew."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/groups/move", {"path": path, "to": to}, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(said["path"] + _judging(said))


@group.command("delete", epilog="Example: kanmon group delete /Sales/Osaka")
@show.sentences
def group_delete(path: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Delete an empty group that no assignment and no waiver names."""
    with manager(server, token_file) as client:
        said = client.call("POST", "/groups/delete", {"path": path}, key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Deleted {said['path']}")


@group.command("members", epilog="Example: kanmon group members /Sales --add PC0000017")
@show.sentences
def group_members(
    path: str,
    add: Annotated[list[str] | None, typer.Option("--add", help="Put this PC into the group.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List the PCs of a group, or put PCs into it. A PC is in one group; those that come in are judged anew."""
    with manager(server, token_file, reading=not add) as client:
        if add:
            said = client.call("POST", "/groups/members", {"path": path, "pcs": add}, key=uuid.uuid4().hex)
            show.as_json(said) if json else print(f"PCs put into {path}: {said['moved']}" + _judging(said))
            return
        rows: list[dict[str, Any]] = []
        while True:
            after = rows[-1]["number"] if rows else 0
            page = client.call("GET", "/groups/members", group=path, after=after, limit=10_000)
            rows += page
            if len(page) < 10_000:
                break
    head = ("Asset number", "Host")
    show.as_json(rows) if json else show.table(head, [(row["asset_number"], row["host"]) for row in rows])


@waiver.command("add", epilog='Example: kanmon waiver add "prohibited_software[TeamViewer*]" -k /Support ...')
@show.sentences
def waiver_add(
    condition: Annotated[
        str, typer.Argument(help="Id of the condition; kanmon pc --json shows those of its findings.")
    ],
    reason: Annotated[str, typer.Option(help="Why it need not hold.")],
    approver: Annotated[str, typer.Option(help="Who has approved it.")],
    expires: Annotated[str, typer.Option(help="The last day on which it counts: 2027-03-31.")],
    begins: Annotated[str, typer.Option(help="The first day; else today.")] = "",
    notice_days: Annotated[int, typer.Option(help="Warn so many days before the end.", min=0, max=365)] = 14,
    group: GroupOption = "",
    pc: PcOption = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Waive a condition for a group or PCs: it stays visible and does not count for the level."""
    order = {
        "condition": condition, "reason": reason, "approver": approver, "expires": expires, "begins": begins or None,
        "notice_days": notice_days, "group": group, "pcs": pc or [],
    }  # fmt: skip
    with manager(server, token_file) as client:
        said = client.call("POST", "/waivers", order, key=uuid.uuid4().hex)
    numbers = ", ".join(map(str, said["ids"]))
    show.as_json(said) if json else print(f"Waiver {numbers} of {condition} for {said['where']}" + _judging(said))


@waiver.command("list", epilog="Example: kanmon waiver list")
@show.sentences
def waiver_list(
    expired: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List waivers, the one that ends first before the others."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/waivers", expired="true" if expired else "")
    head = ("Id", "Where", "Condition", "Begins", "Last day", "Approver", "Reason")
    names = ("begins", "expires", "approver", "reason")
    show.as_json(rows) if json else show.table(
        head, [(row["id"], where(row), row["condition"], *(row[name] for name in names)) for row in rows]
    )


@waiver.command("remove", epilog="Example: kanmon waiver remove 3")
@show.sentences
def waiver_remove(
    number: int, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False
) -> None:
    """End a waiver: from now on the condition counts again."""
    with manager(server, token_file) as client:
        said = client.call("DELETE", f"/waivers/{number}", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Ended waiver {number} of {said['condition']}" + _judging(said))
