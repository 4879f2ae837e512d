"""kill -9 while the numbers of a day are written: the Manager starts again and the day is stored, wholly and once. The
command that asked for it waits meanwhile, and what it exports is what was sent in.
"""

import csv
import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import KANMON, ManagerProcess, pc_json, until

Make = Callable[..., ManagerProcess]


def where_it_is_noon() -> str:
    """A time zone in which it is about noon: far from ``statistics.at`` and from the end of the day."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


def test_killed_while_storing(make_manager: Make, tmp_path: Path) -> None:
    manager = make_manager(action={"collect_seconds": 1}, server={"time_zone": where_it_is_noon()})
    manager.start(fault="statistics_written=kill")
    token = manager.token()
    for number in (1, 2, 3):
        changes = {"antivirus": []} if number == 3 else {}
        assert manager.post(json.dumps(pc_json(number, **changes)).encode(), token)[0] == 200
    until(lambda: manager.json("status")["pcs"] == 3 and manager.idle())
    asking = subprocess.Popen([KANMON, "stats", "store"], env=manager.environment, stdout=subprocess.PIPE, text=True)
    until(manager.ended)
    with closing(sqlite3.connect(manager.home / "kanmon.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM statistics_day").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM statistics_group").fetchone() == (0,)
    manager.start()
    said, _ = asking.communicate(timeout=60)
    assert asking.returncode == 0, said
    assert "is stored: 3 PCs" in said
    with closing(sqlite3.connect(manager.home / "kanmon.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM statistics_day").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM statistics_group WHERE path = '/'").fetchone() == (1,)
        states = database.execute("SELECT state, attempt FROM operation WHERE kind = 'store_statistics'").fetchall()
        assert states == [("finished", 2)]
    assert "is replaced" in manager.run("stats", "store").stdout
    file = tmp_path / "numbers.csv"
    manager.run("stats", "export", "--by", "day", "--csv", str(file))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["group"] == "/"]
    assert (row["pcs"], row["level.danger"], row["level.safe"]) == ("3", "1", "2")
    assert (row["usage"], row["points"]) == ("66.7", "75.0")
    assert manager.json("stats", "export", "--by", "day")[0]["usage"] == 66.7
