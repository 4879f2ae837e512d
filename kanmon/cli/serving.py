"""setup, check, manager."""

from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.common import config
from kanmon.common.errors import Refused


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: KANMON_HOME=/srv/kanmon kanmon setup")(setup)
    app.command(epilog="Example: kanmon check --json")(check)
    app.command(epilog="Example: kanmon manager --listen 127.0.0.1:8080 --this-machine")(manager)


@show.sentences
def setup(
    join: Annotated[str, typer.Option(help="URL of a node of the cluster that this home is to join.")] = "",
) -> None:
    """Make the home: settings file, secrets, database, built-in policies. Asks nothing; again changes nothing.

    With --join the secrets come from the cluster; the token of `kanmon cluster invite` is read from KANMON_JOIN_TOKEN,
    or asked for, so that it is in no list of processes.
    """
    import os

    from kanmon import home

    if join:
        token = os.environ.get("KANMON_JOIN_TOKEN") or typer.prompt("Token", hide_input=True)
        _join(join, token.strip())
    home.setup(config.home())
    print(f"Set up {config.home()}")


def _join(url: str, text: str) -> None:
    """Ask a node of the cluster for its secrets, and make this home with them."""
    from kanmon import home
    from kanmon.cli.client import Client
    from kanmon.sealing.token import FILES, read_token, unpack

    token = read_token(text)
    said = Client(url.rstrip("/")).call("POST", "/cluster/join", {"mark": token.mark, "node": config.node()})
    told = unpack(token, said["sealed"], url)
    home.adopt(config.home(), {name: told["files"][name] for name in FILES}, told["database_url"])
    config.forget()


@show.sentences
def check(
    start: Annotated[bool, typer.Option("--start", help="Instead say whether a Manager may start here now.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show every setting with its value and where it comes from; exit 1 when one is wrong.

    With --start it says whether disk and address are in place and nobody else is alive; exit 8 when that is not so.
    """
    values = config.read()
    if start:
        _check_start()
        return
    rows = []
    for setting in config.SETTINGS:
        value = values[setting.name]
        shown = "***" if setting.secret and value.value else value.value
        rows.append({"name": setting.name, "value": shown, "unit": setting.unit, "source": value.source})
    if json:
        show.as_json({"home": str(config.home()), "settings": rows})
    else:
        show.table(("Setting", "Value", "Unit", "From"), [tuple(row.values()) for row in rows])


def _check_start() -> None:
    from kanmon import home
    from kanmon.cluster import holder, place, remains

    run = config.node_folder(config.home()) / "run"
    place.require(config.home())
    home.require(config.home())
    if remains.locked(run):
        other = holder.read(run)
        raise Refused("KNM4006-E", status=409, home=str(config.home()), holder=other.said() if other else "-")
    print("A Manager may start here.")


@show.sentences
def manager(
    listen: Annotated[str, typer.Option(help="Address and port; else server.listen.")] = "",
    this_machine: Annotated[bool, typer.Option("--this-machine", help="Also collect and judge this machine.")] = False,
) -> None:
    """Run the Manager: console, API, intake and the worker, until it is stopped."""
    import os

    if listen:
        os.environ["KANMON_SERVER_LISTEN"] = listen  # links in mails follow the address in use
        config.forget()
    address = str(config.get("server.listen"))
    from kanmon.manager import Manager

    def ready() -> None:
        import threading

        threading.Thread(target=_greet, args=(address, this_machine), daemon=True).start()

    Manager(config.home(), address, ready).run()


def _greet(address: str, this_machine: bool) -> None:
    """Say where the console is, give the one-time link, and send this machine's inventory."""
    from kanmon.accounts.invitation import first_link
    from kanmon.action.texts import base_url

    base = base_url()
    print(f"Kanmon serves {base}", flush=True)
    link = first_link(base)
    if link:
        print(f"Make the first account, once, within 24 hours: {link}", flush=True)
    if this_machine:
        from kanmon.cli.inventory import send_this_machine

        print(f"This machine: {send_this_machine()}", flush=True)
