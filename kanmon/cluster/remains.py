"""What of this home still lives on this machine, and what of that should not.

After a stop in order nothing does. After a stop that failed, or a Manager that was killed, there may be the Manager
itself (hung, or stopped by a signal), supervisors of commands and what they started. They are to be gone before
another machine starts: this is what ``kanmon cluster remains`` lists and ``kanmon stop --force`` ends.

A Manager is of this home when it holds the home's lease, or was started with this KANMON_HOME; a supervisor is, when
its folder carries the mark of this installation. Whoever may not look into a process (another user's) does not see it
here: ask as root.
"""

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kanmon.cluster import holder, machine
from kanmon.cluster.holder import Holder

ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the home. ``started`` (clock ticks since boot) tells it from a later one of the same number."""

    pid: int
    started: str
    leads_group: bool
    is_manager: bool
    command: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The home on this machine at one moment. ``locked``: the lease's file lock is held, by whomever."""

    processes: tuple[Process, ...]
    locked: bool
    answers: bool
    socket: bool
    holder: Holder | None
    elsewhere: bool  # the mark is of another kernel or mount than this one


@dataclass(frozen=True, slots=True)
class Remain:
    """One finding: a message of the catalogue. ``act``: a person has to do something."""

    message_id: str
    params: dict[str, str]
    act: bool = True


def decide(seen: Seen) -> list[Remain]:
    """What should not be there, the worst first. Empty: nothing remains. Pure."""
    if seen.answers:
        return []
    found = [
        Remain("KNM4190-W", {"pid": str(one.pid), "what": one.command})
        for one in sorted(seen.processes, key=lambda one: (not one.is_manager, one.pid))
    ]
    if seen.locked and not any(one.is_manager for one in seen.processes):
        found.append(Remain("KNM4191-W", {"other": seen.holder.said() if seen.holder else "-"}))
    if seen.holder is not None and not seen.holder.released and not seen.locked:
        if seen.elsewhere:
            found.append(Remain("KNM4192-W", {"other": seen.holder.said(), "since": seen.holder.since}))
        else:
            found.append(Remain("KNM4193-I", {"other": seen.holder.said()}, act=False))
    if seen.socket and not seen.locked:
        found.append(Remain("KNM4194-I", {}, act=False))
    return found


def look(home: Path, run: Path) -> Seen:
    """The home as it is on this machine now. ``run``: the folder of this node with lease and socket."""
    mark = holder.read(run) if run.is_dir() else None
    path = run / "manager.sock"
    return Seen(
        processes=tuple(processes(home, run)),
        locked=locked(run),
        answers=_answers(path),
        socket=path.exists(),
        holder=mark,
        elsewhere=mark is not None and not mark.shares_locks_with(holder.mine(run, beats=False)),
    )


def locked(run: Path) -> bool:
    """Whether a process of this kernel holds the lease's file lock, in whatever container it lives."""
    try:
        descriptor = os.open(run / "lease", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def processes(home: Path, run: Path) -> Iterable[Process]:
    """All processes of the home that this user may look into, but this one and those that started it."""
    asked = _Asked(machine.real(home), _identity(run / "lease"), _installation(home))
    mine = _ancestors(os.getpid())
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) not in mine:
            found = _process(int(entry), asked)
            if found is not None:
                yield found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What tells the home's processes: its real path, device and inode of its lease, its mark."""

    home: str
    lease: tuple[int, int] | None
    mark: str


def _process(pid: int, asked: _Asked) -> Process | None:
    folder = Path("/proc") / str(pid)
    try:
        arguments = [os.fsdecode(one) for one in (folder / "cmdline").read_bytes().split(b"\0") if one]
        fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        is_manager = _is_manager(folder, arguments, asked)
    except OSError:  # it has ended, or is another user's
        return None
    if fields[0] in "ZX" or not (is_manager or _is_supervisor(arguments, asked)):
        return None
    return Process(
        pid=pid, started=fields[19], leads_group=fields[2] == str(pid), is_manager=is_manager,
        command=" ".join(arguments)[:200],
    )  # fmt: skip


def _is_manager(folder: Path, arguments: list[str], asked: _Asked) -> bool:
    if any(os.path.basename(one) == "kanmon" for one in arguments[:-1]) and "manager" in arguments:
        names = (folder / "environ").read_bytes().split(b"\0")
        homes = [os.fsdecode(one.partition(b"=")[2]) for one in names if one.startswith(b"KANMON_HOME=")]
        if any(machine.real(Path(one)) == asked.home for one in homes):
            return True
    return asked.lease is not None and any(_locks(folder, one, asked.lease) for one in (folder / "fd").iterdir())


def _locks(folder: Path, file: Path, lease: tuple[int, int]) -> bool:
    """Whether the open ``file`` is the lease, and locked: a look at it opens it, too."""
    return _identity(file) == lease and "FLOCK" in (folder / "fdinfo" / file.name).read_text("utf-8", "replace")


def _is_supervisor(arguments: list[str], asked: _Asked) -> bool:
    return "kanmon.supervise" in arguments and Path(arguments[-1]).parent.name == asked.mark


def _installation(home: Path) -> str:
    """The mark of the home in the paths of its commands, as ``kanmon.action.texts.installation`` makes it."""
    try:
        key = (home / "secrets" / "signing-key").read_bytes()
    except OSError:
        return "-"
    return hashlib.sha256(b"installation" + key).hexdigest()[:12]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _ancestors(pid: int) -> set[int]:
    found = set()
    while pid > 0:
        found.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            break
    return found


def _answers(path: Path) -> bool:
    """Whether a Manager takes connections there and answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(ANSWER_SECONDS)
        try:
            asking.connect(str(path))
            asking.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return asking.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False
