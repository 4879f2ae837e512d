"""backup, backup check, restore: of the home on this machine. actions ...: what waits after a restore."""

import contextlib
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common import config, messages
from kanmon.common.errors import Refused

group = typer.Typer()
actions = typer.Typer(no_args_is_help=True, help="Actions that are held after a restore.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="backup")
    app.command(epilog="Example: kanmon restore kanmon-backup-20261122T201500Z.zip")(restore)
    app.add_typer(actions, name="actions")


@group.callback(invoke_without_command=True, epilog="Example: kanmon backup --to /srv/backups --with-secrets")
@show.sentences
def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="New file, or a folder; else backup.folder, or here.")] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="With keys and passwords: whoever has the file has all of it.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write everything that the database knows into one new file (0600), while the Manager goes on."""
    if context.invoked_subcommand is None:
        _backup(to, with_secrets, json)


def _backup(to: Path | None, with_secrets: bool, json: bool) -> None:
    from kanmon import home

    home.require(config.home())
    home.start_django()
    from django.db import DatabaseError

    from kanmon.asgi import local_user
    from kanmon.backup import schedule
    from kanmon.backup.make import make as make_backup
    from kanmon.backup.make import said

    _require_database()
    path = (to or Path(str(config.get("backup.folder")) or ".")).absolute()
    if path.is_dir():
        path = path / schedule.name("kanmon-backup-")
    with _progress("Backing up", json) as progress:
        made = make_backup(config.home(), path, with_secrets=with_secrets, progress=progress)
    with contextlib.suppress(DatabaseError):  # of an older version, before it is brought forward
        schedule.write_down(made, f"os:{local_user()}")
    told = {
        "path": str(made.path), "rows": made.manifest.rows, "bytes": made.bytes, "fingerprint": made.fingerprint,
        "made_at": made.manifest.made_at.isoformat(), "with_secrets": with_secrets,
    }  # fmt: skip
    if json:
        show.as_json(told)
        return
    print(f"{made.path}: {made.manifest.rows} rows, {said(made.bytes)}\nFingerprint {made.fingerprint}")
    if with_secrets:
        print("It holds the keys and passwords of this home: keep it like them.")
    elif made.left_out:
        print(f"Not in it: {', '.join(made.left_out)}. Keep a copy of them, or use --with-secrets.")


@group.command(epilog="Example: kanmon backup check kanmon-backup-20261122T201500Z.zip")
@show.sentences
def check(file: FileArgument, json: JsonOption = False) -> None:
    """Read a whole backup and compare it with its manifest. Needs no home and changes nothing."""
    from kanmon.backup.check import verify
    from kanmon.backup.package import Reader

    with Reader(file) as reader, _progress("Reading", json) as progress:
        manifest = verify(reader, progress)
        fingerprint = reader.fingerprint
    told: dict[str, Any] = {
        "path": str(file), "made_at": manifest.made_at.isoformat(), "node": manifest.node,
        "version": manifest.version, "database": manifest.database, "rows": manifest.rows,
        "with_secrets": manifest.with_secrets, "fingerprint": fingerprint,
        "tables": {table.name: table.rows for table in manifest.tables},
    }  # fmt: skip
    if json:
        show.as_json(told)
    else:
        tables = told.pop("tables")
        show.table(("", ""), told.items())
        show.table(("Table", "Rows"), [(name, rows) for name, rows in tables.items() if rows])
        print("The backup is whole.")


