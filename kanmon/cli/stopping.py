"""stop, alive, cluster remains: for cluster software and for people at the machine itself."""

import sys
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, ServerSaid
from kanmon.cli.cluster import group
from kanmon.cli.tokens import JsonOption
from kanmon.common import config, messages
from kanmon.common.errors import Refused


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: kanmon stop --wait 60 --force")(stop)
    app.command(epilog="Example: kanmon alive --ready")(alive)
    group.command(epilog="Example: kanmon cluster remains")(remains)


@show.sentences
def stop(
    wait: Annotated[float, typer.Option(help="Seconds to wait; else cluster.drain_seconds and 15 more.")] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Then kill what is left of this home on this machine.")
    ] = False,
) -> None:
    """Stop the Manager of this home in order, wait until it has ended, and say what it waited for."""
    from kanmon.cluster import stopping

    home = config.home()
    for row in _running():
        print(f"Running: operation {row['id']}, {row['kind']}: {row['subject']}", flush=True)
    done = stopping.stop(
        home, config.node_folder(home) / "run", wait or float(config.get("cluster.drain_seconds")) + 15,
        force=force, told=lambda pid: print(f"Stopping process {pid}", flush=True),
    )  # fmt: skip
    if done is None:
        _say("KNM4195-I", home=str(home))
        return
    if done.pid:
        print(f"Stopped after {done.seconds:.1f} s")
    for pid in done.killed:
        _say("KNM4199-W", pid=pid)


def _running() -> list[dict[str, Any]]:
    """What the Manager is doing, if it answers."""
    try:
        rows: list[dict[str, Any]] = Client(wait_seconds=5).call("GET", "/operations", state="running")
    except (Refused, ServerSaid):
        return []
    return rows


@show.sentences
def alive(
    ready: Annotated[bool, typer.Option("--ready", help="Also ask whether it can serve, and say why not.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for an answer.")] = 20,
) -> None:
    """Ask the Manager of this home whether it lives; exit 4 when nobody answers, 1 when it is not ready."""
    import json

    path = "/health/ready" if ready else "/health/live"
    status, _, content = Client(wait_seconds=wait).raw("GET", path, None, {})
    said = json.loads(content)
    print(said.get("why") or "The Manager lives.")
    if status != 200:
        raise SystemExit(show.REFUSED)


@show.sentences
def remains(json: JsonOption = False) -> None:
    """List what is left of a failed stop on this machine, and what to do; exit 1 when something has to be done."""
    from kanmon.cluster import remains as left

    home = config.home()
    found = left.decide(left.look(home, config.node_folder(home) / "run"))
    if json:
        rows = [
            {"id": one.message_id, "sentence": messages.text(one.message_id, one.params), "act": one.act, **one.params}
            for one in found
        ]
        show.as_json(rows)
    else:
        for one in found:
            _say(one.message_id, **one.params)
            if remedy := messages.catalogue()[one.message_id].remedy:
                print(f"  {remedy}")
        if not found:
            print("Nothing remains.")
    sys.exit(show.REFUSED if any(one.act for one in found) else 0)


def _say(message_id: str, **params: Any) -> None:
    print(message_id, messages.text(message_id, params))
