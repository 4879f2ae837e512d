"""Rows of a bench, its table and its JSON file.

Machines differ and are shared, so each bench also says how fast this machine was just then: ``yardstick`` counts
rounds a second of a fixed piece of plain Python. Figures of two runs are compared by their ratio to it.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

OUT = Path(__file__).parent / "out"
T = TypeVar("T")


def scaled(number: int, least: int = 1) -> int:
    """``number`` times KANMON_BENCH_SCALE (1 when it is not set)."""
    return max(least, round(number * float(os.environ.get("KANMON_BENCH_SCALE", "1"))))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that ``work`` took, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of ``seconds`` do not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def yardstick() -> float:
    """Rounds a second of a fixed piece of plain Python, the best of five."""

    def round_() -> None:
        table: dict[str, int] = {}
        for number in range(20_000):
            table[f"name-{number % 997}"] = number

    return 1 / min(timed(round_)[0] for _ in range(5))


@dataclass(frozen=True)
class Row:
    """One figure. ``goal`` is the number to hold in view, in the same unit; 0: none."""

    what: str
    value: float
    unit: str
    note: str = ""
    goal: float = 0


@dataclass
class Report:
    """The rows of one bench; shown and written when it ends."""

    name: str
    rows: list[Row] = field(default_factory=list)
    yardstick_before: float = field(default_factory=yardstick)

    def add(self, what: str, value: float, unit: str, note: str = "", goal: float = 0) -> None:
        """Add a figure."""
        self.rows.append(Row(what, value, unit, note, goal))

    def end(self) -> None:
        """Print the table and write ``bench/out/NAME.json``."""
        after = yardstick()
        print(f"\n{self.name}   (yardstick {self.yardstick_before:,.0f} before, {after:,.0f} after)")
        for row in self.rows:
            goal = f"goal {row.goal:,g}" if row.goal else ""
            print(f"  {row.what:58}{_short(row.value):>12} {row.unit:10} {goal:14} {row.note}".rstrip())
        OUT.mkdir(exist_ok=True)
        told = {
            "bench": self.name, "day": date.today().isoformat(), "python": platform.python_version(), "processors": os.cpu_count(),
            "yardstick": [self.yardstick_before, after], "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip
        (OUT / f"{self.name}.json").write_text(json.dumps(told, indent=1) + "\n")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
