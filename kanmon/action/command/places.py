"""Where commands are run: one folder a start, made before it and removed by retention.

They are on a disk of this host alone. A supervisor writes there as long as its command runs; on the disk that the
cluster moves from node to node it would keep the mount busy, the mount could not be given up, and the cluster software
would fence the node - for a command. So network file systems are refused; a disk that is moved looks like any
other, which is why the settings say where to.
"""

import os
import shutil
import time
from pathlib import Path

from kanmon.action import texts
from kanmon.action.command.allowed import RunAs
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.journal.models import Operation
from kanmon.supervise import place as supervised

FOR_ROOT = Path("/var/lib/kanmon-commands")
NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "gfs2",
    "ocfs2", "lustre", "beegfs",
})  # fmt: skip
REMOVED_AT_ONCE = 200


def work_folder() -> Path:
    """The folder of this installation's commands on this host, ready to use. Raises Refused KNM3147-E, OSError."""
    wanted = str(config.get("command.work_folder"))
    own = FOR_ROOT if os.geteuid() == 0 else config.node_folder(config.home()) / "run" / "commands"
    root = Path(wanted) if wanted else own
    if not root.is_absolute():
        raise Refused("KNM3147-E", folder=wanted, problem="is no absolute path")
    mode = 0o711 if os.geteuid() == 0 else 0o700  # users of commands must be able to pass
    folder = root / texts.installation()
    for one in (root, folder):
        one.mkdir(mode=mode, parents=one == root, exist_ok=True)
        found = one.stat()
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise Refused("KNM3147-E", folder=str(root), problem="can be changed by others")
    kind = file_system(root)
    if kind in NETWORK:
        raise Refused("KNM3147-E", folder=str(root), problem=f"is on a network file system ({kind})")
    return folder


def file_system(path: Path) -> str:
    """The kind of file system that ``path`` is on, as the kernel calls it; "" when it can't be told."""
    real, found, best = os.path.realpath(path), "", -1
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        before, _, after = line.partition(" - ")
        mounted = before.split(" ")[4].encode().decode("unicode_escape")
        inside = real == mounted or real.startswith(mounted.rstrip("/") + "/")
        if inside and len(mounted) >= best:  # the last of equal ones lies on top
            best, found = len(mounted), after.split(" ")[0]
    return found


def make(name: str, who: RunAs) -> Path:
    """A new folder for one start. Raises Refused KNM3147-E, OSError when the disk is full or away."""
    place = work_folder() / name
    files = place / supervised.FILES
    if place.exists():  # of an attempt that ended before its intent
        shutil.rmtree(place)
    place.mkdir(mode=0o700)
    files.mkdir(mode=0o700)
    if who.gid is not None:
        place.chmod(0o711)
        os.chown(files, -1, who.gid)
        files.chmod(0o750)
    return place


def tidy_commands(term: int) -> None:
    """Remove what is older than ``command.keep_days``, a bounded number at a time. A duty of the active node."""
    if not config.get("command.folder"):
        return
    folder = work_folder()
    oldest = time.time() - float(config.get("command.keep_days")) * 86_400
    old = [one for one in sorted(folder.iterdir()) if one.is_dir() and one.stat().st_mtime < oldest]
    for place in old[:REMOVED_AT_ONCE]:
        number = place.name.partition("-")[0]
        if number.isdigit() and Operation.objects.filter(id=int(number), ended_at=None).exists():
            continue  # it waits for a person, who may want to look
        shutil.rmtree(place, ignore_errors=True)
