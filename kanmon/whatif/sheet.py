"""Rows of ``told.entered_pcs`` as CSV in the habit of the original: comma, every value in double quotes, CRLF."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = ("number", "asset_number", "host", "group", "before", "after", "because")


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """All of ``rows``, with a head. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_safe(because(row) if name == "because" else str(row[name])) for name in COLUMNS])
    return out.getvalue()


def because(row: Mapping[str, Any]) -> str:
    """Why a PC comes to its level, in one cell."""
    return ("" if row["now"] else "no longer: ") + "; ".join(row["because"])


def _safe(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
