"""Whoever asks, and whenever: a command of one place is started once, and what became of it can be told."""

import signal
import time
from pathlib import Path

import pytest

from kanmon.supervise import place as places
from kanmon.supervise.place import Fate
from tests.conftest import until
from tests.supervise.one import MARK, alive, begin, ended, go, make, number_in, wake

COUNTING = "#!/bin/sh\necho once >> ../ledger\nwhile [ -e held ]; do sleep 0.02; done\n"


def ledger(place: Path) -> int:
    """How many times the command was started."""
    path = place / "ledger"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_without_a_word_it_does_nothing(tmp_path: Path) -> None:
    place = make(tmp_path, COUNTING)
    supervisor = wake(place)
    assert supervisor.stdin is not None
    supervisor.stdin.close()
    assert supervisor.wait(60) == 0
    assert places.look(place, MARK) == (Fate.NEVER_STARTED, None)
    assert not [one.name for one in place.iterdir() if one.name.startswith(".")], "nothing is left behind"


def test_a_word_that_comes_late_is_not_obeyed(tmp_path: Path) -> None:
    """As from a Manager that stood still for longer than its lease."""
    place = make(tmp_path, COUNTING)
    assert go(wake(place), until=time.monotonic() - 0.001) == "late"
    assert (places.look(place, MARK), ledger(place)) == ((Fate.NEVER_STARTED, None), 0)
    assert go(wake(place), until=time.monotonic() + 60) == "started"
    ended(place)


def test_a_second_supervisor_does_nothing_while_the_first_runs_and_afterwards(tmp_path: Path) -> None:
    place = make(tmp_path, COUNTING)
    (place / "files" / "held").touch()
    begin(place)
    until(lambda: ledger(place), 60)
    assert go(wake(place)) == "taken"
    assert places.look(place, MARK)[0] is Fate.RUNNING
    (place / "files" / "held").unlink()
    first = ended(place)
    assert go(wake(place)) == "taken"
    assert (ended(place), ledger(place)) == (first, 1)


def test_of_many_at_once_one_starts_it(tmp_path: Path) -> None:
    place = make(tmp_path, COUNTING)
    supervisors = [wake(place) for _ in range(8)]
    for one in supervisors:
        assert one.stdin is not None
        one.stdin.write("go inf\n")
        one.stdin.flush()
    answers = [one.stdout.readline().strip() for one in supervisors if one.stdout is not None]
    assert sorted(answers) == ["started", *["taken"] * 7]
    ended(place)
    assert ledger(place) == 1


@pytest.mark.parametrize(
    ("point", "fate", "started"),
    [
        ("supervise_before_lock", Fate.NEVER_STARTED, 0),
        ("supervise_locked", Fate.LOST, 0),
        ("supervise_ended", Fate.LOST, 1),
        ("supervise_before_rename", Fate.LOST, 1),
        ("supervise_after_rename", Fate.ENDED, 1),
        ("supervise_result", Fate.ENDED, 1),
    ],
)
def test_killed_between_two_steps_it_is_never_said_that_nothing_was_started_when_something_was(
    point: str, fate: Fate, started: int, tmp_path: Path
) -> None:
    place = make(tmp_path, COUNTING)
    supervisor = begin(place, fault=f"{point}:1=kill")
    assert supervisor.wait(60) == -signal.SIGKILL
    assert (places.look(place, MARK)[0], ledger(place)) == (fate, started)
    if fate is not Fate.NEVER_STARTED:
        assert go(wake(place)) == "taken"
    assert ledger(place) == started


def test_a_sealed_place_is_never_started_and_a_started_one_can_not_be_sealed(tmp_path: Path) -> None:
    place, started = make(tmp_path / "one", COUNTING), make(tmp_path / "two", COUNTING)
    asked_before = wake(place)
    assert places.seal(place)
    assert places.seal(place), "again, by the next one who wants to know"
    assert (go(asked_before), go(wake(place))) == ("taken", "taken")
    assert (places.look(place, MARK), ledger(place)) == ((Fate.NEVER_STARTED, None), 0)
    begin(started)
    assert not places.seal(started)
    ended(started)
    assert not places.seal(started)


def test_a_supervisor_that_is_killed_takes_its_program_with_it(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\necho $$ > pid\nwhile :; do sleep 1; done\n")
    supervisor = begin(place)
    program = number_in(place / "files" / "pid")
    supervisor.kill()
    supervisor.wait()
    until(lambda: not alive(program), 60)
    assert places.look(place, MARK) == (Fate.LOST, None)


def test_a_disk_that_fails_leaves_no_result_rather_than_a_doubtful_one(tmp_path: Path) -> None:
    place = make(tmp_path, COUNTING)
    supervisor = begin(place, fault="supervise_before_rename:1=error")
    assert supervisor.wait(60) != 0
    assert places.look(place, MARK) == (Fate.LOST, None)


def test_the_files_of_another_run_say_nothing_about_this_one(tmp_path: Path) -> None:
    place = make(tmp_path, COUNTING)
    begin(place)
    ended(place)
    assert places.look(place, "1-1-another") == (Fate.GONE, None)
    assert places.look(tmp_path / "nowhere", MARK) == (Fate.GONE, None)
