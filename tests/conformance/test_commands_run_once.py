"""Commands on both databases: killed between every two steps they run once, and their files say what was decided."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanmon.action.command import files
from kanmon.action.models import Order
from kanmon.common import clock, config
from kanmon.inventory.models import Pc
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from kanmon.policy.models import Policy, PolicyVersion
from tests.action.commands import Programs
from tests.action.orders import command, worker
from tests.conformance.effects.process import Nursery, nursery
from tests.conformance.test_stages import arrive, bad
from tests.conformance.work import crash, events, leader, state, work_off
from tests.conftest import CAMPAIGN, pc_json

SEEDS = 60 if CAMPAIGN else 4
KILLED = -9
STEPS = (
    "after_claim", "command_prepared", "after_intent", "before_effect", "in_effect", "before_go", "after_go",
    "after_effect", "before_result", "before_commit:3", "after_commit:3",
)  # fmt: skip
AGAIN = ("after_claim", "probed", "before_go", "after_go", "before_result", "before_commit", "after_commit")


@pytest.fixture(scope="module")
def processes() -> Iterator[Nursery]:
    """Where processes that are killed come from."""
    with nursery() as one:
        yield one


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A folder of programs."""
    return Programs(tmp_path, monkeypatch)


@pytest.fixture
def run(processes: Nursery, database: str, databases: dict[str, Any], programs: Programs) -> Any:
    """Runs a process of the lane with a fault; returns its exit code."""

    def run(fault: str) -> int:
        file = str(connection.settings_dict["NAME"]) if database == "sqlite" else ""
        return processes.run("command", "" if file else databases["postgresql"].url, file, fault)

    return run


def kill_at(point: str) -> str:
    """The fault, for the first time that a point is passed, or the nth."""
    name, _, number = point.partition(":")
    return f"{name}:{number or 1}=kill"


