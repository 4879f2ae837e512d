"""What was received and shown, on the disk of this PC: so that nothing is shown twice, whatever is killed.

    token           the client's own secret, and the machine that it belongs to
    accepted/ID     a message that is to be shown
    shown/ID        one that was; kept until it expires, so that it is known when it is given again

A message is on the disk before the Manager is told that it was delivered. Showing moves the file from one folder to the
other: one step that is done or not done.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from pathlib import Path
from typing import Any

from kanmon.client.machine import Machine
from kanmon.common.errors import Refused

MOST = 200  # messages that wait to be shown
PREFIX = "knc_"
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_BOARD = ("/sys/class/dmi/id/product_uuid", "/etc/machine-id")


def usual_folder() -> Path:
    """Where it is when nobody says: of the machine for root, else of this user."""
    if os.geteuid() == 0:
        return Path("/var/lib/kanmon-client")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "kanmon-client"


class Inbox:
    """The folder; it is this process's alone. Raises Refused KNM3223-E (another one has it), KNM3224-E."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accepted, self.shown = folder / "accepted", folder / "shown"
        try:
            for one in (folder, self.accepted, self.shown):
                one.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise Refused("KNM3224-E", folder=str(folder), problem=str(problem)) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise Refused("KNM3223-E", folder=str(folder)) from None

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._lock)

    def token(self, machine: Machine) -> str:
        """The secret of this client. One that was made on another machine is not used: its disk is a copy."""
        path, board = self.folder / "token", _mark(machine)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(path.read_text("utf-8"))
            if told["machine"] == board:
                return str(told["token"])
        token = PREFIX + secrets.token_urlsafe(32)
        self._write(path, {"machine": board, "token": token})
        return token

    def renew(self) -> None:
        """Make a new secret when it is asked for again: nobody knows the present one any more."""
        (self.folder / "token").unlink(missing_ok=True)

    def accept(self, message: dict[str, Any]) -> bool:
        """Put a message on the disk. False when it is no message, is known, or too many wait."""
        id = str(message.get("id", ""))
        if not _ID.fullmatch(id) or (self.accepted / id).exists() or (self.shown / id).exists():
            return False
        if len(self.waiting()) >= MOST:
            return False
        self._write(self.accepted / id, {name: message.get(name) for name in ("id", "title", "text", "expires")})
        return True

    def waiting(self) -> list[str]:
        """Ids of what is to be shown, the oldest first."""
        return sorted(_ids(self.accepted), key=_order)

    def was_shown(self) -> list[str]:
        """Ids of what was shown, the oldest first."""
        return sorted(_ids(self.shown), key=_order)

    def tidy(self) -> None:
        """What has expired is not shown any more, and not given again."""
        now = time.time()
        for folder in (self.accepted, self.shown):
            for id in _ids(folder):
                if _expires(folder / id) < now:
                    (folder / id).unlink(missing_ok=True)

    def _write(self, path: Path, value: dict[str, Any]) -> None:
        temporary = self.folder / f"new-{os.getpid()}"
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(value, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync(path.parent)
        except OSError as problem:
            raise Refused("KNM3224-E", folder=str(self.folder), problem=str(problem)) from None


def move_to_shown(folder: Path, id: str) -> None:
    """The message was shown."""
    (folder / "accepted" / id).replace(folder / "shown" / id)
    sync(folder / "shown")
    sync(folder / "accepted")


def sync(folder: Path) -> None:
    """Names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ids(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if _ID.fullmatch(name)]


def _order(id: str) -> tuple[int, str]:
    first = id.partition("-")[0]
    return (int(first) if first.isdigit() else 0, id)


def _expires(path: Path) -> float:
    try:
        return float(json.loads(path.read_text("utf-8"))["expires"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0  # unreadable: it is given again when it is still to be shown


def _mark(machine: Machine) -> str:
    """What tells this machine from a copy of its disk, without saying what it is."""
    board = "\n".join(machine.text(path) or "" for path in _BOARD)
    return hashlib.sha256(b"kanmon-client\n" + board.encode()).hexdigest()
