"""agent ...: the program on the network control server, its list, and who it is.

Everything but ``run`` works on the agent's own database, whether the agent runs or not; a running one takes changes over
within a second.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanmon.cli import show

if TYPE_CHECKING:
    from kanmon.agent.store import Store
    from kanmon.ordering import Holds

group = typer.Typer(no_args_is_help=True, help="The network agent on this machine; its home is KANMON_AGENT_HOME.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="agent")


def _store() -> "Store":
    from kanmon.agent import config, log, program
    from kanmon.agent.store import Store

    home = config.home()
    program.require(home)
    settings = config.read(home)
    log.speak(program.own_name(home), str(settings["agent.language"]))
    return Store(home, shared_disk=bool(settings["agent.shared_disk"]))


@group.command(epilog="Example: KANMON_AGENT_HOME=/srv/kanmon-agent kanmon agent setup")
@show.sentences
def setup() -> None:
    """Make the agent's home: settings file, database, folder for secrets. Asks nothing; again changes nothing."""
    from kanmon.agent import config, program

    program.make_home(config.home())
    print(f"Set up {config.home()}")


@group.command(epilog="Example: kanmon agent run")
@show.sentences
def run(
    to_stderr: Annotated[bool, typer.Option("--to-stderr", help="Write both logs to stderr, too.")] = False,
) -> None:
    """Run the agent until it is stopped: it calls the Manager, drives the network, and serves RADIUS on loopback."""
    from kanmon.agent import config
    from kanmon.agent.program import Agent

    Agent(config.home(), lambda url: print(f"Agent serves {url}", flush=True), to_stderr=to_stderr).run()


@group.command(epilog="Example: kanmon agent check --json")
@show.sentences
def check(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show every setting of the agent with its value and where it comes from, and what is wrong; exit 1 when something is.

    Sections of drivers and of RADIUS are read as well, and the tools that drivers need are looked for. Devices are not
    asked: kanmon agent devices does that.
    """
    from kanmon.agent import checking, config

    settings = config.read(config.home())
    found = checking.problems(settings, config.home())
    rows = [
        {"name": one.name, "value": settings[one.name], "unit": one.unit, "source": settings.values[one.name].source}
        for one in config.SETTINGS
    ]
    if json:
        said = [{"id": one.message_id, "sentence": str(one)} for one in found]
        show.as_json({"home": str(config.home()), "settings": rows, "problems": said})
    else:
        show.table(("Setting", "Value", "Unit", "From"), [tuple(row.values()) for row in rows])
        for one in found:
            print(f"{one.message_id} {one}", file=sys.stderr)
    if any(one.message_id.endswith("-E") for one in found):
        raise SystemExit(show.REFUSED)


@group.command(epilog="Example: kanmon agent enrol --token-file token.txt")
@show.sentences
def enrol(
    manager: Annotated[list[str] | None, typer.Option(help="https://HOST:PORT; else those of the invitation.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="File with the token; else KANMON_AGENT_TOKEN.")] = None,
) -> None:
    """Make a key and get a certificate for it, by an invitation of the Manager.

    The token is read from a file or from KANMON_AGENT_TOKEN, or asked for, so that it is in no list of processes.
    """
    import os

    from kanmon.agent import config, program
    from kanmon.agent import enrol as enrolment
    from kanmon.common.errors import Refused

    home = config.home()
    program.require(home)
    settings = config.read(home)
    try:
        text = token_file.read_text("utf-8") if token_file else os.environ.get("KANMON_AGENT_TOKEN", "")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(token_file), problem=str(problem)) from None
    invitation = enrolment.opened(text or typer.prompt("Token", hide_input=True))
    managers = tuple(manager or settings["link.managers"] or invitation.managers)
    for url in managers:
        config.check_url(url)
    who = enrolment.enrol(home, invitation, managers, float(settings["link.connect_seconds"]))
    store = _store()
    with store.writing():
        store.set_word("managers", " ".join(managers))
    store.close()
    show.said("KNM8029-I", name=who.name, until=f"{who.valid_until:%Y-%m-%d}", serial=who.serial)


def _listed(store: "Store") -> "list[Holds]":
    from kanmon.agent.book import Book

    book = Book()
    book.set_up(store.setup())
    book.update(store.entries()[1])
    return book.listed()


@group.command("list", epilog="Example: kanmon agent list --state deny")
@show.sentences
def list_(
    state: Annotated[str, typer.Option(help="Only permit, deny or refuse.")] = "",
    mac: Annotated[str, typer.Option(help="Only this PC.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the connection control list: each PC, what holds for it, since when and by which order."""
    from kanmon.agent import files
    from kanmon.common.errors import Refused

    wanted = files.mac_of(mac) if mac else ""
    found = [one for one in _listed(_store()) if state in ("", one.state) and wanted in ("", one.mac)]
    if wanted and not found:
        raise Refused("KNM8053-E", mac=wanted)
    rows = [files.values(one) for one in found]
    if json:
        show.as_json(rows)
    else:
        show.table(tuple(name.capitalize() for name in files.COLUMNS), [tuple(row.values()) for row in rows])


@group.command(epilog="Example: kanmon agent export list.csv")
@show.sentences
def export(file: Annotated[Path, typer.Argument(help="list.csv, list.ndjson or list.json.")]) -> None:
    """Write the connection control list to a file: CSV with all values quoted, NDJSON or JSON, by the file's name."""
    from kanmon.agent import files
    from kanmon.agent.enrol import write
    from kanmon.common.errors import Refused

    kind = files.kind_of(file)
    listed = _listed(_store())
    try:
        write(file, "".join(files.write(kind, listed)).encode("utf-8"), 0o640)
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(file), problem=problem.strerror or str(problem)) from None
    print(f"{len(listed)} PCs written to {file}")


