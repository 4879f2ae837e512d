"""Processes that work one lane until they are killed at a fault point: real ones, of the product's own code.

Starting Python and Django takes most of a second. So one process starts, and each that is to be killed is forked off
from it, before it has done anything: ``python -m tests.conformance.effects.process`` reads orders as lines of JSON, and
answers each with how its process ended.
"""

import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Nursery:
    """Where processes come from."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, lane: str, url: str, file: str, fault: str = "", ttl_seconds: float = 0) -> int:
        """Run a process that works off ``lane``; returns its exit code, negative when a signal ended it.

        With ``ttl_seconds`` its lease is renewed once, and it makes one step.
        """
        environment = {name: value for name, value in os.environ.items() if name.startswith("KANMON_")}
        order = {"lane": lane, "url": url, "file": file, "environment": environment | {"KANMON_FAULT": fault}}
        order["ttl_seconds"] = ttl_seconds
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery that lives as long as this lasts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_")}
    words = [sys.executable, "-m", "tests.conformance.effects.process"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, env=kept, **pipes) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def work(order: dict[str, Any]) -> None:
    """Lead, and work the lane off. Fault points are counted from the first operation on."""
    from kanmon.common import clock, config, fault
    from kanmon.journal.models import Operation
    from kanmon.journal.window import Window
    from tests.action.orders import worker
    from tests.conformance.databases import using
    from tests.conformance.work import OPEN, leader

    os.environ.update(order["environment"])
    config.forget()
    with using(order["url"], Path(order["file"]) if order["file"] else None):
        lead = leader()
        importlib.reload(fault)
        if order["ttl_seconds"]:
            window = Window(order["ttl_seconds"])
            window.renewed(clock.monotonic())
            worker(order["lane"], lead.term, window)._step()
            return
        one = worker(order["lane"], lead.term)
        while Operation.objects.filter(state__in=OPEN, kind__in=list(one.kinds)).exists():
            one._step()


def main() -> None:
    """See the module."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "kanmon.settings"
    django.setup()
    import tests.action.orders
    import tests.conformance.effects.every
    import tests.conformance.work  # noqa: F401  # so that the processes need not

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                work(json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
