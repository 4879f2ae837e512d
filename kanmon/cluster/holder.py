"""Who has this home, said on the disk itself: node, machine's boot, process, and on a shared disk a beat.

The lease on SQLite is ``flock``: it is of one kernel. That is right as long as cluster software mounts the disk on one
machine at a time; a second machine with the disk mounted at the same moment has a lock of its own and sees nothing of
the first. What both see is the disk. So a Manager keeps its *mark* there: one block in ``run/holder``, written in
place and past the page cache, and on a shared disk written anew every second.

* A start reads who held the home last, and can say so: it is the machine to look at after a failover.
* Where the mark is another kernel's and was not given back, the start watches it for a few seconds. If it changes,
  that machine lives and writes here: the start is refused.
* A holder reads the mark before each beat. If somebody else's stands there, two machines have the disk, and whoever
  notices first ends at once, without another write.

This is a net below fencing, not instead of it: by then the file system has been mounted twice. It can't help against
a machine that stood still and goes on, for up to a second. A file system feature that refuses the second mount (ext4:
mmp) and a fencing device are what protects the disk.
"""

import errno
import json
import logging
import mmap
import os
import secrets
import socket
import sys
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kanmon.cluster import machine
from kanmon.common import clock, config, messages

log = logging.getLogger("kanmon.cluster")
BLOCK_BYTES = 4096  # a multiple of every disk's own block
BEAT_SECONDS = 1.0
WATCH_SECONDS = 3.5
DISK_FAILED_STATUS = 74  # EX_IOERR
NOT_HERE_STATUS = 8  # as kanmon.cli.show says
_DISK_FAILED = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.EROFS, errno.ESTALE, errno.ENOMEDIUM}


@dataclass(frozen=True, slots=True)
class Holder:
    """What the mark says. ``device``: number of the mounted file system, the same for all who share its locks."""

    node: str
    host: str
    boot: str
    device: int
    pid: int
    since: str
    token: str
    beat: int
    beats: bool
    released: bool

    def shares_locks_with(self, other: "Holder") -> bool:
        """Whether the file lock tells these two apart: one kernel, one mounted file system."""
        return self.boot == other.boot and self.device == other.device

    def said(self) -> str:
        """For sentences: "nA (host server-a, process 812)"."""
        return f"{self.node} (host {self.host}, process {self.pid})"


def mine(folder: Path, *, beats: bool) -> Holder:
    """The mark of this process for the ``run`` folder."""
    return Holder(
        node=config.node(), host=socket.gethostname(), boot=machine.boot(), device=os.stat(folder).st_dev,
        pid=os.getpid(), since=clock.now().isoformat(timespec="seconds"), token=secrets.token_hex(8), beat=0,
        beats=beats, released=False,
    )  # fmt: skip


class Block:
    """One block of a file, read from the disk and written to it: never the page cache's word for it."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_DSYNC | os.O_CLOEXEC
        try:
            self._file, self._direct = os.open(path, flags | os.O_DIRECT), True
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # the file system has no direct access, for example in memory
                raise
            self._file, self._direct = os.open(path, flags), False
        self._page = mmap.mmap(-1, BLOCK_BYTES)  # direct access wants memory of whole pages

    def read(self) -> Holder | None:
        """What stands there; None when it is no mark."""
        if not self._direct:
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        self._page[:] = bytes(BLOCK_BYTES)
        os.preadv(self._file, [self._page], 0)
        try:
            return Holder(**json.loads(self._page[:].rstrip(b"\0 \n")))
        except (ValueError, TypeError):
            return None

    def write(self, holder: Holder) -> None:
        """Put ``holder`` in the place; returns when it is on the disk."""
        self._page[:] = json.dumps(asdict(holder)).encode().ljust(BLOCK_BYTES - 1) + b"\n"
        os.pwritev(self._file, [self._page], 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
        self._page.close()


def read(folder: Path) -> Holder | None:
    """The mark in the ``run`` folder; None when there is none, or it can't be read."""
    try:
        block = Block(folder / "holder")
    except OSError:
        return None
    try:
        return block.read()
    finally:
        block.close()


def alive_elsewhere(folder: Path) -> Holder | None:
    """The holder, if it is of another kernel and its mark still changes. Takes a few seconds in that case only."""
    before = read(folder)
    if before is None or before.released or not before.beats or before.shares_locks_with(mine(folder, beats=True)):
        return None
    wait = threading.Event()
    end = clock.monotonic() + WATCH_SECONDS
    while clock.monotonic() < end:
        wait.wait(0.25)
        now = read(folder)
        if now is not None and (now.token, now.beat) != (before.token, before.beat):
            return None if now.released else now
    return None


def _make(path: Path) -> None:
    """A file with room for the mark, so that later writes change nothing but its one block."""
    new = path.with_name("holder.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(bytes(BLOCK_BYTES))
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Hold:
    """This process's mark, from the file lock to its release. ``before``: whose mark stood there."""

    def __init__(self, folder: Path, *, beats: bool) -> None:
        path = folder / "holder"
        if not path.exists() or path.stat().st_size != BLOCK_BYTES:
            _make(path)
        self._block = Block(path)
        self.before = self._block.read()
        self._mark = mine(folder, beats=beats)
        self._block.write(self._mark)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="disk-mark", daemon=True)
        if beats:
            self._thread.start()

    def release(self) -> None:
        """Give the mark back; before the file lock is. The next start knows that this one ended in order."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(BEAT_SECONDS * 10)
        found = self._block.read()
        if found is not None and found.token == self._mark.token:
            self._block.write(replace(self._mark, released=True))
        self._block.close()

    def _beat(self) -> None:
        while not self._ending.wait(BEAT_SECONDS):
            try:
                found = self._block.read()
                if found is None or found.token != self._mark.token:
                    _end("KNM4187-E", NOT_HERE_STATUS, other=found.said() if found else "?")
                self._mark = replace(self._mark, beat=self._mark.beat + 1)
                self._block.write(self._mark)
            except OSError as problem:
                if problem.errno in _DISK_FAILED:
                    _end("KNM0003-E", DISK_FAILED_STATUS, problem=str(problem))
                log.warning("the mark on the disk could not be written: %s", problem)


def _end(message_id: str, status: int, **params: str) -> None:
    """End this process at once: anything more that it did could only do harm."""
    sentence = messages.text(message_id, params)
    log.critical("%s %s", message_id, sentence)
    print(message_id, sentence, file=sys.stderr, flush=True)
    os._exit(status)