@group.command("import", epilog="Example: kanmon agent import list.csv")
@show.sentences
def import_(file: Annotated[Path, typer.Argument(help="list.csv, list.ndjson or list.json.")]) -> None:
    """Take a list in: what it names is set as by hand, the rest stays. All of the file or nothing.

    A newer order of the Manager wins, and its list heals what it had ordered itself.
    """
    from kanmon.agent import by_hand, files

    rows = files.read(file)
    print(f"{by_hand.take(_store(), rows)} of {len(rows)} PCs changed")


@group.command(epilog="Example: kanmon agent remove 02:00:00:00:00:01")
@show.sentences
def remove(
    mac: Annotated[list[str] | None, typer.Argument(help="PCs.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every PC of the list.")] = False,
) -> None:
    """Take PCs out of the list: nothing holds for them any more, and they count as unregistered."""
    from kanmon.agent import by_hand, files

    store = _store()
    macs = [one.mac for one in _listed(store)] if all_ else [files.mac_of(one) for one in mac or ()]
    print(f"{by_hand.remove(store, macs)} PCs removed")


@group.command(epilog="Example: kanmon agent networks --unregistered quarantine")
@show.sentences
def networks(
    unregistered: Annotated[str, typer.Option(help="Network of a PC that is not in the list.")] = "",
    refused: Annotated[str, typer.Option(help="Network of a PC that is refused.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show or set which network is for unregistered and for refused PCs. A setup by the Manager replaces it.

    Networks: corporate, quarantine, unauthenticated, refused.
    """
    from kanmon.agent import by_hand

    store = _store()
    changes = {name: value for name, value in (("unregistered", unregistered), ("refused", refused)) if value}
    if changes:
        by_hand.set_networks(store, changes)
    _show_setup(store, json)


@group.command(epilog="Example: kanmon agent fixed --add 00:1b:a9 --note printers")
@show.sentences
def fixed(
    add: Annotated[list[str] | None, typer.Option(help="A MAC, or the first octets of one.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="One that is no fixed device any more.")] = None,
    file: Annotated[Path | None, typer.Option(help="Add those of a file: one a line, a note after a comma.")] = None,
    note: Annotated[str, typer.Option(help="What they are.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show or set the fixed devices (printers, routers, servers), which are never denied."""
    from kanmon.agent import by_hand

    store = _store()
    if add or remove or file:
        by_hand.set_fixed(store, add or [], remove or [], file, note)
    _show_setup(store, json)


def _show_setup(store: "Store", json: bool) -> None:
    setup = store.setup()
    told: dict[str, Any] = {"unregistered": setup.unregistered, "refused": setup.refused, "version": setup.version}
    if json:
        show.as_json(told | {"fixed": [{"mac": one.mac, "note": one.note} for one in setup.fixed]})
        return
    show.table(("For", "Network"), [("unregistered", setup.unregistered), ("refused", setup.refused)])
    if setup.fixed:
        show.table(("Fixed device", "Note"), [(one.mac, one.note) for one in setup.fixed])


@group.command(epilog="Example: kanmon agent status --json")
@show.sentences
def status(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show who this agent is, until when, the highest term heard, and how many orders are open."""
    from kanmon.agent import by_hand, config

    told = by_hand.status(config.home(), _store())
    if json:
        show.as_json(told)
    else:
        show.table(("What", "Value"), list(told.items()))
