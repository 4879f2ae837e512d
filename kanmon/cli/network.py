"""network ...: who is cut off, who is let in, by whom; agents; what waits for a person; what is unmanaged."""

import csv
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

MOST = 10_000
MOST_AT_ONCE = 1000
group = typer.Typer(no_args_is_help=True, help="Network control: refuse, permit, approve; the agents that do it.")

MacOption = Annotated[list[str] | None, typer.Option("--mac", help="MAC address; can be repeated.")]
IpOption = Annotated[str, typer.Option("--ip", help="Address, as the network or the inventory knows it.")]
HostOption = Annotated[str, typer.Option("--host", help="Host name or asset number.")]
FileOption = Annotated[Path | None, typer.Option("--file", help="A list: the first column of each line is a MAC.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the list and in the log.")]
HELP = {
    "refuse": "Refuse a PC in emergency: it holds against every policy until it is lifted.",
    "lift": "End a refusal in emergency: what held below it holds again.",
    "permit": "Permit a PC, whatever policies decide, until it is withdrawn.",
    "deny": "Cut a PC off, whatever policies decide, until it is withdrawn.",
    "withdraw": "Take back what a person has permitted or denied: policies decide again.",
    "remove": "Forget everything that was ordered of a PC.",
}


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="network")
    for wanted, help in HELP.items():
        _by_hand(wanted, help)


def _by_hand(wanted: str, help: str) -> None:
    example = f"Example: kanmon network {wanted} --host pc-0042"

    @group.command(wanted, help=help, epilog=example)
    @show.sentences
    def command(
        mac: MacOption = None, ip: IpOption = "", host: HostOption = "", file: FileOption = None,
        reason: ReasonOption = "",
        server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
    ) -> None:  # fmt: skip
        macs = [*(mac or []), *(_listed(file) if file else [])]
        if file and not macs:
            raise Refused("KNM8454-E")
        parts = [macs[at : at + MOST_AT_ONCE] for at in range(0, len(macs), MOST_AT_ONCE)] or [[]]
        results = []
        with manager(server, token_file) as client:
            for part in parts:
                order = {"wanted": wanted, "mac": part, "ip": ip, "host": host, "reason": reason}
                begun = client.call("POST", "/network/orders", order, key=uuid.uuid4().hex)
                ended = follow(client, begun["id"])
                rows = client.call("GET", "/network/orders", limit=MOST_AT_ONCE)
                rows = [row for row in rows if row["operation"] == begun["id"]]
                results.append({"operation": ended["id"], "state": ended["state"], "orders": rows})
                if not json:
                    print((ended["outcome"] or {}).get("sentence", ended["state"]))
                    for row in rows:
                        print(f"  {row['mac']}  {row['wanted']}  order {row['id']}")
        if json:
            show.as_json(results)
        if any(one["state"] != "finished" for one in results):
            raise SystemExit(show.FAILED)


def _listed(path: Path) -> list[str]:
    """The MACs of a list: the first column of each line; a first line that names it and lines with # are passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [row[0].strip() for row in csv.reader(file) if row and row[0].strip()]
    except (OSError, ValueError, csv.Error) as problem:
        raise Refused("KNM6006-E", path=str(path), problem=str(problem)) from None
    return [cell for cell in cells if not cell.startswith("#") and cell.lower() != "mac"]


@group.command("list", epilog="Example: kanmon network list --wrong")
@show.sentences
def list_(
    state: Annotated[str, typer.Option(help="permit, deny or refuse only.")] = "",
    wrong: Annotated[bool, typer.Option("--wrong", help="Only PCs that were seen where they don't belong.")] = False,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List the connection control list: state, why, and where the network saw each PC last."""
    rows: list[dict[str, Any]] = []
    with manager(server, token_file, reading=True) as client:
        while True:
            after = rows[-1]["mac"] if rows else ""
            part = client.call("GET", "/network", state=state, wrong=wrong, after=after, limit=MOST)
            rows += part
            if len(part) < MOST:
                break
    if json:
        show.as_json(rows)
        return
    show.table(
        ("MAC", "Host", "State", "Why", "Network", "Seen in", "Seen at", "Reason"),
        [
            (r["mac"], r["host"], r["state"], r["why"], r["network"], (r["seen"] or {}).get("network"),
             ((r["seen"] or {}).get("at") or "")[:19], r["reason"])
            for r in rows
        ],
    )  # fmt: skip


