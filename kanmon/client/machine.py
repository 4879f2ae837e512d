"""The machine that is looked at: its files and its commands. Everything else here asks only this."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

MAX_FILE_BYTES = 4 * 1024 * 1024
COMMAND_SECONDS = 20.0
_CHUNK_BYTES = 64 * 1024  # files under /proc/sys refuse to be read in pieces of megabytes
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Told = TypeVar("Told")


class Output(NamedTuple):
    """What a command wrote, and its exit status."""

    text: str
    status: int


class Machine:
    """This machine, or what lies under another ``root`` folder (no command is run there)."""

    def __init__(self, root: str = "/") -> None:
        self.root = Path(root)
        self.is_root = os.geteuid() == 0
        self._is_here = self.root == Path("/")

    def path(self, name: str) -> Path:
        """Where the absolute path ``name`` of the machine lies."""
        return self.root / name.lstrip("/")

    def bytes(self, name: str, limit: int = MAX_FILE_BYTES) -> bytes | None:
        """The first ``limit`` bytes of a file; None when it is not there or may not be read."""
        try:
            with self.path(name).open("rb") as file:
                parts = []
                while limit > 0 and (part := file.read(min(limit, _CHUNK_BYTES))):
                    parts.append(part)
                    limit -= len(part)
                return b"".join(parts)
        except OSError:
            return None

    def text(self, name: str) -> str | None:
        """A file as text, trimmed; None when it is not there or may not be read."""
        found = self.bytes(name)
        return None if found is None else found.decode("utf-8", "replace").strip()

    def has(self, name: str) -> bool:
        """Whether a file or folder is there."""
        try:
            return self.path(name).exists()
        except OSError:
            return False

    def names(self, folder: str) -> list[str] | None:
        """The names in a folder, sorted; None when there is no such folder."""
        try:
            return sorted(os.listdir(self.path(folder)))
        except OSError:
            return None

    def texts(self, folder: str, ending: str = "") -> Iterator[str]:
        """The texts of the files in a folder whose names end so, in the order of their names."""
        for name in self.names(folder) or ():
            if name.endswith(ending) and (found := self.text(f"{folder}/{name}")):
                yield found

    def command(self, name: str) -> str | None:
        """Where a program lies; None when it is not installed."""
        return shutil.which(name, path=_PATH) if self._is_here else None

    def run(self, *words: str, seconds: float = COMMAND_SECONDS) -> Output | None:
        """What a command says, in English; None when it is not installed or takes longer than ``seconds``."""
        program = self.command(words[0])
        if program is None:
            return None
        environment = {"PATH": _PATH, "LC_ALL": "C", "HOME": "/"}
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            if name in os.environ:
                environment[name] = os.environ[name]
        try:
            process = subprocess.Popen(
                [program, *words[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError:
            return None
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with its children, which may hold the pipe open
            process.communicate()
            return None
        return Output(out.decode("utf-8", "replace"), process.returncode)

    def processes(self) -> frozenset[str] | None:
        """The names of all running programs (15 characters each, as the kernel keeps them); None without /proc."""
        numbers = [name for name in self.names("/proc") or () if name.isdigit()]
        found = {self.text(f"/proc/{number}/comm") for number in numbers}
        return frozenset(filter(None, found)) or None


def ask(question: Callable[[Machine], Told | None], machine: Machine) -> Told | None:
    """The answer to a question about the machine; None when it does not answer in the form that is known."""
    try:
        return question(machine)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, subprocess.SubprocessError):
        return None
