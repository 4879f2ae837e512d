"""Fault points of the slim process: which were passed is written down, and a moment may be spent there."""

import os
import random
import threading
import time
from collections.abc import Callable

WAIT_SHARE, WAIT_SECONDS = 0.1, 0.02


def traced(point: Callable[[str], None]) -> Callable[[str], None]:
    """``point``, after its name was written to SLIM_TRACE (once a process), and after a moment by SLIM_JITTER."""
    path, seed = os.environ.get("SLIM_TRACE", ""), os.environ.get("SLIM_JITTER", "")
    if not path and not seed:
        return point
    trace = os.open(path or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    passed: set[str] = set()
    chance, lock = random.Random(seed), threading.Lock()

    def traced_point(name: str) -> None:
        if name not in passed:
            passed.add(name)
            os.write(trace, f"{name}\n".encode())
        if seed:
            with lock:
                seconds = chance.uniform(0, WAIT_SECONDS) if chance.random() < WAIT_SHARE else 0.0
            if seconds:
                time.sleep(seconds)
        point(name)

    return traced_point
