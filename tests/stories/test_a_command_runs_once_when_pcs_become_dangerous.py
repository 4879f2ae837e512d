"""A command of the administrators: run once for the PCs of a window, also when its Manager dies in the middle."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ManagerProcess, pc_json, until

Make = Callable[..., ManagerProcess]
PROGRAM = """#!/bin/sh
echo "$KANMON_ORDER $KANMON_ATTEMPT $*" >> {outside}/ledger
cp assets.csv results.csv {outside}
while [ -e {outside}/held ] && [ $KANMON_ATTEMPT = 1 ]; do sleep 0.05; done
"""
POLICY = """
kind: action
name: Default
danger:
  command:
    program: open-tickets
    arguments: ["--level={{level}}", "--count={{count}}", "--by={{policy}}"]
    interrupted: {interrupted}
"""


class Outside:
    """Where the program writes down what it does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder / "outside", folder / "programs"
        self.folder.mkdir()
        self.programs.mkdir(mode=0o755)
        path = self.programs / "open-tickets"
        path.write_text(PROGRAM.format(outside=self.folder))
        path.chmod(0o755)
        self.held = self.folder / "held"

    @property
    def ledger(self) -> list[str]:
        path = self.folder / "ledger"
        return path.read_text().splitlines() if path.exists() else []

    def hosts(self, name: str) -> list[str]:
        with open(self.folder / name, newline="", encoding="utf-8") as file:
            return [row["host"] for row in csv.DictReader(file)]


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


@pytest.fixture
def made(make_manager: Make, outside: Outside, tmp_path: Path) -> Any:
    """A running Manager that allows the program, under a policy that wants it; and the token of an agent."""

    def made(interrupted: str = "ask") -> tuple[ManagerProcess, str]:
        work = str(tmp_path / "work")
        settings = {"folder": str(outside.programs), "work_folder": work, "grace_seconds": 1, "drain_seconds": 0}
        manager = make_manager(command=settings, action={"collect_seconds": 1})
        manager.node = "mgr-a"
        manager.start()
        policy = tmp_path / "policy.yaml"
        policy.write_text(POLICY.format(interrupted=interrupted))
        manager.run("policy", "import", str(policy))
        return manager, manager.token()

    return made


def send(manager: ManagerProcess, token: str, numbers: list[int], **changes: Any) -> None:
    for number in numbers:
        assert manager.post(json.dumps(pc_json(number, **changes)).encode(), token)[0] == 200


def commands(manager: ManagerProcess) -> list[dict[str, Any]]:
    """Operations of this kind, oldest first."""
    return list(reversed(manager.json("operations", "--kind", "command")))


def told(manager: ManagerProcess, operation: dict[str, Any]) -> str:
    """All that is said of an operation."""
    return manager.run("operation", str(operation["id"]), check=False).stdout


def test_pcs_that_fall_to_danger_in_one_window_are_one_command_with_their_table(made: Any, outside: Outside) -> None:
    manager, token = made()
    send(manager, token, [1, 2, 3], antivirus=[])
    send(manager, token, [4])
    until(lambda: "KNM3131-I" in manager.log(), 60)
    (operation,) = commands(manager)
    assert operation["state"] == "finished"
    assert outside.ledger == [f"{operation['id']} 1 --level=danger --count=3 --by=Default"]
    assert outside.hosts("assets.csv") == outside.hosts("results.csv") == ["pc-0001", "pc-0002", "pc-0003"]
    send(manager, token, [1, 2, 3], antivirus=[], software=[])
    until(manager.idle, 60)
    assert len(outside.ledger) == 1, "they are as dangerous as before"


def test_a_manager_killed_in_the_middle_takes_the_result_when_it_is_back(made: Any, outside: Outside) -> None:
    manager, token = made()
    outside.held.touch()
    send(manager, token, [1], antivirus=[])
    until(lambda: outside.ledger, 60)
    manager.kill()
    outside.held.unlink()
    work = Path(manager.settings["command"]["work_folder"])
    until(lambda: list(work.glob("*/*/result.json")), 60)
    manager.start()
    until(lambda: "KNM3131-I" in manager.log(), 60)
    assert "KNM3150-I" in manager.log()
    assert [row["state"] for row in commands(manager)] == ["finished"]
    assert len(outside.ledger) == 1


def test_one_that_still_runs_is_followed_by_the_next_manager(made: Any, outside: Outside) -> None:
    manager, token = made()
    outside.held.touch()
    send(manager, token, [1], antivirus=[])
    until(lambda: outside.ledger, 60)
    manager.kill()
    manager.start()
    until(lambda: "KNM3151-I" in manager.log(), 60)
    outside.held.unlink()
    until(lambda: "KNM3131-I" in manager.log(), 60)
    assert [row["state"] for row in commands(manager)] == ["finished"]
    assert len(outside.ledger) == 1


@pytest.mark.parametrize("answer", ["redo", "it-ran"])
def test_a_home_that_has_moved_to_another_node_asks_a_person(answer: str, made: Any, outside: Outside) -> None:
    manager, token = made()
    outside.held.touch()
    send(manager, token, [1], antivirus=[])
    until(lambda: outside.ledger, 60)
    manager.kill()
    manager.node = "mgr-b"
    manager.start()
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM4004-W" in one], 60)[0]
    (operation,) = commands(manager)
    assert operation["state"] == "in_doubt"
    assert "open-tickets was to be started on mgr-a" in told(manager, operation)
    manager.run(answer, str(operation["id"]), "--because", "looked into the ledger")
    until(manager.idle, 60)
    states = [row["state"] for row in commands(manager)]
    assert states == {"redo": ["cancelled", "finished"], "it-ran": ["finished"]}[answer]
    assert [one.split()[:2] for one in outside.ledger] == [
        [str(operation["id"]), str(attempt)] for attempt in range(1, 3 if answer == "redo" else 2)
    ]
    assert str(operation["id"]) in line
    outside.held.unlink()


def test_a_planned_stop_ends_it_and_says_so(made: Any, outside: Outside) -> None:
    manager, token = made()
    outside.held.touch()
    send(manager, token, [1], antivirus=[])
    until(lambda: outside.ledger, 60)
    manager.stop()
    manager.start()
    (operation,) = commands(manager)
    assert operation["state"] == "in_doubt"
    assert "because the Manager was stopped" in told(manager, operation)
    assert len(outside.ledger) == 1
