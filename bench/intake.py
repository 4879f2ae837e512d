"""How many bodies a second a real Manager takes in over HTTP on loopback, and how long each waits for its answer.

The sender shares the processors with the Manager. Four kinds: a PC that is new, one that has changed, one that
says the same at another time, and the very same bytes again. An answer means that the report is on the disk.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable

from bench import agents
from bench.homes import Running, manager
from bench.report import Report, percentile, scaled
from kanmon.cli.client import Client
from kanmon.cli.inventory import wait_until_judged
from kanmon.cli.stream import Stream, Told

CONNECTIONS = 64
PHASES = (("new", 0, 0), ("changed", 1, 0), ("same content", 1, 1), ("same bytes", 1, 1))
Make = Callable[[int, int, int], list[bytes]]


def main() -> None:
    """Run and report."""
    report = Report("intake")
    kinds: list[tuple[str, Make, int, dict[str, float]]] = [
        ("Kanmon JSON", agents.kanmon, scaled(6000, 200), {"changed": 2000, "same bytes": 10_000}),
        ("FusionInventory XML", agents.fusioninventory, scaled(600, 50), {"changed": 100}),
    ]
    if agents.REAL.exists():
        kinds.append(("a real agent's XML", agents.real, scaled(600, 50), {"changed": 100}))
    with manager() as running:
        for kind, make, count, goals in kinds:
            _kind(report, running, kind, make, count, goals)
        report.add("Manager's memory, most", running.peak_mib(), "MiB")
    report.end()


def _kind(report: Report, running: Running, kind: str, make: Make, count: int, goals: dict[str, float]) -> None:
    for phase, round_, later in PHASES:
        bodies = make(count, round_, later)
        print(f"{kind}, {phase}: {count:,} bodies of {sum(map(len, bodies)) / count / 1024:,.0f} KiB", file=sys.stderr)
        told: list[Told] = []
        before = running.cpu_seconds()
        began = time.perf_counter()
        Stream(Client(running.url, running.token), connections=CONNECTIONS).send(iter(bodies), told.append)
        seconds = time.perf_counter() - began
        cpu = running.cpu_seconds() - before
        results = Counter(one.result for one in told)
        wanted = "unchanged" if phase.startswith("same") else "changed"
        if results != {wanted: count}:
            raise RuntimeError(f"{kind}, {phase}: {dict(results)}; {[t.sentence for t in told if t.sentence][:3]}")
        waits = [one.seconds for one in told]
        note = (
            f"p50 {percentile(waits, 50) * 1000:,.0f} ms, p99 {percentile(waits, 99) * 1000:,.0f} ms,"
            f" Manager {cpu / count * 1000:,.2f} ms of processor each"
        )
        report.add(f"{kind}, {phase}", count / seconds, "bodies/s", note, goals.get(phase, 0))
        wait_until_judged(Client())


if __name__ == "__main__":
    main()
