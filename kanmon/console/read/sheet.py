"""The PCs of a search as CSV, in the habit of the history's: every value in quotes, no formulas, fields in English."""

import csv
import io
from collections.abc import Iterator

from kanmon.action.history.sheet import harmless
from kanmon.console.read.pcs import rows
from kanmon.console.shown.pcs import PcRow
from kanmon.judgment.levels import ITEMS
from kanmon.search.asked import Asked
from kanmon.search.find import find
from kanmon.search.order import by_level

MOST_CSV = 10_000
CHUNK = 500
COLUMNS = (
    "asset_number", "host", "level", "since", *ITEMS, "worst_finding", "network", "user", "group", "serial", "management",
    "last_seen", "last_judged",
)  # fmt: skip


def as_csv(search: Asked, only: frozenset[int] | None = None) -> str:
    """The worst ``MOST_CSV`` PCs of a search."""
    found = by_level(find(search, only).pcs, MOST_CSV, True)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for start in range(0, len(found), CHUNK):
        for row in rows([one.pc for one in found[start : start + CHUNK]]):
            writer.writerow([harmless(cell) for cell in _cells(row)])
    return "\ufeff" + out.getvalue()


def _cells(row: PcRow) -> Iterator[str]:
    yield from (row.asset_number, row.host, row.level.word, row.since.isoformat() if row.since else "")
    yield from (level.word for level in row.items)
    yield from (row.worst, row.network, row.user, row.group, row.serial)
    yield "removed" if row.removed else "enabled" if row.managed else "disabled"
    yield row.last_seen.isoformat() if row.last_seen else ""
    yield row.judged.isoformat() if row.judged else ""
