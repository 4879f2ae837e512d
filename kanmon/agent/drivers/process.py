"""Calling a program that may hang, or write without end: bounded in time and size, and nothing of it stays behind.

When this process is killed, the kernel kills the program (parent death signal, set by setpriv of util-linux where there
is one), and a program whose parent was gone before that is not started at all. Else a change that a killed agent had
begun could come after those of the next.
"""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from kanmon.common.errors import Refused

COMPLAINT_BYTES = 4096  # of stderr, its beginning
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PIECE = 1 << 18
_SETPRIV = shutil.which("setpriv", path=PATH)
_UNLESS_ORPHAN = '[ "$PPID" = "$0" ] && exec "$@"'


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended. ``ended``: by itself, by its time limit, because it wrote too much, or it was never started.

    ``complaint`` is the beginning of what it wrote to stderr, or why it was not started.
    """

    ended: Literal["itself", "time", "size", "not_started"]
    status: int
    output: bytes
    complaint: str


def need(name: str, *programs: str) -> None:
    """Raises Refused KNM8581-E when driver ``name`` can't find a program where it looks for it."""
    for program in programs:
        if shutil.which(program, path=PATH) is None:
            raise Refused("KNM8581-E", name=name, program=program, path=PATH)


def call(words: Sequence[str], given: bytes, seconds: float, most_bytes: int, environment: Mapping[str, str]) -> Done:
    """Run ``words`` without a shell, ``given`` as its input. Its whole process group is ended afterwards."""
    with tempfile.TemporaryFile() as file:  # a pipe would need a second reader: both sides may be full
        file.write(given)
        file.seek(0)
        try:
            process = subprocess.Popen(
                (*_with_us(), *words), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={"PATH": PATH, **environment}, start_new_session=True, cwd="/",
            )  # fmt: skip
        except OSError as problem:
            return Done("not_started", -1, b"", f"{problem.strerror}")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        return _listen(process, process.stdout, process.stderr, time.monotonic() + seconds, most_bytes)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def _with_us() -> tuple[str, ...]:
    """What is put before a program, so that it does not outlive this process."""
    return (
        (_SETPRIV, "--pdeathsig", "KILL", "--", "/bin/sh", "-c", _UNLESS_ORPHAN, str(os.getpid())) if _SETPRIV else ()
    )


def _listen(process: subprocess.Popen[bytes], output: IO[bytes], errors: IO[bytes], until: float, most: int) -> Done:
    told, complaint = bytearray(), bytearray()
    ended: Literal["itself", "time", "size"] = "itself"
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ, told)
        selector.register(errors, selectors.EVENT_READ, complaint)
        while selector.get_map() and ended == "itself":
            ready = selector.select(max(until - time.monotonic(), 0))
            if not ready:
                ended = "time"
            for key, _ in ready:
                piece = os.read(key.fd, _PIECE)
                if not piece:
                    selector.unregister(key.fileobj)
                elif key.data is told and len(told) + len(piece) > most:
                    ended = "size"
                else:
                    key.data.extend(piece if key.data is told else piece[: COMPLAINT_BYTES - len(complaint)])
    status = -1
    if ended == "itself":
        try:
            status = process.wait(max(until - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            ended = "time"
    return Done(ended, status, bytes(told), complaint.decode("utf-8", "replace").strip())