@show.sentences
def restore(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A backup.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of the present database.")] = False,
    forget_secrets: Annotated[
        bool, typer.Option("--forget-secrets", help="Do without the sealed secrets when their data key is lost.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Without FILE: give up a restore that was interrupted.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make a backup the database of this home. The Managers are stopped. Actions are held until they are released."""
    if (file is None) != give_up:
        raise typer.BadParameter("give a FILE, or --give-up")
    told = _give_up() if file is None else _restore(file, replace, forget_secrets, json)
    if json:
        show.as_json(told)
    else:
        for id, sentence in told["notes"]:
            print(id, sentence)


def _restore(file: Path, replace: bool, forget_secrets: bool, quiet: bool) -> dict[str, Any]:
    from kanmon.backup import prepare
    from kanmon.backup.check import open_backup

    home = config.home()
    if home.exists():
        from kanmon.cluster import place

        place.require(home, serving=False)  # a disk that is shared is in place, and nobody else lives on it
    with _progress("Reading", quiet) as progress:
        reader = open_backup(file, progress)
    with reader, prepare.held(home, reader), _progress("Restoring", quiet) as progress:
        from kanmon.asgi import local_user
        from kanmon.backup.era import Kinds
        from kanmon.backup.restore import Order
        from kanmon.backup.restore import restore as restore_backup
        from kanmon.flow import KINDS
        from kanmon.journal.worker import probing

        kinds = Kinds({kind.lane for kind in KINDS.values()}, probing(KINDS))
        order = Order(f"os:{local_user()}", kinds, replace, forget_secrets)
        done = restore_backup(home, reader, order, progress)
    notes: list[tuple[str, dict[str, Any]]] = [("KNM4240-I", {})] if done.finished else []
    notes += [("KNM4237-I", {"path": str(path)}) for path in done.aside] + done.notes
    return {
        "home": str(home), "made_at": done.manifest.made_at.isoformat(), "rows": done.manifest.rows,
        "fingerprint": done.fingerprint, "finished_an_interrupted_one": done.finished,
        "notes": [(id, messages.text(id, params)) for id, params in notes],
    }  # fmt: skip


def _give_up() -> dict[str, Any]:
    from kanmon.backup import prepare
    from kanmon.backup.interrupted import EXCHANGE

    home = config.home()
    with prepare.held(home):
        from kanmon.backup.restore import give_up

        mark = give_up(home)
    finished = mark.phase == EXCHANGE
    notes = [("KNM4240-I", messages.text("KNM4240-I", {}))] if finished else []
    return {"home": str(home), "finished_an_interrupted_one": finished, "notes": notes}


def _require_database() -> None:
    """SQLite would make an empty one. Raises Refused KNM6004-E."""
    if not config.get("database.url") and not (config.home() / "kanmon.sqlite3").exists():
        raise Refused("KNM6004-E", home=str(config.home()))


@contextlib.contextmanager
def _progress(what: str, quiet: bool) -> Iterator[Any]:
    """A function (table, rows done, rows of all) that shows how far it has got, where somebody can see it."""
    if quiet or not sys.stderr.isatty():
        yield lambda table, done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda table, done, of: bar.update(task, completed=done, total=of, description=f"{what} {table}")


@actions.command("held", epilog="Example: kanmon actions held")
@show.sentences
def held(
    limit: Annotated[int, typer.Option(help="How many, the oldest first.", min=1, max=10_000)] = 100,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """List the actions that wait since a restore, and whether they were decided before it or since."""
    with manager(server, token_file, reading=True) as client:
        told = client.call("GET", "/actions/held", limit=limit)
    if json:
        show.as_json(told)
    elif not told["lanes"]:
        print("No actions are held.")
    else:
        print(f"Held since {told['since']}: {', '.join(told['lanes'])}; {told['count']} wait.")
        rows = [
            (
                one["id"],
                one["kind"],
                one["subject"],
                one["decided_at"],
                "before the restore" if one["from_backup"] else "since",
            )
            for one in told["operations"]
        ]
        show.table(("Id", "Kind", "Subject", "Decided", "When"), rows)


@actions.command("release", epilog="Example: kanmon actions release --keep 1000017 --keep 1000018")
@show.sentences
def release(
    carry_out: Annotated[bool, typer.Option("--carry-out", help="Carry out all that waits.")] = False,
    discard_before: Annotated[
        datetime | None, typer.Option(help="Cancel what was decided before this time (UTC), carry out the rest.")
    ] = None,
    keep: Annotated[list[int] | None, typer.Option(help="Carry out this operation, whatever becomes of others.")] = None,
    lane: Annotated[list[str] | None, typer.Option(help="Only this lane: mail, webhook, event, command.")] = None,
    server: ServerOption = "", token_file: TokenFile = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Release held actions: what waits is cancelled, and what is decided from now on is carried out."""
    before = discard_before.replace(tzinfo=UTC).isoformat() if discard_before else None
    if carry_out and before:
        raise typer.BadParameter("give --carry-out or --discard-before, not both")
    order = {"carry_out": carry_out, "discard_before": before, "keep": keep or [], "lanes": lane or []}
    with manager(server, token_file) as client:
        done = client.call("POST", "/actions/release", order, key=uuid.uuid4().hex)
    if json:
        show.as_json(done)
    else:
        print(f"Released {done['lanes']}: {done['cancelled']} cancelled, {done['let_go']} carried out.")
