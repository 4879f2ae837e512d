"""A restore that was broken off: the mark that it leaves, and what is still to be put in its place.

The mark is ``restore.json`` in the home, there from before the first change until after the last. Until all of the
backup is loaded, the phase is "load": nothing that is in use has been touched, and the restore can be given up. Then
it is "exchange": all new files lie ready beside the old ones, and the old ones move aside. From there it only goes
forward, and each step can be made again.

No Django in here: the start of every command looks whether the mark is there.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from kanmon.common import fault
from kanmon.common.errors import Refused

MARK = "restore.json"
LOAD, EXCHANGE = "load", "exchange"
READY = ".restoring"  # behind the name of a new file
ASIDE = ".before-restore-"  # behind the name of an old one, with the time


@dataclass
class Mark:
    """``id``: of this restore; ``files``: what is to be exchanged, by name in the home; ``aside``: time behind names."""

    id: str
    backup: str
    fingerprint: str
    aside: str
    phase: str
    files: list[str]


def refuse(home: Path) -> None:
    """Raises Refused KNM4229-E while a restore of ``home`` is neither finished nor given up."""
    if (home / MARK).exists():
        mark = read(home)
        raise Refused("KNM4229-E", status=409, home=str(home), backup=mark.backup if mark else "-")


def read(home: Path) -> Mark | None:
    """The mark of a restore that was broken off, or runs."""
    try:
        return Mark(**json.loads((home / MARK).read_text("utf-8")))
    except FileNotFoundError:
        return None


def write(home: Path, mark: Mark) -> None:
    """Set the mark, on the disk."""
    ready = home / (MARK + READY)
    with open(ready, "w", encoding="utf-8") as file:
        json.dump(asdict(mark), file)
        file.flush()
        os.fsync(file.fileno())
    ready.rename(home / MARK)
    sync_folder(home)


def remove(home: Path) -> None:
    """The restore is over."""
    (home / MARK).unlink(missing_ok=True)
    sync_folder(home)


def sync_folder(folder: Path) -> None:
    """Names in ``folder`` are on the disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_ready(home: Path, name: str, data: bytes, mode: int = 0o600) -> None:
    """A new file beside the one that it will replace, on the disk."""
    path = home / (name + READY)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def exchange(home: Path, mark: Mark) -> list[Path]:
    """Put the new files in place and the old ones aside; again from anywhere within. Returns what is aside.

    A SQLite database goes last, with the files that belong to it; its own new one has none.
    """
    aside = []
    for name in mark.files:
        path, ready = home / name, home / (name + READY)
        old = path.with_name(path.name + ASIDE + mark.aside)
        if ready.exists():
            for behind in ("-wal", "-shm", "-journal", ""):
                if (beside := path.with_name(path.name + behind)).exists():
                    beside.rename(old.with_name(old.name + behind))
            fault.point("restore_between_files")
            ready.rename(path)
            sync_folder(path.parent)
        if old.exists():
            aside.append(old)
        fault.point("restore_file_exchanged")
    return aside


def give_up(home: Path, mark: Mark) -> None:
    """Remove what lies ready, and the mark. In phase "load" only."""
    assert mark.phase == LOAD
    for name in mark.files:
        path = home / (name + READY)
        for behind in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + behind).unlink(missing_ok=True)
    remove(home)