@pytest.mark.parametrize(
    ("point", "interrupted"),
    [*((point, "ask") for point in STEPS), ("before_go", "rerun"), ("after_go", "rerun"), ("after_go", "never")],
)
def test_killed_between_two_steps_it_has_run_once_whatever_its_policy_says(
    point: str, interrupted: str, programs: Programs, run: Any
) -> None:
    programs.counting()
    operation = command("act", interrupted=interrupted)
    assert run(kill_at(point)) == KILLED
    work_off(worker("command", leader().term))
    assert state(operation) == "finished", events(operation)
    assert programs.ledger == [f"{operation.id} {operation.id} 1"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_again_and_again_it_has_run_once(seed: int, programs: Programs, run: Any) -> None:
    chance = random.Random(seed)
    programs.counting()
    operation = command("act", interrupted=chance.choice(["ask", "rerun", "never"]))
    assert run(kill_at(chance.choice(STEPS[:8]))) == KILLED
    for _ in range(3):
        run(f"{chance.choice(AGAIN)}:{chance.randint(1, 3)}=kill")
    work_off(worker("command", leader().term))
    assert state(operation) == "finished", events(operation)
    assert programs.ledger == [f"{operation.id} {operation.id} 1"]


@pytest.mark.parametrize(
    ("point", "started", "told"),
    [
        ("supervise_locked", 0, "in_doubt"),
        ("supervise_started", 1, "in_doubt"),
        ("supervise_ended", 1, "in_doubt"),
        ("supervise_before_rename", 1, "in_doubt"),
        ("supervise_after_rename", 1, "finished"),
        ("supervise_result", 1, "finished"),
    ],
)
def test_when_its_supervisor_is_killed_the_manager_says_so_at_once(
    point: str, started: int, told: str, programs: Programs, run: Any
) -> None:
    programs.counting()
    operation = command("act")
    assert run(kill_at(point)) == 0
    assert state(operation) == told
    assert len(programs.ledger) <= started
    work_off(worker("command", leader().term))
    assert (state(operation), len(programs.ledger) <= started) == (told, True)


@pytest.mark.parametrize("point", ["supervise_locked", "supervise_ended", "supervise_before_rename"])
def test_with_manager_and_supervisor_killed_rerun_runs_it_again_and_says_so(
    point: str, programs: Programs, run: Any
) -> None:
    programs.counting()
    operation = command("act", interrupted="rerun")
    assert run(f"{kill_at(point)},after_go:1=kill") == KILLED
    work_off(worker("command", leader().term))
    assert state(operation) == "finished"
    assert "may_be_repeat" in events(operation)
    assert programs.ledger[-1] == f"{operation.id} {operation.id} 2"
    assert len(programs.ledger) == (1 if point == "supervise_locked" else 2)


def test_a_supervisor_that_dies_before_it_begins_is_tried_again(programs: Programs, run: Any) -> None:
    programs.counting()
    operation = command("act")
    Operation.objects.filter(id=operation.id).update(max_attempts=2)
    assert run(kill_at("supervise_before_lock")) == 0
    assert (state(operation), programs.ledger) == ("failed", [])
    assert events(operation).count("retry") == 1
    operation.refresh_from_db()
    with transaction():
        again = record.redo(operation, "hanako")
    work_off(worker("command", leader().term))
    assert [line.split()[:2] for line in programs.ledger] == [[str(operation.id), str(again.id)]]


POLICY = """
kind: action
name: Default
danger:
  command: {program: act, arguments: ["{level}", "{count}"], results: detailed}
"""


class TestFiles:
    """What the program can read."""

    @pytest.fixture(autouse=True)
    def _set_up(self, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
        config.forget()
        versions.install_builtin()
        policy = Policy.objects.get(kind="action", name="Default")
        PolicyVersion.objects.create(policy=policy, number=2, text=POLICY, author="tests", created_at=clock.now())
        programs.add("echo $*; cp *.csv *.json ../..")

    def judged(self) -> Operation:
        """Everything but commands is worked off; the command that was ordered."""
        lead = leader()
        for _ in range(3):
            work_off(worker("rows", lead.term))
        crash(lead)
        return Operation.objects.get(kind="command")

    def tables(self, programs: Programs, operation: Operation) -> dict[str, list[dict[str, str]]]:
        """The tables by name, from CSV; equal to those from JSON."""
        work_off(worker("command", leader().term))
        folder = programs.place(operation) / "files"
        read = {}
        for path in folder.glob("*.csv"):
            with open(path, newline="", encoding="utf-8") as file:
                read[path.stem] = list(csv.DictReader(file))
            assert json.loads(path.with_suffix(".json").read_text("utf-8")) == read[path.stem]
        return read

    def test_they_name_the_pcs_that_have_become_dangerous_and_why(self, programs: Programs) -> None:
        arrive(bad(1), pc_json(2), bad(3, host='say "本社", 3'))
        operation = self.judged()
        read = self.tables(programs, operation)
        assert (programs.place(operation) / "output.txt").read_text() == "danger 2\n"
        assert [row["host"] for row in read["assets"]] == ["pc-0001", 'say "本社", 3']
        first = read["assets"][0]
        assert (first["serial"], first["mac"], first["group"]) == ("SN000001", "00:1b:21:00:00:01", "/")
        assert [(row["host"], row["level"], row["antivirus"], row["pc_settings"]) for row in read["results"]] == [
            ("pc-0001", "danger", "danger", "safe"), ('say "本社", 3', "danger", "danger", "safe")
        ]  # fmt: skip
        assert "No antivirus product found" in read["results"][0]["why"]
        found = [row for row in read["findings"] if (row["host"], row["item"]) == ("pc-0001", "antivirus")]
        assert found[0]["level"] == "danger"
        assert "no antivirus product found" in found[0]["found"].lower()
        assert found[0]["mend"]
        text = (programs.place(operation) / "files" / "assets.csv").read_bytes()
        assert text.startswith(b'"asset_number","host",')
        assert text.count(b"\r\n") == text.count(b"\n") == 3
        assert 'say ""本社"", 3'.encode() in text

    def test_they_say_what_was_decided_when_the_pc_was_mended_meanwhile(self, programs: Programs) -> None:
        arrive(bad(1))
        operation = self.judged()
        arrive(pc_json(1, reported_at=(clock.now()).strftime("%Y-%m-%dT%H:%M:%SZ")))
        self.judged()
        assert Pc.objects.get().host == "pc-0001"
        read = self.tables(programs, operation)
        assert [row["level"] for row in read["results"]] == ["danger"]

    def test_an_order_is_written_once_for_run_policy_and_level(self, programs: Programs) -> None:
        arrive(bad(1))
        operation = self.judged()
        order = Order.objects.get(operation=operation.id)
        assert operation.key == f"command:{order.run}:{order.policy_version}:danger:0"
        assert (operation.repeat, order.kind, order.subject) == ("ask", "command", "act")


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_made_harmless_in_csv_only(tmp_path: Path) -> None:
    table = files.Table(tmp_path, "assets", ("host",), None)
    table.add({"host": "=cmd()"})
    table.close()
    assert (tmp_path / "assets.csv").read_bytes() == b'"host"\r\n"\'=cmd()"\r\n'
    assert json.loads((tmp_path / "assets.json").read_text()) == [{"host": "=cmd()"}]
