"""What a command can read about the PCs of its order: CSV and JSON, in the folder that it starts in.

    assets.csv    assets.json     a row a PC: what it is
    results.csv   results.json    a row a PC: its level, and those of the six items
    findings.csv  findings.json   a row a finding, with ``results: detailed``, of the first 10,000 PCs

Levels and findings are those of the decision, however late the command is started; assets are as known when it is.
CSV: a comma between, every value in double quotes, "" for a quote, CRLF, UTF-8. JSON: an array of objects, one a
line, all values texts. Both have the same fields, in English whatever the language of the server is.
"""

import csv
import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from kanmon.action.judged import Judged, judged
from kanmon.action.texts import base_url, harmless
from kanmon.judgment import why, why_many
from kanmon.judgment.levels import ITEMS, Level

ASSETS = (
    "asset_number", "host", "domain", "user", "group", "ip", "mac", "serial", "uuid", "reported_at", "link"
)  # fmt: skip
RESULTS = ("asset_number", "host", "level", "level_before", *ITEMS, "why")
FINDINGS = ("asset_number", "host", "item", "condition", "outcome", "level", "found", "wanted", "mend")
FINDING_PCS = 10_000  # each takes some milliseconds, and other commands wait


class Table:
    """One table as CSV and as JSON."""

    def __init__(self, folder: Path, name: str, columns: Sequence[str], gid: int | None) -> None:
        self.columns = columns
        self._csv_file = _open(folder / f"{name}.csv", gid)
        self._json = _open(folder / f"{name}.json", gid)
        self._csv = csv.writer(self._csv_file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._csv.writerow(columns)
        self._between = "[\n"

    def add(self, row: dict[str, Any]) -> None:
        """A row; ``row`` has exactly the columns."""
        values = [str(row[column]) for column in self.columns]
        self._csv.writerow([harmless(value) for value in values])
        exact = dict(zip(self.columns, values, strict=True))
        self._json.write(self._between + json.dumps(exact, ensure_ascii=False))
        self._between = ",\n"

    def close(self) -> None:
        """Write the ends."""
        self._json.write("[]\n" if self._between == "[\n" else "\n]\n")
        for file in (self._json, self._csv_file):
            file.close()


def _open(path: Path, gid: int | None) -> Any:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    if gid is not None:
        os.fchown(descriptor, -1, gid)
        os.fchmod(descriptor, 0o640)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="")


@dataclass(frozen=True, slots=True)
class AsOf:
    """When it was decided: the newest verdict and the day of then."""

    verdict: int
    day: date


def write(
    folder: Path, pcs: BitMap, then: AsOf, detailed: bool, language: str, gid: int | None = None,
    between: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Write the tables about ``pcs`` into ``folder``; the group ``gid`` may read them, if it is given. ``between`` is
    called before each 500 PCs, and may raise.
    """
    with ExitStack() as stack:

        def table(name: str, columns: Sequence[str]) -> Table:
            return stack.enter_context(closing(Table(folder, name, columns, gid)))

        assets, results = table("assets", ASSETS), table("results", RESULTS)
        findings = table("findings", FINDINGS) if detailed else None
        explained = 0
        for batch in judged(pcs, then.verdict):
            between()
            reasons = why.worst_texts([one.verdict.finding_set for one in batch], language)
            for one in batch:
                assets.add(_asset(one))
                results.add(_result(one, reasons.get(one.verdict.finding_set, "")))
            if findings is not None and explained < FINDING_PCS:
                _add_findings(findings, batch, then.day, language)
                explained += len(batch)


def _add_findings(table: Table, batch: list[Judged], day: date, language: str) -> None:
    told = why_many.findings([one.verdict for one in batch], day, language)
    for one in batch:
        for item, row in told[one.pc.id]:
            table.add({
                "asset_number": one.pc.asset_number, "host": one.pc.host, "item": item, "condition": row.condition,
                "outcome": row.outcome, "level": row.level.word, "found": row.found, "wanted": row.wanted,
                "mend": row.mend,
            })  # fmt: skip


def _asset(one: Judged) -> dict[str, Any]:
    pc, columns = one.pc, one.columns
    return {
        "asset_number": pc.asset_number, "host": pc.host, "domain": columns.get("domain", ""), "user": pc.user,
        "group": pc.group.path, "ip": columns.get("ip", ""), "mac": columns.get("mac", ""), "serial": pc.serial,
        "uuid": pc.uuid, "reported_at": pc.reported_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "link": f"{base_url()}/pcs/{pc.id}",
    }  # fmt: skip


def _result(one: Judged, reason: str) -> dict[str, Any]:
    items = {item: Level(level).word for item, level in zip(ITEMS, one.verdict.items, strict=True)}
    return {
        "asset_number": one.pc.asset_number, "host": one.pc.host, "level": Level(one.verdict.level).word,
        "level_before": Level(one.verdict.level_before).word, **items, "why": reason,
    }  # fmt: skip
