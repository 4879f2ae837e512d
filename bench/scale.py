"""Fleets of 10,000, 100,000 and 1,000,000 PCs, 50 and 500 rules: ``python -m bench.scale [PCS...]``.

The index is built from the database and from its checkpoint, each in a process of its own so that its memory can be
told; then the same rules are judged by the index, by DuckDB when it is installed, and by the plain judge on a
sample. All three must say the same levels.
"""

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from bench.homes import own_home
from bench.report import Report, scaled, timed

SIZES, RULES = (10_000, 100_000), (50, 500)
SAMPLE = 20


def main(words: list[str]) -> None:
    """Run and report, each size in a home of its own. 1,000,000 PCs need 6 GB of memory and 8 GB of disk."""
    if words[:1] == ["--of"]:
        _of(words[1], int(words[2]))
        return
    for count in [int(word) for word in words] or [scaled(size, 1000) for size in SIZES]:
        _size(count)


def _size(count: int) -> None:
    report = Report(f"scale_{count}")
    with own_home() as home:
        from bench import fleet_store

        seconds, _ = timed(lambda: fleet_store.fill(count))
        size = sum(file.stat().st_size for file in home.glob("kanmon.sqlite3*"))  # the WAL, too
        report.add("fill the database", seconds, "s", f"{size / 2**20:,.0f} MiB")
        for part in ("database", "checkpoint"):
            words = [sys.executable, "-m", "bench.scale", "--of", part, str(count)]
            done = subprocess.run(words, check=True, stdout=subprocess.PIPE)
            for row in json.loads(done.stdout.splitlines()[-1]):
                report.add(*row)
    report.end()


def _of(part: str, count: int) -> None:
    """In a process of its own: load the index from ``part``, and what comes after; rows of the table on stdout."""
    from kanmon import home

    home.start_django()
    from kanmon.judgment import warm_start
    from kanmon.judgment.engine import ENGINE

    rows: list[tuple[Any, ...]] = []
    before = memory_mib()
    goal = 10 if part == "checkpoint" else 0
    seconds, _ = timed(ENGINE.catch_up)
    if (ENGINE.kept != (0, 0)) is not (part == "checkpoint"):
        raise RuntimeError(f"the index was not loaded from the {part}")
    rows.append((f"index from the {part}", seconds, "s", f"{len(ENGINE.index.pcs):,} PCs", goal))
    rows.append(
        ("  its memory, at its most while loading", memory_mib("VmHWM") - before, "MiB", "", 1536 if goal else 0)
    )
    rows.append(("  its memory, afterwards", memory_mib() - before, "MiB"))
    if part == "database":
        seconds, _ = timed(lambda: warm_start.save(ENGINE))
        size = warm_start.path().stat().st_size
        rows.append(("write the checkpoint", seconds, "s", f"{size / 2**20:,.0f} MiB"))
    else:
        for number in RULES:
            rows += _judged(ENGINE.index, number, count)
    print(json.dumps(rows))


def memory_mib(what: str = "VmRSS") -> float:
    """Memory of this process: now, or at its most (VmHWM)."""
    found = re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _judged(index: Any, number: int, count: int) -> list[tuple[Any, ...]]:
    from msgspec import structs
    from pyroaring import BitMap

    from bench import beside, fleet_policy
    from kanmon.common import zone
    from kanmon.judgment.judge import compile
    from kanmon.judgment.levels import Level
    from kanmon.policy.rules import named
    from kanmon.policy.rules_items import ProhibitedSoftware
    from kanmon.whatif.asking import what_if

    today, rules = date(2026, 11, 20), fleet_policy.policy(number)
    scope, rows = BitMap(index.pcs), list[tuple[Any, ...]]()

    def best(work: Any, times: int = 3) -> float:
        return min(timed(work)[0] for _ in range(times))

    def add(what: str, seconds: float, goal: float = 0, note: str = "") -> None:
        rows.append((f"{number} rules: {what}", seconds * 1000, "ms", note, goal * 1000))

    seconds, conditions = timed(lambda: compile(rules, today))
    if sum(one.level is not Level.UNKNOWN for one in conditions) != number:  # others ask whether anything is told
        raise RuntimeError(f"{len(conditions)} conditions for {number} rules")
    first, _ = timed(lambda: index.judge(conditions, scope, findings=False))
    add("compile, and ask the dictionary for the first time", seconds + first)
    fifty = number == 50
    add("judge all, levels", best(lambda: index.judge(conditions, scope, findings=False)), 0.1 * fifty)
    took, judgement = timed(lambda: index.judge(conditions, scope))
    took = min(took, best(lambda: index.judge(conditions, scope)))
    add("judge all, levels and findings", took, 0.1 * fifty, f"{len(judgement.sets):,} distinct sets of findings")
    some = BitMap(list(scope)[:: max(1, count // 200)][:200])
    add("judge 200", best(lambda: index.judge(conditions, some)))
    one = BitMap([count // 2])
    add("judge one", best(lambda: index.judge(conditions, one), 20), 0.001 * fifty)
    programs = (*rules.prohibited_software.programs, ProhibitedSoftware(name="* Program 77", level="danger"))
    edited = structs.replace(rules, prohibited_software=structs.replace(rules.prohibited_software, programs=programs))
    was, now = (index.judge(compile(one, zone.today()), scope, findings=False).levels for one in (rules, edited))
    differ = int((was != now).sum())
    took, effect = _what_if(rules, edited)
    if effect.changed != differ:
        raise RuntimeError(f"what-if: {effect.changed} PCs, the judge: {differ}")
    add("what-if of one rule that nobody asked before", took, 0.05 * fifty, f"{differ:,} PCs would differ")
    other = fleet_policy.policy(number, seed=1)
    add("what-if of a whole new policy", timed(lambda: what_if(named(other, "Default")))[0])
    rows += beside.plain(index, rules, judgement, today, SAMPLE, number)
    rows += beside.duckdb(index, conditions, judgement, number, count)
    return rows


def _what_if(present: Any, edited: Any) -> tuple[float, Any]:
    """``present`` comes into force, somebody has asked what an edit of it would change, and now edits another line."""
    from kanmon.journal.writing import transaction
    from kanmon.policy import versions
    from kanmon.policy.rules import named
    from kanmon.whatif.asking import what_if

    with transaction():
        versions.add(named(present, "Default"), "bench")
    what_if(named(present, "Default"))
    return timed(lambda: what_if(named(edited, "Default")))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main(sys.argv[1:])
