"""Fills the tables of docs/explanation/scale.md from bench/out/*.json: python -m bench.scale_page."""

import json
from pathlib import Path
from typing import Any

from bench.report import OUT

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "scale.md"
KINDS = ("scale", "policy_edit", "overview", "whole", "deciding", "orders", "messages", "denials", "authorize")
"""Benches whose tables stand on the page, in this order."""
BEGIN, END = "<!-- tables: written by python -m bench.scale_page -->", "<!-- end of tables -->"


def tables() -> str:
    """All runs that are there, the smallest fleet first."""
    files = [file for kind in KINDS for file in sorted(OUT.glob(f"{kind}*.json"), key=_size)]
    runs = [json.loads(file.read_text("utf-8")) for file in files]
    return "\n".join(_table(run) for run in runs if "day" in run)


def _size(file: Path) -> int:
    digits = file.stem.rpartition("_")[2]
    return int(digits) if digits.isdecimal() else 0


def _table(run: dict[str, Any]) -> str:
    first, last = run["yardstick"]
    lines = [
        f"### `{run['bench']}`", "",
        f"{run['day']}, {run['processors']} processors, Python {run['python']}, yardstick {first:,.0f} before and"
        f" {last:,.0f} after.", "", "| What | Measured | To reach | |", "|---|---:|---:|---|",
    ]  # fmt: skip
    for row in run["rows"]:
        goal = f"{row['goal']:,g} {row['unit']}" if row["goal"] else ""
        lines.append(f"| {row['what'].strip()} | {_short(row['value'])} {row['unit']} | {goal} | {row['note']} |")
    return "\n".join([*lines, ""])


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"


def main() -> None:
    """Put the tables between the marks of the page."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{tables()}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    main()
