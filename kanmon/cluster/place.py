"""Whether a Manager may start here: disk in place, address in place, and nobody else alive on the disk.

Cluster software puts disk and address in place first and starts the Manager then; these checks are for the day on
which it does not, or on which a person starts it by hand on the wrong machine. The deciding part gets what was seen
and gives a refusal or None; it is called for the start and for ``kanmon check --start``.

The settings stand in the home, and the home may be on the disk that is missing. So who starts the Manager names both
in the environment, too (KANMON_CLUSTER_MOUNT, KANMON_CLUSTER_ADDRESS); the resource agent does.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from kanmon.cluster import holder, machine
from kanmon.cluster.machine import Machine
from kanmon.common import config, messages
from kanmon.common.errors import Refused

log = logging.getLogger("kanmon.cluster")

# File systems whose locks or fsync are another machine's word, or a program's. "fuse" stands for all of its kinds.
NOT_FOR_SQLITE = frozenset(
    [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "drvfs",
        "fuse",
        "fuseblk",
        "gfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "pvfs2",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
    ]
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings ask for. ``home`` and ``mount`` are real paths; ``address`` is "" when none is to be there."""

    home: str
    mount: str
    address: str
    sqlite: bool
    shared_disk: bool


def decide(wanted: Wanted, seen: Machine) -> Refused | None:
    """Why a Manager may not start with ``seen``; None when it may. Pure."""
    if wanted.mount:
        if wanted.mount not in {mount.point for mount in seen.mounts}:
            return Refused("KNM4180-E", status=409, mount=wanted.mount)
        if wanted.home != wanted.mount and not wanted.home.startswith(wanted.mount.rstrip("/") + "/"):
            return Refused("KNM4181-E", home=wanted.home, mount=wanted.mount)
    on = seen.mount_of(wanted.home)
    if wanted.sqlite and on is not None and on.kind.partition(".")[0] in NOT_FOR_SQLITE:
        return Refused("KNM4184-E", home=wanted.home, kind=on.kind, source=on.source)
    if wanted.sqlite and wanted.mount and not wanted.shared_disk:
        return Refused("KNM4189-E", mount=wanted.mount)
    if wanted.address:
        try:
            address = str(ip_address(wanted.address))
        except ValueError:
            return Refused("KNM4185-E", address=wanted.address)
        if address not in seen.addresses:
            return Refused("KNM4182-E", status=409, address=address)
    return None


def require(home: Path, *, serving: bool = True) -> None:
    """Raises Refused when no Manager may start for ``home`` on this machine. The first thing that a start does.

    ``serving`` false: it serves its socket only, and so needs no address. Takes a few seconds when the last holder
    was another machine that did not stop in order: it is watched for a sign of life.
    """
    mount = str(config.get("cluster.mount"))
    wanted = Wanted(
        home=machine.real(home),
        mount=machine.real(Path(mount)) if mount else "",
        address=str(config.get("cluster.address")) if serving else "",
        sqlite=not config.get("database.url"),
        shared_disk=bool(config.get("database.shared_disk")),
    )
    refused = decide(wanted, machine.look())
    if refused is not None:
        raise refused
    if wanted.sqlite and (home / "run").is_dir():
        other = holder.alive_elsewhere(home / "run")
        if other is not None:
            raise Refused("KNM4183-E", status=409, other=other.said(), home=wanted.home)


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Keep this process's mark on the home's disk, from after the file lock to before its release.

    Says who held the home before, when that did not end in order. Left by an exception, the mark stays as it is: that
    was no stop in order. Raises Refused KNM4188-E when the database can't be brought to the journal mode of
    ``database.shared_disk``. With PostgreSQL no disk is shared, and nothing is done.
    """
    if config.get("database.url"):
        yield
        return
    shared = bool(config.get("database.shared_disk"))
    if shared:
        _out_of_wal(home / "kanmon.sqlite3")
    hold = holder.Hold(home / "run", beats=shared)
    before = hold.before
    if before is not None and not before.released:
        sentence = messages.text("KNM4186-W", {"other": before.said(), "since": before.since})
        log.warning("KNM4186-W %s", sentence)
    yield
    hold.release()


def _out_of_wal(path: Path) -> None:
    """What an earlier WAL still holds goes into the one file, and the WAL goes. Again changes nothing."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as database:
        try:
            mode = str(database.execute("PRAGMA journal_mode=DELETE").fetchone()[0])
        except sqlite3.OperationalError as problem:
            raise Refused("KNM4188-E", status=409, path=str(path), problem=str(problem)) from None
    if mode != "delete":
        raise Refused("KNM4188-E", status=409, path=str(path), problem=f"the mode stays {mode}")
