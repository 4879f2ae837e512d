"""The driver command, and programs that hang, write without end, fail, say nonsense, or belong to somebody else."""

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from kanmon.agent.drivers import command, make, process
from kanmon.agent.drivers.base import Change, Driver, Entry
from kanmon.common.errors import Refused
from kanmon.wire import Setup
from tests.agent.drivers.benches import EXAMPLE
from tests.conftest import until

PC = "02:00:00:00:00:01"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that only we can change."""
    folder = Path(os.path.realpath(tmp_path)) / "programs"
    folder.mkdir(mode=0o755)
    return folder


def driver(programs: Path, script: str, **settings: Any) -> Driver:
    """A driver whose program is ``script``, for sh."""
    program = programs / "device"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return make("command", {"program": str(program), **settings}, programs)


def why(driver: Driver) -> str:
    """The id of what ``apply`` says of a PC."""
    (told,) = driver.apply([Change(PC, "deny")])
    assert (told.mac, told.result) == (PC, "failed")
    return told.sentence[:9]


def test_one_that_hangs_is_ended(programs: Path) -> None:
    assert why(driver(programs, "sleep 3600", seconds=1)) == "KNM8321-E"


def test_one_that_leaves_something_in_the_background_is_ended_with_it(programs: Path) -> None:
    script = f"sleep 3600 & echo $! > {programs}/pid\nwait"
    assert why(driver(programs, script, seconds=1)) == "KNM8321-E"
    pid = int((programs / "pid").read_text())
    until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_that_writes_without_end_is_ended(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ANSWER_BYTES", 100_000)
    assert why(driver(programs, "yes")) == "KNM8322-E"


def test_one_that_complains_without_end_still_answers(programs: Path) -> None:
    script = 'head -c 5000000 /dev/zero >&2; echo "{}"'
    driver(programs, script).whole([Entry(PC, "deny")], Setup())


def test_one_that_does_not_read_its_input_still_answers(programs: Path) -> None:
    entries = [Entry(f"02:00:00:00:{n // 256:02x}:{n % 256:02x}", "deny") for n in range(5000)]
    driver(programs, 'echo "{}"').whole(entries, Setup())


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no route to device >&2; exit 3", "KNM8323-E"),
        ("kill -9 $$", "KNM8323-E"),
        ("echo done", "KNM8324-E"),
        ("echo '[]'", "KNM8324-E"),
        ('echo \'{"applied":[{"mac":1}]}\'', "KNM8324-E"),
        ("printf '\\377'", "KNM8324-E"),
        ("echo '{\"able\":false}'", "KNM8324-E"),
        ("echo '{}'", "KNM8325-E"),
        (f'echo \'{{"applied":[{{"mac":"{PC}","result":"perhaps"}}]}}\'', "KNM8324-E"),
    ],
)
def test_what_is_no_answer_is_a_failure_that_says_why(programs: Path, script: str, told: str) -> None:
    assert why(driver(programs, script)) == told


def test_its_complaint_is_told(programs: Path) -> None:
    (told,) = driver(programs, "echo no route to device >&2; exit 3").apply([Change(PC, "deny")])
    assert "no route to device" in told.sentence


def test_a_program_that_is_gone_is_a_failure(programs: Path) -> None:
    made = driver(programs, "echo '{}'")
    (programs / "device").unlink()
    assert why(made) == "KNM8320-E"
    assert made.health().id == "KNM8320-E"


def test_its_own_check_is_its_health(programs: Path) -> None:
    assert driver(programs, "echo '{}'").health().id == ""
    health = driver(programs, 'echo \'{"sentence":"Two fans stand still."}\'').health()
    assert health.id == "KNM8326-W"
    assert "Two fans stand still." in health.sentence


def test_a_device_that_can_not_list_or_see_is_taken_as_it_is(programs: Path) -> None:
    made = driver(programs, "echo '{\"able\":false}'")
    assert made.drift([Entry(PC, "deny")]) == []
    assert made.seen() == []


def test_what_it_has_seen_is_never_later_than_now(programs: Path) -> None:
    seen = '{"mac":"02:00:00:00:00:01","network":"quarantine","at":"2999-01-01T00:00:00Z","ip":"192.0.2.1"}'
    (one,) = driver(programs, f"echo '{{\"seen\":[{seen}]}}'").seen()
    assert one.at.year < 2999
    assert (one.mac, one.network, one.ip) == (PC, "quarantine", "192.0.2.1")


def test_it_is_started_with_a_small_environment_and_what_is_asked(programs: Path) -> None:
    os.environ["SECRET_OF_THE_AGENT"] = "x"
    try:
        driver(programs, f"env > {programs}/seen; cat > {programs}/asked; echo '{{}}'").whole(
            [Entry(PC, "deny")], Setup()
        )
    finally:
        del os.environ["SECRET_OF_THE_AGENT"]
    environment = (programs / "seen").read_text()
    assert "SECRET" not in environment
    assert "KANMON_DO=whole" in environment
    assert f'"mac":"{PC}","state":"deny","network":"quarantine"' in (programs / "asked").read_text()


@pytest.mark.parametrize(
    "wrong", ["others may write", "its folder", "not executable", "a folder", "relative", "absent"]
)
def test_what_others_can_change_is_not_run(programs: Path, wrong: str) -> None:
    program = programs / "device"
    shutil.copy(EXAMPLE, program)
    program.chmod(0o755)
    name = str(program)
    if wrong == "others may write":
        program.chmod(0o757)
    elif wrong == "its folder":
        programs.chmod(0o777 | stat.S_ISVTX)
    elif wrong == "not executable":
        program.chmod(0o644)
    elif wrong == "a folder":
        name = str(programs)
    else:
        name = "device" if wrong == "relative" else str(programs / "none")
    with pytest.raises(Refused) as refused:
        make("command", {"program": name}, programs)
    assert refused.value.message_id == "KNM8320-E"


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_time_limits_are_bounded(programs: Path, seconds: int) -> None:
    with pytest.raises(Refused, match="seconds"):
        driver(programs, "echo '{}'", seconds=seconds)


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = process.call((str(tmp_path / "none"),), b"", 5, 100, {})
    assert done.status != 0
    assert "none" in done.complaint or "No such file" in done.complaint
