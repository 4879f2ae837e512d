"""agent nas ..., agent freeradius: the switches that the agent knows, and what FreeRADIUS is started with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanmon.cli import agent, show

if TYPE_CHECKING:
    from kanmon.agent.radius.nas import Nas, NasTable
    from kanmon.agent.radius.setup import Setup

nas = typer.Typer(no_args_is_help=True, help="Switches that ask FreeRADIUS (NAS): address, secret, what they can.")
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def add(app: typer.Typer) -> None:
    """Add these commands to those of the agent."""
    agent.group.add_typer(nas, name="nas")
    agent.group.command(epilog="Example: kanmon agent freeradius --out /etc/freeradius/kanmon")(freeradius)


def _home() -> Path:
    from kanmon.agent import config, program

    home = config.home()
    program.require(home)
    return home


def _table(home: Path) -> "NasTable":
    from kanmon.agent.radius import parts

    return parts.nas_table(home, parts.tables(home))


def _setup(home: Path) -> "Setup":
    """As the running agent has it: agent.toml, and over it what the Manager told last."""
    from kanmon.agent import config
    from kanmon.agent.radius import setup
    from kanmon.agent.store import Store

    settings = config.read(home)
    store = Store(home, shared_disk=bool(settings["agent.shared_disk"]))
    try:
        return setup.read(settings.parts.get("radius", {}), store.setup().parts.get("radius", {}))
    finally:
        store.close()


def _secret(path: Path | None, variable: str, question: str) -> str:
    """From a file, the environment, or asked for: never from the command line, which others can read."""
    import os

    from kanmon.common.errors import Refused

    try:
        text = path.read_text("utf-8") if path else os.environ.get(variable, "")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(path), problem=str(problem)) from None
    return text.strip("\r\n") or (str(typer.prompt(question, hide_input=True)) if question else "")


@nas.command("add", epilog="Example: kanmon agent nas add sw1 10.0.0.1 --secret-file sw1.secret --profile cisco --coa")
@show.sentences
def add_(
    name: str,
    network: Annotated[str, typer.Argument(help="Address, or prefix of switches that share a secret.")],
    secret_file: Annotated[Path | None, typer.Option(help="File with the secret; else KANMON_NAS_SECRET.")] = None,
    profile: Annotated[str, typer.Option(help="standard, rfc5176, cisco, aruba, or one of the setup.")] = "standard",
    coa: Annotated[bool, typer.Option("--coa", help="It takes CoA-Requests.")] = False,
    no_disconnect: Annotated[bool, typer.Option("--no-disconnect", help="It takes no Disconnect-Requests.")] = False,
    coa_port: Annotated[int, typer.Option(help="Its port for both.")] = 3799,
    coa_address: Annotated[str, typer.Option(help="Its address for both, when it asks from another one.")] = "",
    coa_secret_file: Annotated[Path | None, typer.Option(help="Its secret for both, when it is another one.")] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="It sends no Message-Authenticator.")] = False,
) -> None:
    """Add a switch, or change the one of this name. Then write FreeRADIUS's configuration anew.

    The secret is read from a file or from KANMON_NAS_SECRET, or asked for, so that it is in no list of processes.
    """
    from kanmon.agent.radius.nas import Nas
    from kanmon.common.errors import Refused

    home = _home()
    if profile not in _setup(home).profiles:
        raise Refused("KNM8204-E", name=name, why=f"there is no profile {profile} in the setup")
    secret = _secret(secret_file, "KANMON_NAS_SECRET", "Secret")
    coa_secret = _secret(coa_secret_file, "KANMON_NAS_COA_SECRET", "")
    one = Nas(name, network, secret, profile, coa, not no_disconnect, coa_port, coa_address, coa_secret, unsigned)
    _table(home).add(one)
    print(f"Switch {name} is known; now write FreeRADIUS's configuration anew (kanmon agent freeradius)")


@nas.command(epilog="Example: kanmon agent nas remove sw1")
@show.sentences
def remove(name: str) -> None:
    """Forget a switch. Then write FreeRADIUS's configuration anew."""
    _table(_home()).remove(name)
    print(f"Switch {name} is forgotten; now write FreeRADIUS's configuration anew (kanmon agent freeradius)")


@nas.command("list", epilog="Example: kanmon agent nas list --json")
@show.sentences
def list_(json: JsonOption = False) -> None:
    """List the switches, without their secrets."""
    rows = [_shown(one) for one in _table(_home()).all()]
    if json:
        show.as_json(rows)
    else:
        show.table(("Switch", "Network", "Profile", "CoA", "Disconnect", "At"), [tuple(r.values())[:6] for r in rows])


@nas.command("test", epilog="Example: kanmon agent nas test sw1")
@show.sentences
def ask(name: str, json: JsonOption = False) -> None:
    """Ask a switch to disconnect a PC that nobody has: it should answer that it has no such session.

    Exit 0 when it answers, 6 when it does not: it is off, or the secret is wrong.
    """
    import asyncio

    from kanmon.agent.radius import dynamic
    from kanmon.agent.radius.change import probe
    from kanmon.common.errors import Refused

    one = _table(_home()).get(name)
    if one is None:
        raise Refused("KNM8207-E", status=404, name=name)
    told = asyncio.run(probe(one, dynamic.WAITS))
    if json:
        show.as_json({"name": name, "answers": not told.silent, "id": told.message_id, "sentence": told.sentence()})
    else:
        print(f"{told.message_id} {told.sentence()}")
    if told.silent:
        raise SystemExit(show.FAILED)


def _shown(one: "Nas") -> dict[str, Any]:
    at = f"{one.coa_address or one.network}:{one.coa_port}"
    return {
        "name": one.name, "network": one.network, "profile": one.profile, "coa": "yes" if one.coa else "no",
        "disconnect": "yes" if one.disconnect else "no", "at": at, "unsigned": "yes" if one.unsigned else "no",
    }  # fmt: skip


@show.sentences
def freeradius(
    out: Annotated[Path, typer.Option(help="Folder to write; FreeRADIUS is started with -d and it.")],
    certs: Annotated[
        Path | None, typer.Option(help="Folder with ca.pem, server.pem, server.key; else OUT/certs.")
    ] = None,
    user: Annotated[str, typer.Option(help="User and group of FreeRADIUS; empty: stays who it is.")] = "freerad",
    log_folder: Annotated[Path, typer.Option(help="Folder of its log.")] = Path("/var/log/freeradius"),
    run_folder: Annotated[Path, typer.Option(help="Folder of its pid file.")] = Path("/run/freeradius"),
    crl: Annotated[bool, typer.Option("--crl", help="ca.pem holds a list of revoked certificates; check it.")] = False,
) -> None:
    """Write a ready-made configuration of FreeRADIUS 3: switches, MAC bypass, PEAP, EAP-TLS, this agent as who decides.

    What happens when the agent does not answer is the setting when_gone: reject, quarantine or last_known. The file
    `users` is written once and then left alone.
    """
    from kanmon.agent import config
    from kanmon.agent.radius import configuration, parts, secret

    home = _home()
    setup = _setup(home)
    folder = out.absolute()
    layout = configuration.Layout(
        folder=folder, agent=f"http://{config.read(home)['agent.listen']}", certs=(certs or folder / "certs").absolute(),
        user=user, log_folder=log_folder, run_folder=run_folder, check_crl=crl,
    )  # fmt: skip
    written = configuration.write(layout, setup, _table(home).all(), secret.password(parts.password_path(home)))
    print(f"{len(written)} files written to {folder}; when the agent is gone: {setup.when_gone}")
    print(f"Check it: freeradius -d {folder} -C -l stdout")
