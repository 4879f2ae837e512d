"""The whole way of a fleet: python -m bench.whole [PCS]. Simulate, index, judge, what-if, a page of the PC list, restart.

Real commands against a real Manager. 1,000,000 PCs take hours, 25 GB of bodies over loopback and about as much disk.
"""

import importlib.resources
import json
import sys
from pathlib import Path
from typing import Any

from bench.homes import own_home, serving
from bench.policy_edit import edit, kanmon
from bench.report import Report, percentile, scaled, timed
from kanmon.cli.client import Client

PAGES = 50


def main(count: int) -> None:
    """Run and report."""
    report = Report(f"whole_{count}")
    with own_home() as home:
        from django.db import connection

        connection.close()
        _first(report, home, count)
        with serving(home) as again:
            seconds, _ = timed(lambda: kanmon("judge", "--all"))
            report.add("restart: index from its checkpoint, judge all", seconds, "s")
            report.add("Manager's memory after the restart, most", again.peak_mib(), "MiB", "", 24 * 1024)
        size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
        report.add("the home on the disk", size / 2**20, "MiB")
    report.end()


def _first(report: Report, home: Path, count: int) -> None:
    with serving(home) as running:
        seconds, said = timed(lambda: json.loads(kanmon("simulate", str(count), "--json")))
        if said["refused"]:
            raise RuntimeError(str(said))
        report.add("simulate: sent, recorded and judged", seconds, "s", f"{count / seconds:,.0f} PCs/s")
        seconds, judged = timed(lambda: json.loads(kanmon("judge", "--all", "--json")))
        report.add("judge all", seconds, "s", f"{judged['outcome']['judged']:,} PCs")
        edited = _edited(home)
        for which in ("the first", "the same again"):
            seconds, _ = timed(lambda: kanmon("policy", "what-if", str(edited), "--json"))
            report.add(f"what-if of an edited policy, {which}", seconds, "s")
        pages = [timed(lambda at=at: _page(at))[0] for at in range(0, count, max(1, count // PAGES))]  # type: ignore[misc]
        report.add("a page of the PC list, p50", percentile(pages, 50) * 1000, "ms", "50 PCs, by the API", 300)
        report.add("a page of the PC list, longest", max(pages) * 1000, "ms")
        report.add("Manager's memory, most", running.peak_mib(), "MiB", "", 24 * 1024)
        seconds, _ = timed(lambda: edit(home))
        report.add("policy edit, until the command is back", seconds, "s")


def _edited(home: Path) -> Path:
    """Default with another rule, as a file."""
    text = (importlib.resources.files("kanmon.policy") / "builtin" / "default.yaml").read_text("utf-8")
    file = home / "what-if.yaml"
    file.write_text(
        text.replace("  programs:\n", '  programs:\n    - {name: "Wireshark*", level: danger}\n', 1), "utf-8"
    )
    return file


def _page(after: int) -> Any:
    return Client().call("GET", "/pcs", after=after, limit=50)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else scaled(10_000, 200))
