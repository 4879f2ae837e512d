"""``python -m kanmon.supervise FOLDER``. Started by the Manager; what is said is told in the package."""

import contextlib
import os
import sys
import time
from pathlib import Path

from kanmon.common import fault
from kanmon.supervise import place as places
from kanmon.supervise import processes
from kanmon.supervise.run import run


def main(words: list[str]) -> int:
    """Supervise the command of one folder. Does nothing without "go" on its input, or when it is taken already."""
    os.umask(0o077)
    place = Path(words[1])
    order = places.read_order(place)
    processes.adopt_descendants()
    reserved = places.Reserved(place)
    _say("ready")
    word, _, until = sys.stdin.readline().rstrip("\n").partition(" ")
    if word != "go":
        reserved.drop()
        return 0
    fault.point("supervise_before_lock")
    if time.monotonic() >= float(until):
        reserved.drop()
        _say("late")
        return 0
    lock = places.take_lock(place)
    if lock is None:
        reserved.drop()
        _say("taken")
        return 0
    fault.point("supervise_locked")
    reserved.write(run(place, order, started=_let_go))
    fault.point("supervise_result")
    return 0  # the lock ends with the process


def _say(word: str) -> None:
    with contextlib.suppress(OSError):  # whoever asked is gone
        print(word, flush=True)


def _let_go() -> None:
    """Nothing more is said to the Manager: whoever is the Manager then, looks into the folder."""
    _say("started")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
