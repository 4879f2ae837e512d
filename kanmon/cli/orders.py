"""orders, orders retry|replay|cancel|output: what became of the orders of action policies."""

import uuid
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import follow, manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile

group = typer.Typer()
Numbers = Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, help="Numbers of orders, or of operations.")]
AllFailed = Annotated[bool, typer.Option("--all-failed", help="All that were not delivered, 1,000 at a time.")]
Because = Annotated[str, typer.Option("--because", help="Why; kept with the operation and in the audit.")]
Wait = Annotated[bool, typer.Option(help="Wait until the new operations have ended.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="orders", help="Orders of action policies, and what became of them.")


@group.callback(invoke_without_command=True, epilog="Example: kanmon orders --state failed")
@show.sentences
def orders(
    context: typer.Context,
    state: Annotated[
        str, typer.Option(help="waiting, held, running, in_doubt, delivered, partly, failed, given_up, not_needed or cancelled.")
    ] = "",
    kind: Annotated[str, typer.Option(help="mail, webhook, event, command, network...")] = "",
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1, max=1000)] = 50,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List orders. Those with the state failed were not delivered, and nobody has retried them or given them up."""
    if context.invoked_subcommand is not None:
        return
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", "/orders", state=state, kind=kind, limit=limit)
    if json:
        show.as_json(rows)
    else:
        head = ("Order", "Operation", "Kind", "Level", "PCs", "To", "State", "Attempts", "")
        names = ("order", "operation", "kind", "level", "pcs", "to", "state", "attempts", "sentence")
        show.table(head, [[_cell(row[name]) for name in names] for row in rows])


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


@group.command(epilog="Example: kanmon orders retry 417 418 --because 'the receiver is back'")
@show.sentences
def retry(
    ids: Numbers = None, all_failed: AllFailed = False,
    kind: Annotated[str, typer.Option(help="With --all-failed: of this kind only.")] = "",
    because: Because = "", wait: Wait = True, server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Carry out what was not delivered: all of those named, or none."""
    order = {"orders": ids or [], "all_failed": all_failed, "kind": kind, "because": because}
    _begin("retry", order, wait, server, token_file, json)


@group.command(epilog="Example: kanmon orders replay 417 --because 'the receiver has lost it'")
@show.sentences
def replay(
    ids: Annotated[list[int], typer.Argument(metavar="ID", min=1, help="Numbers of orders, or of operations.")],
    because: Because = "", wait: Wait = True, server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Tell once more what was delivered: mails, webhooks, events; under the same ids, marked as a replay."""
    _begin("replay", {"orders": ids, "because": because}, wait, server, token_file, json)


@group.command(epilog="Example: kanmon orders cancel 417")
@show.sentences
def cancel(
    ids: Numbers = None, all_failed: AllFailed = False,
    kind: Annotated[str, typer.Option(help="With --all-failed: of this kind only.")] = "",
    because: Because = "", server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """They are not wanted any more: what waits is not done, what was not delivered is given up."""
    order = {"orders": ids or [], "all_failed": all_failed, "kind": kind, "because": because}
    with manager(server, token_file) as client:
        done = client.call("POST", "/orders/cancel", order, key=uuid.uuid4().hex)
    show.as_json(done) if json else print(f"Cancelled or given up: {_numbers(done['orders'])}")


@group.command(epilog="Example: kanmon orders output 417")
@show.sentences
def output(
    id: Annotated[int, typer.Argument(metavar="ID", min=1, help="Number of the operation of a command.")],
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Show what the command of an operation wrote, as far as it was kept on this node."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", f"/operations/{id}/output")
    show.as_json(told) if json else print(told["text"], end="" if told["text"].endswith("\n") else "\n")


def _begin(verb: str, order: dict[str, Any], wait: bool, server: str, token_file: Any, json: bool) -> None:
    with manager(server, token_file) as client:
        done = client.call("POST", f"/orders/{verb}", order, key=uuid.uuid4().hex)
        begun = [
            follow(client, one) if wait else client.call("GET", f"/operations/{one}") for one in done["operations"]
        ]
    if json:
        show.as_json({**done, "begun": begun})
    else:
        for number, one in zip(done["orders"], begun, strict=True):
            sentence = (one["outcome"] or {}).get("sentence", "")
            print(f"Order {number} is carried out again as operation {one['id']}: {one['state']} {sentence}".strip())
        if not begun:
            print("There is none.")
    not_done = [one for one in begun if one["state"] in ("failed", "in_doubt", "cancelled")]
    raise SystemExit(show.FAILED if not_done else show.OK)


def _numbers(found: list[int]) -> str:
    return ", ".join(map(str, found)) or "there was none"
