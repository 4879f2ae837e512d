"""A real Manager is killed in the middle of the day's judgment, and of a schedule's tick: both are done, once."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ManagerProcess, pc_json, until


class Clocked(ManagerProcess):
    """A Manager whose clock a test moves."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"KANMON_CLOCK_FILE": str(self.home / "clock")}

    def ahead(self, seconds: float) -> None:
        """Its clock is so far ahead of the real one."""
        (self.home / "clock").write_text(str(seconds))


@pytest.fixture
def manager(tmp_path: Path, ready_made: Path) -> Any:
    one = Clocked(tmp_path / "home", {"action": {"collect_seconds": 0}}).setup(ready_made)
    one.ahead(0)
    yield one
    one.stop()


def dying(manager: Clocked, fault: str) -> None:
    """Start it, and wait until it was killed where ``fault`` says."""
    manager.start(fault=fault, wait=False)
    until(manager.ended, 60)


def operations(manager: Clocked, requester: str) -> list[dict[str, Any]]:
    return [one for one in manager.json("operations", "--kind", "judge") if one["requester"] == requester]


def old_definitions(days: int) -> dict[str, Any]:
    made = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
    product = {"product": "ClamAV", "version": "1", "definitions_date": made, "enabled": True, "up_to_date": True}
    return pc_json(1, antivirus=[product])


def report(manager: Clocked, body: dict[str, Any]) -> None:
    status, _, _ = manager.post(json.dumps(body).encode(), manager.token())
    assert status < 300
    until(lambda: manager.idle() and manager.json("pcs"), 60)


def test_the_day_is_judged_once_although_the_manager_dies_in_it(manager: Clocked) -> None:
    manager.start()
    report(manager, old_definitions(5))
    assert [pc["level"] for pc in manager.json("pcs")] == ["safe"]
    manager.stop()
    manager.ahead(4 * 86400)
    dying(manager, "judge_chunk:1=kill")
    manager.start()
    until(lambda: [pc["level"] for pc in manager.json("pcs")] == ["danger"], 60)
    (day,) = operations(manager, "day")
    until(manager.idle, 60)
    assert (day["state"], day["attempt"]) == ("finished", 2)
    history = manager.json("pc", "pc-0001", "--history")
    assert [(one["level"], one["cause"]) for one in history] == [("danger", "day"), ("safe", "inventory")]
    before = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    then = manager.json("pc", "pc-0001", "--as-of", before)
    assert (then["level"], then["reproduced"]) == ("safe", True), "it was not judged on that day, and held safe by then"
    manager.stop()
    manager.start()
    time.sleep(3)
    assert len(operations(manager, "day")) == 1


def test_a_tick_is_done_once_although_the_manager_dies_in_it_twice(manager: Clocked) -> None:
    manager.start()
    report(manager, pc_json(1))
    manager.run("schedule", "add", "hourly", "0 * * * *")
    manager.stop()
    now = datetime.now(UTC)
    full = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    manager.ahead((full - now).total_seconds() + 5)
    dying(manager, "schedule_tick:1=kill")
    dying(manager, "judge_chunk:1=kill")
    manager.start()
    until(lambda: manager.idle() and operations(manager, "schedule"), 60)
    (tick,) = operations(manager, "schedule")
    assert (tick["state"], tick["actor"]) == ("finished", "schedule hourly")
    assert tick["attempt"] >= 1
    (row,) = manager.json("schedule", "list")
    assert datetime.fromisoformat(row["last"]) == full
