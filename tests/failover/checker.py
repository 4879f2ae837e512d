"""An outside checker: reads the Manager log and the database as a person would, and knows none of Kanmon's code.

Each function takes the home of a Manager; the database is the SQLite file in it, or the one that its kanmon.toml names.

The log invariant: starts = attempts; an operation that was started and is closed has exactly one end, and no
service start lies between its last start and its end; one that is open has none.
"""

import json
import re
import sqlite3
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

LINE = re.compile(r"^\S+ \S+ (KNM\d{4}-[EWI]) (\S+) (.*?) #(?:(\d+)\.)?(\d+)$")
STARTS = {
    "KNM2001-I", "KNM2003-I", "KNM3001-I", "KNM3011-I", "KNM3100-I", "KNM3240-I", "KNM3130-I", "KNM1117-I", "KNM4020-I",
    "KNM1130-I", "KNM3040-I", "KNM3042-I", "KNM3200-I", "KNM8403-I", "KNM1207-I", "KNM2050-I", "KNM9001-I",
}  # fmt: skip
ENDS = {
    "KNM2002-I", "KNM2004-I", "KNM3002-I", "KNM3012-I", "KNM3101-I", "KNM3249-I", "KNM1118-I", "KNM3131-I", "KNM4021-I",
    "KNM1131-I", "KNM3041-I", "KNM3043-I", "KNM3201-I", "KNM8404-I", "KNM1208-I", "KNM2051-I", "KNM9002-I",
}  # fmt: skip
OPERATION = re.compile(r"operation (\d+)")
Position = tuple[int, int]


def rows(home: Path, sql: str, *values: Any) -> list[Any]:
    """Rows of the database, read only; ``?`` stands for a value."""
    url = _url(home)
    if url:
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
            return list(connection.execute(sql.replace("?", "%s").encode(), values or None))
    with sqlite3.connect(f"file:{home}/kanmon.sqlite3?mode=ro", uri=True, timeout=30) as database:
        database.row_factory = sqlite3.Row
        return database.execute(sql, values).fetchall()


def _url(home: Path) -> str:
    """database.url of kanmon.toml; empty for SQLite."""
    return str(tomllib.loads((home / "kanmon.toml").read_text("utf-8")).get("database", {}).get("url", ""))


def check_log(home: Path, whole: bool = True) -> None:
    """Assert the log invariant, and that every entry stands in the log once, in order.

    ``whole`` false: another node was stopped later, so that this log has only what was before.
    """
    story: dict[int, list[tuple[str, Position]]] = defaultdict(list)
    service_starts: list[Position] = []
    seen: list[Position] = []
    for text in (home / "log" / "manager.log").read_text("utf-8").splitlines():
        found = LINE.match(text)
        assert found, f"not a line of the Manager log: {text!r}"
        message, seq = found[1], (int(found[4] or 0), int(found[5]))
        seen.append(seq)
        if message == "KNM0001-I":
            service_starts.append(seq)
        operation = OPERATION.search(found[3])
        if operation and message in STARTS | ENDS:
            story[int(operation[1])].append((message, seq))
    assert seen == sorted(set(seen)), "a line stands twice or out of order"
    place = "xid" if _url(home) else "0 AS xid"
    entries = rows(home, f"SELECT {place}, seq, detail FROM entry ORDER BY 1, 2")
    wanted = [(row["xid"], row["seq"]) for row in entries if "id" in _detail(row["detail"])]
    wanted = [one for one in wanted if whole or one <= seen[-1]]
    assert seen == wanted, f"missing in the log: {sorted(set(wanted) - set(seen))}"
    if not whole:
        return
    for row in rows(home, "SELECT id, state, attempt FROM operation"):
        lines = story[row["id"]]
        starts = [seq for message, seq in lines if message in STARTS]
        ends = [seq for message, seq in lines if message in ENDS]
        assert len(starts) == row["attempt"], (row["id"], lines)
        if row["state"] in ("finished", "failed") and starts:
            assert len(ends) == 1, (row["id"], lines)
            assert not [s for s in service_starts if starts[-1] < s < ends[0]], (row["id"], lines)
        if row["state"] in ("waiting", "running", "in_doubt"):
            assert not ends, (row["id"], lines)


def _detail(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def check_records(home: Path, acknowledged: dict[str, dict[str, Any]]) -> None:
    """Every acknowledged report is recorded and judged; ``acknowledged``: device id -> its newest report."""
    assert not rows(home, "SELECT 1 FROM receipt WHERE state = 'queued'")
    known = {
        row["key"]: row
        for row in rows(
            home,
            "SELECT device.key, pc.id, host, level, judged_at FROM device JOIN pc ON pc.id = device.pc LEFT JOIN pc_state ON pc_state.pc = pc.id",
        )
    }
    for device, report in acknowledged.items():
        assert device in known, f"{device} was acknowledged and is not recorded"
        row = known[device]
        assert row["judged_at"], f"{device} is not judged"
        expected = 400 if report["antivirus"] == [] else 100
        assert row["level"] == expected, (device, row["level"], expected)
    hosts = [row["host"] for row in rows(home, "SELECT host FROM pc")]
    assert len(hosts) == len(set(hosts)), "a PC stands twice"


def check_verdicts(home: Path) -> None:
    """Verdicts of a PC follow each other without gap or overlap, and none repeats the one before it."""
    before: dict[int, Any] = {}
    for row in rows(home, "SELECT * FROM verdict ORDER BY pc, id"):
        last = before.get(row["pc"])
        if last is not None:
            assert last["to_at"] == row["from_at"], "a gap or an overlap"
            assert (last["items"], last["finding_set"]) != (row["items"], row["finding_set"]), "the same result twice"
            assert row["level_before"] == last["level"]
        before[row["pc"]] = row
    for pc, last in before.items():
        assert last["to_at"] is None
        assert rows(home, "SELECT 1 FROM pc_state WHERE pc = ? AND verdict = ?", pc, last["id"])
    assert not rows(
        home,
        "SELECT 1 FROM verdict WHERE decided_run IS NULL AND run IN (SELECT id FROM run WHERE ended_at IS NOT NULL)",
    )


def check_mails(home: Path, mails: list[Any]) -> None:
    """Each Danger verdict is in exactly one order; mails carry a stable Message-ID, and repeats say so."""
    by_id: dict[str, list[Any]] = defaultdict(list)
    for mail in mails:
        by_id[mail["Message-ID"]].append(mail)
    ordered = {row["message_id"] for row in rows(home, "SELECT message_id FROM action_order")}
    assert set(by_id) == ordered, "every order was mailed, and nothing else"
    for message_id, same in by_id.items():
        assert len({mail["Subject"] for mail in same}) == 1
        attempts = [int(mail["X-Kanmon-Attempt"] or 1) for mail in same]
        assert len(set(attempts)) == len(attempts), (message_id, attempts)
        for mail in same[1:]:
            assert "may be a repeat" in mail.get_body().get_content()
    listed = [
        pc
        for row in rows(home, "SELECT attachment FROM action_order")
        for pc in bytes(row["attachment"]).decode("utf-8-sig").splitlines()[1:]
    ]
    danger = rows(home, "SELECT count(*) AS n FROM verdict WHERE level = 400 AND level_before <> 400")[0]["n"]
    assert len(listed) <= danger
