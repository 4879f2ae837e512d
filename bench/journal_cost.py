"""What the journal costs: intake and judgment with operations, entries and the check of the term, and without them.

*With*: reports are committed as intake does, and a worker records and judges them under a term, as it always does.
*Without*: the same reports, the same functions and the same chunks, in plain transactions: no operation, no entry, no
term. Both run in turn, each in a database of its own, on SQLite and on PostgreSQL (with fsync); the ratio counts.
"""

import os
import statistics
import subprocess
import sys
from typing import Any
from unittest import mock

from bench.homes import own_home
from bench.report import Report, scaled, timed

ROUNDS = 3
BATCH = 500


def main() -> None:
    """Run and report."""
    if len(sys.argv) > 1:
        print(_seconds(sys.argv[1] == "with"))
        return
    from bench.postgresql import server

    report = Report("journal_cost")
    count = scaled(3000, 300)
    with server() as database:
        for name in ("SQLite", "PostgreSQL"):
            told: dict[str, list[float]] = {"with": [], "without": []}
            for _ in range(ROUNDS):
                for how, seconds in told.items():
                    url = database() if name == "PostgreSQL" else ""
                    seconds.append(_in_process(how, url))
            with_, without = (statistics.median(told[how]) for how in ("with", "without"))
            report.add(f"{name}: intake, recording, judging, with the journal", count / with_, "reports/s")
            report.add(f"{name}: the same without it", count / without, "reports/s")
            report.add(f"{name}: share of the journal", 100 * (1 - without / with_), "%")
    report.end()


def _in_process(how: str, url: str) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_DATABASE")}
    environment = kept | ({"KANMON_DATABASE_URL": url} if url else {})
    words = [sys.executable, "-m", "bench.journal_cost", how]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _seconds(journal: bool) -> float:
    with own_home() as home:
        from bench import fleet_rows
        from kanmon.judgment.engine import ENGINE

        items = fleet_rows.arrivals(scaled(3000, 300))
        warm, items = items[: BATCH // 5], items[BATCH // 5 :]
        work = _with(home) if journal else _without
        work(warm)
        ENGINE.catch_up()
        return timed(lambda: [work(items[at : at + BATCH]) for at in range(0, len(items), BATCH)])[0]


def _with(home: Any) -> Any:
    from bench import fleet_rows
    from kanmon.flow import KINDS
    from kanmon.journal import record, term
    from kanmon.journal.worker import Worker

    kinds = {name: kind for name, kind in KINDS.items() if name in ("record", "judge")}
    worker = Worker("rows", kinds, term.take(home).term, lambda: None)

    def work(items: list[Any]) -> None:
        fleet_rows.queue(items)
        while record.next_due(kinds)[0] is not None:
            worker._step()

    return work


def _without(items: list[Any]) -> None:
    from bench import fleet_rows
    from kanmon.intake import store
    from kanmon.inventory.record import _chunk, record_chunk
    from kanmon.journal.writing import transaction
    from kanmon.judgment.engine import ENGINE
    from kanmon.judgment.judging import CHUNK_PCS
    from kanmon.judgment.verdicts import Writer

    with mock.patch.object(store, "begin_recording", return_value=None):
        fleet_rows.queue(items)
    while True:
        with transaction():
            receipts = _chunk()
            if not receipts:
                return
            done = record_chunk(receipts)
        ENGINE.catch_up()
        writer = Writer(0, "bench")
        for version, judgement in ENGINE.judge(done.changed):
            for start in range(0, len(judgement.pcs), CHUNK_PCS):
                with transaction():
                    writer.write(version, judgement, slice(start, start + CHUNK_PCS))


if __name__ == "__main__":
    main()
