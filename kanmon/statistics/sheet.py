"""Series for programs: as JSON, and as CSV in the habit of the original (every value quoted, CRLF). Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from kanmon.action.history.sheet import harmless
from kanmon.judgment.levels import ITEMS, Level
from kanmon.statistics import measures
from kanmon.statistics.numbers import LEVELS, Numbers, Row

_MARK = "\ufeff"  # spreadsheets read Japanese by it


def as_json(rows: Iterable[Row], own: Sequence[str]) -> list[dict[str, Any]]:
    """A mapping for each group and period; shares are in per cent, with one decimal."""
    return [
        {"period": row.first.isoformat(), "day": row.day.isoformat(), "group": row.place.path, **_told(row.numbers, own)}
        for row in rows
    ]  # fmt: skip


def _told(numbers: Numbers, own: Sequence[str]) -> dict[str, Any]:
    told = {word: _rounded(measures.value(word, numbers)) for word in measures.known(own)}
    for item in ITEMS:
        told |= {f"{item}.{level.word}": numbers.at(level, item) for level in LEVELS}
    not_applicable = numbers.at(Level.NOT_APPLICABLE)
    return {**told, "level.not_applicable": not_applicable, "mended": sum(numbers.mended.values())}


def _rounded(value: float | None) -> float | None:
    return round(value, 1) if isinstance(value, float) else value


def as_csv(rows: Iterable[Row], own: Sequence[str]) -> str:
    """All numbers, a line for each group and period, with a head."""
    lines = as_json(rows, own)
    heads = list(lines[0]) if lines else ["period", "day", "group"]
    return written([heads, *([line[head] for head in heads] for line in lines)])


def written(lines: Iterable[Iterable[Any]]) -> str:
    """CSV of these cells; None is left empty, and no cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for cells in lines:
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in cells])
    return _MARK + out.getvalue()
