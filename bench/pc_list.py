"""The PC list: its first page and each filter, on SQLite and PostgreSQL: ``python -m bench.pc_list``.

A page is asked through Django, as a person who is signed in gets it, table and tabs and all; the network is left out.
Before each request something is recorded, so that no answer of the request before is given again. Beside it stands what
a walk over rows takes to count the same by SQL. The fleet is simulated and judged, then copied to its size.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from bench.homes import own_home
from bench.report import Report, percentile, scaled, timed

TURNS = 9
GOAL_MS = 300
Rows = list[tuple[Any, ...]]


def main(words: list[str]) -> None:
    """Run and report, each database in a process of its own."""
    if words:
        print(json.dumps(_figures(int(words[0]))))
        return
    from bench.postgresql import server

    report, count = Report("pc_list"), scaled(1_000_000, 2_000)
    with server() as database:
        for name in ("SQLite", "PostgreSQL"):
            kept = {one: value for one, value in os.environ.items() if not one.startswith("KANMON_DATABASE")}
            environment = kept | ({"KANMON_DATABASE_URL": database()} if name == "PostgreSQL" else {})
            command = [sys.executable, "-m", "bench.pc_list", str(count)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            for what, *figures in json.loads(done.stdout.splitlines()[-1]):
                report.add(f"{name}: {what}", *figures)
    report.end()


def _figures(count: int) -> Rows:
    with own_home():
        from kanmon.judgment.engine import ENGINE
        from kanmon.search.roster import ROSTER

        _fill(count)
        rows: Rows = [("PCs", count, "")]
        rows.append(("index of the judge from the database", timed(ENGINE.catch_up)[0], "s"))
        rows.append(("roster from the database", timed(ROSTER.catch_up)[0], "s"))
        ask = _asking()
        ask("")  # templates are read once
        for what, query in _queries().items():
            seconds = [timed(lambda query=query: ask(query))[0] for _ in range(TURNS)]  # type: ignore[misc]
            found = f"{ask(query):,} PCs; p50 {1000 * percentile(seconds, 50):,.0f} ms"
            rows.append((f"{what}, p95", 1000 * percentile(seconds, 95), "ms", found, GOAL_MS))
        rows += [(f"a walk by SQL: {what}", 1000 * timed(walk)[0], "ms") for what, walk in _walks().items()]
        return rows


def _fill(count: int) -> None:
    """Simulated PCs, recorded and judged, then copied with their states; some are cut off, disabled, or silent."""
    from datetime import timedelta

    from django.db import connection

    from bench import fleet_rows
    from kanmon.common import clock
    from kanmon.journal.writing import sql_time, transaction
    from kanmon.judgment.engine import ENGINE
    from kanmon.judgment.judging import CHUNK_PCS
    from kanmon.judgment.verdicts import _STATE_COLUMNS, Writer

    fleet_rows.make(count)
    originals = min(count, fleet_rows.ORIGINALS)
    ENGINE.catch_up()
    writer = Writer(1, "bench")
    for version, judgement in ENGINE.judge(ENGINE.index.pcs & type(ENGINE.index.pcs)(range(1, originals + 1))):
        for start in range(0, len(judgement.pcs), CHUNK_PCS):
            with transaction():
                writer.write(version, judgement, slice(start, start + CHUNK_PCS))
    columns = ", ".join(_STATE_COLUMNS)
    with transaction(), connection.cursor() as cursor:
        for base in range(originals, count, originals):
            cursor.execute(
                f"INSERT INTO pc_state (pc, {columns}) SELECT pc + %s, {columns} FROM pc_state WHERE pc <= %s",
                [base, min(originals, count - base)],
            )
        cursor.execute("UPDATE pc SET host = host || '-' || id WHERE id > %s", [originals])
        cursor.execute("UPDATE pc SET managed = (id %% 50 <> 0)", [])
        old = sql_time(clock.now() - timedelta(days=30))
        cursor.execute("UPDATE pc SET last_seen_at = %s WHERE id %% 40 = 0", [old])
        cursor.execute(
            "INSERT INTO network_entry (mac, pc, state, why, version, decided_by, line, body)"
            " SELECT '02:' || id, id, CASE WHEN id %% 20 = 0 THEN 'deny' ELSE 'permit' END, 'policy', 1, 0, '', ''"
            " FROM pc WHERE id %% 2 = 0",
            [],
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE", [])  # as autovacuum does within a minute
    ENGINE.__init__()  # type: ignore[misc]


def _asking() -> Callable[[str], int]:
    """A function that asks for the list, as a person gets it, and gives how many PCs it says."""
    from django.test import Client

    from kanmon.accounts.models import User
    from kanmon.console.read import keep
    from kanmon.inventory.models import Pc
    from kanmon.journal import changes
    from kanmon.journal.writing import transaction
    from kanmon.search import kept

    with transaction():
        person = User.objects.create_user("bench", role="administrator")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    one = Pc.objects.order_by("id").values_list("id", flat=True)[0]

    def ask(query: str) -> int:
        with transaction():
            changes.add([("pc", one, b"")])
        keep.ask_again()
        kept.forget()
        answer = client.get(f"/pcs?{query}")
        if answer.status_code != 200:
            raise RuntimeError(f"/pcs?{query}: {answer.status_code}")
        said = re.search(r'data-k-said="([\d,]+)', answer.content.decode())
        return int(said[1].replace(",", "")) if said else 0

    return ask


def _queries() -> dict[str, str]:
    from kanmon.inventory.models import Pc
    from kanmon.search.asked import Asked
    from kanmon.search.find import choices

    pc = Pc.objects.order_by("id")[0]
    group, condition, system = (choices(name, Asked())[0].value for name in ("group", "condition", "os"))
    asked = {
        "first page": {}, "level": {"level": "danger"}, "item": {"item": "security_updates:danger"}, "condition": {"condition": condition},
        "group": {"group": group}, "operating system": {"os": system}, "software": {"software": "micro"},
        "software, whole name": {"title": "Google Chrome"}, "cut off": {"network": "deny"}, "permitted": {"network": "permit"},
        "not seen": {"seen": "14"}, "stale": {"stale": "yes"}, "waived": {"waived": "yes"}, "disabled": {"managed": "no"},
        "text that few have": {"q": pc.serial}, "text that many have": {"q": pc.host[:3]},
        "level, group, software and text": {"level": "danger", "group": group, "software": "micro", "q": pc.host[:3]},
        "first page by name": {"sort": "host"}, "level, by name": {"level": "danger", "sort": "host"},
        "group, by last seen": {"group": group, "sort": "last_seen"}, "nothing is found": {"level": "danger", "q": "no-such-pc"},
    }  # fmt: skip
    return {what: urlencode(query) for what, query in asked.items()}


def _walks() -> dict[str, Callable[[], int]]:
    from django.db.models import Exists, OuterRef, Q

    from kanmon.inventory.models import Group, Pc
    from kanmon.judgment.models import PcState

    path = Group.objects.exclude(path="/").order_by("path")[0].path
    pc = Pc.objects.order_by("id")[0]
    text = Q(host__icontains=pc.host[:3]) | Q(user__icontains=pc.host[:3]) | Q(serial__icontains=pc.host[:3])
    danger = Exists(PcState.objects.filter(pc=OuterRef("id"), level=400))
    item = PcState.objects.filter(security_updates=400)
    return {
        "item": item.count,
        "text that many have": Pc.objects.filter(text).count,
        "level, group and text": Pc.objects.filter(text, danger, group__path__startswith=path).count,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
