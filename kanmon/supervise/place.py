"""The folder of one run of a command: names in it, its order, lock and result. See the package.

order.json     what is to be run (Order)         files/         for the program: its folder to read from
lock           held while a supervisor lives     output.txt     what it wrote, bounded
stop           make it end                       result.json    how it ended (Result)
supervisor.txt what the supervisor itself had to complain about
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kanmon.common import fault

ORDER, LOCK, STOP, RESULT = "order.json", "lock", "stop", "result.json"
OUTPUT, COMPLAINTS, FILES = "output.txt", "supervisor.txt", "files"
SEALED = b"never\n"
RESULT_BYTES = 65_536  # room that is reserved before anything is started
TAIL_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Order:
    """``uid`` and ``gid`` None: as who runs the supervisor. ``mark`` tells this run from all others, for ever."""

    mark: str
    program: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    uid: int | None
    gid: int | None
    groups: tuple[int, ...]
    time_limit_seconds: float
    grace_seconds: float  # between TERM and KILL
    output_bytes: int


class Ended(StrEnum):
    """Why a program is not running any more."""

    ITSELF = "itself"
    TIME_LIMIT = "time_limit"
    STOP = "stop"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Result:
    """``exit_status`` is None when a signal ended it (then ``signal`` is its name) or when it was not started.

    ``problem``: why it could not be started. ``left``: how many processes it had left behind, which were ended.
    """

    mark: str
    ended: str
    exit_status: int | None
    signal: str
    problem: str
    seconds: float
    output_bytes: int
    output_tail: str
    left: int
    boot: str


class Fate(StrEnum):
    """What became of a run."""

    NEVER_STARTED = "never_started"
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"  # started, and its supervisor is gone without a result
    GONE = "gone"  # the folder is not there, or another run's


def boot_id() -> str:
    """A text that is another one after each start of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


def write_order(place: Path, order: Order) -> None:
    """Write the order, for the Manager's user alone: whoever runs the program may pass through its folder. The folder
    must be there.
    """
    with open(os.open(place / ORDER, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(json.dumps(asdict(order)).encode())


def read_order(place: Path) -> Order:
    """The order of a place. Raises OSError or ValueError."""
    read = json.loads((place / ORDER).read_text("utf-8"))
    return Order(**read | {"arguments": tuple(read["arguments"]), "groups": tuple(read["groups"])})


def take_lock(place: Path, content: bytes = b"") -> int | None:
    """The descriptor of the lock, held; None when somebody has taken it before, dead or alive. Raises OSError.

    It gets its name when it is held, so that nobody can find it unlocked before its time.
    """
    mine = place / f".lock.{os.getpid()}"
    descriptor = os.open(mine, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.write(descriptor, content)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        os.link(mine, place / LOCK)
    except FileExistsError:
        os.close(descriptor)
        return None
    finally:
        mine.unlink()
    return descriptor


def seal(place: Path) -> bool:
    """Make sure that the command of a place, which was never started, never will be, whoever may still be about to.
    False when it has been started after all. Raises OSError.
    """
    descriptor = take_lock(place, SEALED)
    if descriptor is None:
        return _is_sealed(place)
    os.close(descriptor)
    return True


def _is_sealed(place: Path) -> bool:
    return (place / LOCK).read_bytes() == SEALED


def look(place: Path, mark: str) -> tuple[Fate, Result | None]:
    """What became of the run ``mark`` in the folder ``place``; the result when there is one. Changes nothing."""
    try:
        if read_order(place).mark != mark:
            return Fate.GONE, None
        held = _is_held(place)
        if held is not None and _is_sealed(place):
            return Fate.NEVER_STARTED, None
    except (OSError, ValueError, TypeError, KeyError):
        return Fate.GONE, None
    result = read_result(place, mark)  # after the lock: a result that is written meanwhile is found
    if result is not None:
        return Fate.ENDED, result
    if held is None:
        return Fate.NEVER_STARTED, None
    return (Fate.RUNNING if held else Fate.LOST), None


def _is_held(place: Path) -> bool | None:
    """Whether a supervisor lives; None when there has never been one."""
    try:
        descriptor = os.open(place / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def read_result(place: Path, mark: str) -> Result | None:
    """The result of the run ``mark``, if it has ended."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        result = Result(**json.loads((place / RESULT).read_text("utf-8")))
        return result if result.mark == mark else None
    return None


def ask_to_stop(place: Path) -> None:
    """Make the supervisor end its program: TERM, after the grace KILL."""
    with contextlib.suppress(OSError):
        (place / STOP).touch()


class Reserved:
    """Room for the result, taken from the disk before anything is started: a full disk loses no exit status."""

    def __init__(self, place: Path) -> None:
        self.place, self.path = place, place / f".result.{os.getpid()}"
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(self.descriptor, 0, RESULT_BYTES)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Give the room back."""
        os.close(self.descriptor)
        self.path.unlink()

    def write(self, result: Result) -> None:
        """Make the result durable, then let it be seen. Raises OSError: then there is none."""
        data = json.dumps(asdict(result)).encode()
        os.pwrite(self.descriptor, data, 0)
        os.ftruncate(self.descriptor, len(data))
        os.fsync(self.descriptor)
        fault.point("supervise_before_rename")
        self.path.rename(self.place / RESULT)
        fault.point("supervise_after_rename")
        folder = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        os.close(self.descriptor)


def as_dict(result: Result) -> dict[str, Any]:
    """For the journal."""
    return asdict(result)
