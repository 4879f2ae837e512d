"""``kanmon restore``: a backup becomes the database of this home.

1. The whole file is read and compared with its manifest.
2. Whatever speaks against it is said: a Manager that runs, a database with something in it, keys that are missing.
3. The mark of a restore is set (``interrupted.py``); all that is new is made beside what is old.
4. The exchange: PostgreSQL commits, files change places. From there it can only be finished.
5. The mark goes; the Manager log says what has happened.

Killed anywhere, the same command goes on: it begins anew, or finishes the exchange.
"""

import contextlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from kanmon import home as homes
from kanmon.backup import files, interrupted, into, load
from kanmon.backup.era import Kinds
from kanmon.backup.interrupted import EXCHANGE, LOAD, Mark
from kanmon.backup.into import Restoring
from kanmon.backup.manifest import Manifest, Progress, silent
from kanmon.backup.package import Reader
from kanmon.backup.snapshot import where
from kanmon.common import clock, config, fault
from kanmon.common.errors import Refused
from kanmon.journal.tail import Tailer
from kanmon.sealing.store import CHECK

DATABASE = "kanmon.sqlite3"
Note = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for. ``replace``: there may be a database; ``forget_secrets``: sealed ones that no key opens."""

    actor: str
    kinds: Kinds
    replace: bool = False
    forget_secrets: bool = False


@dataclass
class Done:
    """A restore that is over. ``finished``: it was one that had been interrupted. ``notes``: what to know, as ids."""

    manifest: Manifest
    fingerprint: str
    finished: bool = False
    aside: list[Path] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def restore(home: Path, reader: Reader, order: Order, progress: Progress = silent) -> Done:
    """Restore what ``check.open_backup`` has opened. The caller holds this home (``prepare.held``).

    Raises Refused: KNM4227-E (there is a database), KNM4228-E (Managers are connected), KNM4246-E (keys), and others.
    """
    before = _settle(home)
    if before is not None and before.fingerprint == reader.fingerprint and before.phase == EXCHANGE:
        done = Done(reader.manifest, reader.fingerprint, finished=True)
        done.aside = _aside(home, before)
        return done
    load.require_readable(reader)
    forget = _require_keys(home, reader, order)
    into.require_nobody()
    if not order.replace and into.is_there():
        raise Refused("KNM4227-E", status=409, where=where())
    into.require_space(reader)
    done = Done(reader.manifest, reader.fingerprint)
    new = _new_files(home, reader, done)
    mark = Mark(
        uuid.uuid4().hex, str(reader.path.absolute()), reader.fingerprint, f"{clock.now():%Y%m%dT%H%M%SZ}", LOAD,
        [*new, *([DATABASE] if connection.vendor == "sqlite" else [])],
    )  # fmt: skip
    interrupted.write(home, mark)
    try:
        for name, data in new.items():
            interrupted.put_ready(home, name, data, 0o640 if name == files.SETTINGS else 0o600)
        fault.point("restore_marked")
        restoring = Restoring(reader, order.kinds, order.actor, mark.id, forget_secrets=forget)
        fill = into.into_postgresql if connection.vendor == "postgresql" else into.into_sqlite
        fill(restoring, progress)
    except BaseException:
        connection.close()
        with contextlib.suppress(Refused):  # it does not answer: the mark stays, until somebody can tell
            if not _is_committed(mark):
                interrupted.give_up(home, mark)
        raise
    _finish(home, mark)
    done.aside = _aside(home, mark)
    return done


def give_up(home: Path) -> Mark:
    """Give up a restore that was interrupted before its exchange; after it, finish it. Under the home's lock.

    Returns its mark; the phase tells which. Raises Refused KNM4248-E when there is none.
    """
    mark = _settle(home)
    if mark is None:
        raise Refused("KNM4248-E", status=409, home=str(home))
    return mark


def _settle(home: Path) -> Mark | None:
    """Bring a restore that was interrupted to an end: finish its exchange, or remove what it had begun."""
    mark = interrupted.read(home)
    if mark is None:
        return None
    if mark.phase == EXCHANGE or _is_committed(mark):
        _finish(home, mark)
    else:
        interrupted.give_up(home, mark)
    return mark


def _is_committed(mark: Mark) -> bool:
    return mark.phase == LOAD and connection.vendor == "postgresql" and into.is_restored(mark.id)


def _finish(home: Path, mark: Mark) -> None:
    """The exchange, and what can only be done after it."""
    mark.phase = EXCHANGE
    interrupted.write(home, mark)
    fault.point("restore_exchanging")
    interrupted.exchange(home, mark)
    config.forget()
    homes.make(home)  # what the backup did not have
    connection.close()
    interrupted.remove(home)
    with contextlib.suppress(OSError):  # or the next start writes it
        Tailer(config.node_folder(home) / "log" / "manager.log").stop()
    connection.close()


def _aside(home: Path, mark: Mark) -> list[Path]:
    names = [home / (name + interrupted.ASIDE + mark.aside) for name in mark.files]
    return [path for path in names if path.exists()]


def _new_files(home: Path, reader: Reader, done: Done) -> dict[str, bytes]:
    """The files of the backup that are to be put in place: what this home has not, or has otherwise."""
    manifest, new = reader.manifest, dict[str, bytes]()
    for one in manifest.files:
        data = reader.file(one)
        path = home / one.name
        if path.exists() and path.read_bytes() == data:
            continue
        if one.name == files.SETTINGS and not files.says_nothing(path):
            beside = path.with_name(path.name + ".from-backup")
            beside.unlink(missing_ok=True)
            homes.write_once(beside, data.decode(), 0o600)
            done.notes.append(("KNM4236-W", {"path": str(path), "beside": str(beside)}))
            continue
        if one.name == files.SETTINGS and manifest.settings_left_out:
            done.notes.append(("KNM4247-W", {"names": ", ".join(manifest.settings_left_out)}))
        new[one.name] = data
    if not manifest.with_secrets:
        done.notes.append(("KNM4235-W", {"home": str(home)}))
    done.notes.append(("KNM4238-W", {"at": f"{manifest.made_at:%Y-%m-%d %H:%M:%S}"}))
    return new


def _require_keys(home: Path, reader: Reader, order: Order) -> bool:
    """Whether sealed secrets are to be forgotten. Raises Refused KNM4246-E when no key will open them."""
    manifest = reader.manifest
    if manifest.with_secrets or files.keys(home).get("data-key") == manifest.keys.get("data-key"):
        return False
    sealed = load.values(reader, "secret", "name")
    if set(sealed) - {CHECK} and not order.forget_secrets:
        raise Refused("KNM4246-E", status=409, home=str(home), node=manifest.node)
    return bool(sealed)
