"""Storing the numbers of a day, and the pages that show them: ``python -m bench.overview [PCS]``.

A simulated fleet is recorded and judged, thirty days are stored, and the overview is asked as a browser asks it, in this process, each
time with nothing kept from the time before, then as it is kept between. On SQLite and on PostgreSQL, each in a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.homes import own_home
from bench.report import Report, percentile, scaled, timed

TURNS = 20
DAYS = 30
PAGES = {
    "overview": "/", "statistics, 12 weeks": "/statistics", "statistics, 14 days": "/statistics?by=day",
    "evaluation by group": "/evaluation",
}  # fmt: skip


def main(words: list[str]) -> None:
    """Run and report."""
    if words[:1] == ["--of"]:
        print(json.dumps(_measured(int(words[1]))))
        return
    from bench.postgresql import server

    count = int(words[0]) if words else scaled(1_000_000, 2000)
    report = Report(f"overview_{count}")
    with server() as database:
        for name, url in (("SQLite", ""), ("PostgreSQL", database())):
            for what, *row in _in_process(count, url):
                report.add(f"{name}: {what}", *row)
    report.end()


def _in_process(count: int, url: str) -> list[list[Any]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_DATABASE")}
    environment = kept | ({"KANMON_DATABASE_URL": url} if url else {})
    words = [sys.executable, "-m", "bench.overview", "--of", str(count)]
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    rows: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _measured(count: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    with own_home():
        from bench import fleet_rows

        fleet_rows.make(count)
        work = _worker()
        seconds, _ = timed(lambda: work(_judge))
        rows.append(("judge all, verdicts written", seconds, "s", f"{count:,} PCs"))
        seconds, _ = timed(lambda: work(_store(0)))
        rows.append(("store today", seconds, "s", f"{_groups():,} groups", 10))
        _date_back()
        seconds, _ = timed(lambda: work(_store(1)))
        rows.append(("store yesterday from history", seconds, "s", "one verdict a PC"))
        for back in range(2, DAYS + 1):
            _copy(back)
        rows += _pages()
    return rows


def _worker() -> Callable[[Callable[[], Any]], None]:
    """A function that begins an operation and works until nothing is open in the lane of rows."""
    from kanmon.common import config
    from kanmon.flow import KINDS
    from kanmon.journal import term
    from kanmon.journal.models import Operation
    from kanmon.journal.worker import Worker, probing
    from kanmon.journal.writing import transaction
    from kanmon.judgment.engine import ENGINE

    lead = term.take(config.home(), probing=probing(KINDS))
    lane = Worker("rows", KINDS, lead.term, lambda: None)
    ENGINE.catch_up()

    def work(begin: Callable[[], Any]) -> None:
        with transaction():
            begun = begin()
        while (state := Operation.objects.get(id=begun.id).state) in ("waiting", "running"):
            lane._step()
        if state != "finished":
            raise RuntimeError(f"operation {begun.id}: {state}")

    return work


def _judge() -> Any:
    from kanmon.flow import begin_judgment

    return begin_judgment(None, "judge_command", "bench")


def _store(back: int) -> Callable[[], Any]:
    from kanmon.common import zone
    from kanmon.statistics import storing

    return lambda: storing.begin(zone.today() - timedelta(days=back), "stats_command", "bench", None)


def _date_back() -> None:
    """Everything has been so since the day before yesterday."""
    from django.db.models import F

    from kanmon.inventory.models import Pc
    from kanmon.judgment.models import Verdict

    Verdict.objects.update(from_at=F("from_at") - timedelta(days=2))
    Pc.objects.update(first_seen_at=F("first_seen_at") - timedelta(days=2))


def _groups() -> int:
    from kanmon.statistics.models import GroupNumbers

    return int(GroupNumbers.objects.count())


def _copy(back: int) -> None:
    """Today's numbers once more, as those of another day."""
    from kanmon.common import zone
    from kanmon.statistics.models import GroupNumbers, StatisticsDay

    today = zone.today()
    day = StatisticsDay.objects.get(day=today)
    rows = list(GroupNumbers.objects.filter(day=today))
    for row in rows:
        row.id, row.day = None, today - timedelta(days=back)
    day.day = today - timedelta(days=back)
    day.save(force_insert=True)
    GroupNumbers.objects.bulk_create(rows)


def _pages() -> list[tuple[Any, ...]]:
    from django.conf import settings
    from django.test import Client

    from kanmon.accounts.models import Role, User
    from kanmon.console.read import keep

    client = Client()
    person = User.objects.create_user("bench", role=Role.VIEWER)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])

    def ask(address: str, fresh: bool) -> float:
        if fresh:
            keep.forget()
        seconds, answer = timed(lambda: client.get(address))
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        return seconds * 1000

    rows: list[tuple[Any, ...]] = []
    for what, address in PAGES.items():
        ask(address, True)  # templates are read once a process
        for kept, fresh in (("nothing kept", True), ("as it is kept", False)):
            took = [ask(address, fresh) for _ in range(TURNS)]
            rows.append((f"{what}, {kept}, p95", percentile(took, 95), "ms", f"p50 {percentile(took, 50):.0f} ms", 300))
    return rows


if __name__ == "__main__":
    main(sys.argv[1:])