@group.command("orders", epilog="Example: kanmon network orders --host pc-0042")
@show.sentences
def orders(
    host: HostOption = "", mac: Annotated[str, typer.Option("--mac", help="Of this MAC only.")] = "",
    open: Annotated[bool, typer.Option("--open", help="Only those that are under way or have failed.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List orders, the newest first: ordered, acknowledged by the agents, seen in the network."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/network/orders", pc=host, mac=mac, open=open, limit=limit)
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Order", "MAC", "Wanted", "By", "Progress", "Ordered", "Acknowledged", "Seen", "Sentence"),
        [
            (r["id"], r["mac"], r["wanted"], r["by"], r["progress"], r["ordered_at"][:19],
             (r["acknowledged_at"] or "")[:19], (r["verified_at"] or "")[:19], r["sentence"] or r["reason"])
            for r in rows
        ],
    )  # fmt: skip


@group.command("unmanaged", epilog="Example: kanmon network unmanaged")
@show.sentences
def unmanaged(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List devices that the network saw and no inventory knows."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/network/unmanaged", limit=MOST)
    if json:
        show.as_json(rows)
        return
    show.table(
        ("MAC", "Address", "Network", "NAS", "Port", "First seen", "Seen"),
        [(r["mac"], r["ip"], r["network"], r["nas"], r["port"], r["first_at"][:19], r["at"][:19]) for r in rows],
    )


@group.command("link", epilog="Example: kanmon network link pc-0042 --days 3")
@show.sentences
def link(
    pc: Annotated[str, typer.Argument(help="Asset number or host name.")],
    days: Annotated[int, typer.Option(help="How long it is good, 1 to 90 days.")] = 7,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Print a signed link to the remediation page of a PC, for its user."""
    with manager(server, token_file) as client:
        made = client.call("POST", "/network/links", {"pc": pc, "days": days}, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(made["link"])


@group.command("agents", epilog="Example: kanmon network agents")
@show.sentences
def agents(server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """List the agents: whether they answer, have our list, and are well."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/network/agents")
    if json:
        show.as_json(rows)
        return
    show.table(
        ("Agent", "State", "Seen", "Host", "Started", "Under way then", "Caught up", "Entries", "List", "Version"),
        [
            (r["name"], r["state"], (r["seen_at"] or "")[:19], *_start(r["last_start"] or {}), r["entries"],
             "in step" if r["in_step"] else "differs", r["version"])
            for r in rows
        ],
    )  # fmt: skip
    for row in rows:
        for one in row["health"]:
            if one["id"]:
                print(f"{row['name']}: {one['part']}: {one['id']} {one['sentence']}")


def _start(told: dict[str, Any]) -> tuple[Any, ...]:
    """The columns of an agent's last start."""
    return (
        told.get("host"), (told.get("at") or "")[:19], told.get("under_way"), (told.get("caught_up_at") or "")[:19]
    )  # fmt: skip


@group.command("invite", epilog="Example: kanmon network invite gateway-1")
@show.sentences
def invite(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Print a token by which an agent is enrolled: once, within an hour."""
    with manager(server, token_file) as client:
        made = client.call("POST", "/network/agents", {"name": name}, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(made["token"])


@group.command("revoke", epilog="Example: kanmon network revoke gateway-1")
@show.sentences
def revoke(name: str, server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False) -> None:
    """Listen to an agent no more."""
    with manager(server, token_file) as client:
        said = client.call("DELETE", f"/network/agents/{name}", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Revoked {name}")


@group.command("setup", epilog="Example: kanmon network setup networks.json")
@show.sentences
def setup(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON; without it: print it.")
    ] = None,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Show, or set from a file, which network is for whom: for all agents."""
    with manager(server, token_file, reading=file is None) as client:
        if file is None:
            show.as_json(client.call("GET", "/network/setup"))
            return
        made = client.send("/network/setup", file.read_bytes(), key=uuid.uuid4().hex)
    show.as_json(made) if json else print(f"Version {made['version']}")
