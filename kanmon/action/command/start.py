"""Starting the supervisor: the one step of a command that can't be taken back.

It is made in two parts, so that the part that can't be fenced is as short as it can be. First the supervisor's process
is started, which takes long (an interpreter, perhaps systemd) and does nothing: without "go" it ends by itself, also when
the Manager dies. Then, inside ``Work.unfenced``, "go" is said and answered within milliseconds.
"""

import contextlib
import os
import select
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from kanmon.common import fault
from kanmon.journal.window import Suspended
from kanmon.supervise.place import COMPLAINTS

READY_SECONDS = 60.0  # an overloaded machine; nothing has been done until then
ANSWER_SECONDS = 30.0
REAP_SECONDS = 2.0
PATH = "/usr/local/bin:/usr/bin:/bin"


class NotStarted(Exception):
    """No supervisor could be started, and so no command was. The text says why."""


class Supervisor:
    """One supervisor, from its start until it is on its own. ``name``: of its scope."""

    def __init__(self, place: Path, name: str) -> None:
        self.place, self.name = place, name
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._cancelled = self._on_its_own = False

    def cancel(self) -> None:
        """It must not begin any more; does nothing once it has been told to. Safe from any thread."""
        with self._lock:
            self._cancelled = True
            if self._process is not None and not self._on_its_own:
                self._process.kill()

    def wake(self) -> None:
        """Start its process and wait until it is ready. Raises NotStarted, Suspended."""
        scope = _scope(self.name)
        for words in [scope, []] if scope else [[]]:
            if self._spawn(words):
                return
        raise NotStarted(self._complaint())

    def _spawn(self, scope: list[str]) -> bool:
        words = [*scope, sys.executable, "-I", "-m", "kanmon.supervise", str(self.place)]
        path, mode = self.place / COMPLAINTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        with self._lock, open(os.open(path, mode, 0o600), "ab") as complaints:
            if self._cancelled:
                raise Suspended
            try:
                self._process = subprocess.Popen(
                    words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=_environment(),
                    cwd="/", start_new_session=True,
                )  # fmt: skip
            except OSError as problem:
                complaints.write(f"{problem}\n".encode())
                return False
        if self._answer(READY_SECONDS) == "ready":
            return True
        self.end()
        if self._cancelled:
            raise Suspended
        return False

    def go(self, until: float) -> str:
        """Tell it to begin before ``until`` (``clock.monotonic``; the supervisor looks at the same clock): "started",
        "taken" when another one had begun before, "" when it did not answer.

        Raises Suspended when it was cancelled, or was told too late: then nothing was begun.
        """
        assert self._process is not None
        assert self._process.stdin is not None
        with self._lock:
            if self._cancelled:
                raise Suspended
            self._on_its_own = True
        fault.point("before_go")
        with contextlib.suppress(OSError):  # it has ended: the place tells
            self._process.stdin.write(f"go {until!r}\n".encode())
            self._process.stdin.flush()
        fault.point("after_go")
        word = self._answer(ANSWER_SECONDS)
        if not word:
            self._process.kill()  # dead or stuck: now it is dead, and what it has done can be told
            self._process.wait()
        self._close()
        if word == "late":
            raise Suspended
        return word

    def end(self) -> None:
        """It is not wanted any more, and was not told to begin."""
        if self._process is not None and not self._on_its_own:
            self._process.kill()
            self._process.wait()
            self._close()

    def reap(self) -> None:
        """After its result: let the system forget it. It ends within milliseconds."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(REAP_SECONDS)

    def _close(self) -> None:
        assert self._process is not None
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()

    def _answer(self, seconds: float) -> str:
        """Its next word; "" when it says nothing for so long, or has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor, said = self._process.stdout.fileno(), b""
        until = time.monotonic() + seconds
        while not said.endswith(b"\n"):
            readable, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            more = os.read(descriptor, 100) if readable else b""
            if not more:
                return ""
            said += more
        return said.decode("ascii", "replace").strip()

    def _complaint(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.place / COMPLAINTS).read_text("utf-8", "replace").strip().splitlines()
            if lines:
                return lines[-1][:300]
        return "it ended without a word"


def _environment() -> dict[str, str]:
    """What the supervisor needs of ours; the command gets nothing of it."""
    kept = ("KANMON_FAULT", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {"PATH": PATH, **{name: os.environ[name] for name in kept if name in os.environ}}


def _scope(name: str) -> list[str]:
    """The words that put a process into a scope of its own, where a systemd is there to ask; else none.

    In the Manager's own unit it would be killed together with the Manager (KillMode=control-group).
    """
    if shutil.which("systemd-run", path=PATH) is None:
        return []
    words = ["systemd-run", "--scope", "--quiet", "--collect", f"--unit={name}"]
    if os.geteuid() == 0:
        return words if Path("/run/systemd/system").is_dir() else []
    own = os.environ.get("XDG_RUNTIME_DIR")
    return [words[0], "--user", *words[1:]] if own and Path(own, "systemd", "private").exists() else []
