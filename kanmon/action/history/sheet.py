"""Lines as CSV in the habit of the original: comma, every value in double quotes, CRLF. No database.

UTF-8 with a byte order mark, so that spreadsheets read Japanese. Fields are in English whatever the language of the server
is; the sentences are as they were said.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    "at", "run", "operation", "kind", "cause", "requester", "actor", "level_before", "level", "policy", "step",
    "subject", "pcs", "changed", "result", "why", "attempts", "ended", "sentence",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(lines: Iterable[Mapping[str, Any]], asset_number: str = "") -> str:
    """``lines`` (``line.as_json``) with a head; of one PC with its ``asset_number`` before them."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    mine = [asset_number] if asset_number else []
    writer.writerow([*(["asset_number"] if mine else []), *COLUMNS])
    for line in lines:
        cells = [*mine, *("" if line[name] is None else str(line[name]) for name in COLUMNS)]
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: host names and answers come from machines that may be hostile."""
    return "'" + cell if cell.startswith(FORMULA) else cell
