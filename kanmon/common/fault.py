"""Named fault points, so that a test can kill, pause or fail a real process between any two steps.

``KANMON_FAULT=after_intent:3=kill`` kills this process with SIGKILL when the point ``after_intent`` is
passed for the third time. Several are separated by commas. Kinds: ``kill``, ``error`` (raises OSError),
``pause`` (sleeps 30 s), ``stop`` (SIGSTOP, until somebody sends SIGCONT), ``exit`` (ends at once with status 70).
Without the variable ``point`` is a function that does nothing.
"""

import os
import signal
import threading
import time
from collections import Counter

KINDS = ("kill", "error", "pause", "stop", "exit")


def _parse(text: str) -> dict[tuple[str, int], str]:
    plan: dict[tuple[str, int], str] = {}
    for part in filter(None, text.split(",")):
        where, _, kind = part.partition("=")
        name, _, count = where.partition(":")
        if kind not in KINDS:
            raise ValueError(f"KANMON_FAULT: unknown kind in {part!r}; known: {', '.join(KINDS)}")
        plan[name, int(count or 1)] = kind
    return plan


_PLAN = _parse(os.environ.get("KANMON_FAULT", ""))
_passed: Counter[str] = Counter()


def _point(name: str) -> None:
    _passed[name] += 1
    kind = _PLAN.get((name, _passed[name]))
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "stop":
        # to this thread: sent to the process, another one may take it, and this one runs on until the stop spreads
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    elif kind == "exit":
        os._exit(70)
    elif kind == "pause":
        time.sleep(30)
    elif kind == "error":
        raise OSError(f"fault point {name}")


def _no_point(name: str) -> None:
    return None


point = _point if _PLAN else _no_point
