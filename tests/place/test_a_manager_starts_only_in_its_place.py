"""Start is refused, with a sentence and exit status 8, where disk or address are missing or somebody else is alive."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import KANMON, ManagerProcess, pc_json, until
from tests.place.machines import Machine, command, pair, require, set_up

NOT_HERE = 8


def start(manager: ManagerProcess) -> tuple[int, str]:
    """Exit status and the sentence of a start that is expected to end by itself."""
    done = manager.run("manager", "--listen", f"127.0.0.1:{manager.port}", check=False)
    return done.returncode, done.stderr


def test_a_disk_that_is_not_mounted(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    missing = tmp_path / "disk"
    missing.mkdir()
    manager = make_manager(cluster={"mount": str(missing)}, database={"shared_disk": True})
    for status, said in (start(manager), _checked(manager)):
        assert status == NOT_HERE
        assert said.startswith(f"KNM4180-E {missing} is not mounted")


def _checked(manager: ManagerProcess) -> tuple[int, str]:
    done = manager.run("check", "--start", check=False)
    return done.returncode, done.stderr


def test_an_address_that_is_not_here(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(cluster={"address": "198.51.100.7"})
    status, said = start(manager)
    assert status == NOT_HERE
    assert said.startswith("KNM4182-E The address 198.51.100.7 is on no interface")
    assert manager.run("status").returncode == 0  # looking needs no address


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """The folder of the test, as a disk of its own; the disk that it is on for whoever may not mount."""
    if os.geteuid():
        yield next(one for one in tmp_path.parents if one.is_mount())
        return
    subprocess.run(["mount", "-t", "tmpfs", "disk", str(tmp_path)], check=True)
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_everything_in_place(mounted: Path, make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(cluster={"mount": str(mounted), "address": "127.0.0.1"}, database={"shared_disk": True})
    assert manager.run("check", "--start").stdout == "A Manager may start here.\n"
    manager.start()
    status, said = _checked(manager)
    assert (status, said[:9]) == (NOT_HERE, "KNM4006-E")


@pytest.fixture
def through_a_program(tmp_path: Path) -> Iterator[Path]:
    """A file system that a program serves."""
    require("fuse2fs", "mkfs.ext4")
    image, folder = tmp_path / "image", tmp_path / "fuse"
    folder.mkdir()
    with open(image, "wb") as file:
        file.truncate(64 * 2**20)
    command("mkfs.ext4", "-q", str(image))
    command("fuse2fs", str(image), str(folder), "-o", "rw")
    yield folder
    command("umount", str(folder))


def test_a_home_on_a_file_system_that_a_program_serves(through_a_program: Path) -> None:
    manager = ManagerProcess(through_a_program / "home")
    manager.home.mkdir()
    status, said = start(manager)
    assert status == 1
    assert said.startswith("KNM4184-E")
    assert "fuse" in said


def test_a_wal_that_was_left_behind_is_taken_into_the_one_file(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(action={"collect_seconds": 0}).start()
    token = manager.token()
    for number in range(20):
        assert manager.post(json.dumps(pc_json(number)).encode(), token)[0] == 200
    manager.kill()
    wal = manager.home / "kanmon.sqlite3-wal"
    assert wal.stat().st_size > 0
    with open(manager.home / "kanmon.toml", "a") as file:
        file.write("[database]\nshared_disk = true\n")
    manager.start()
    until(manager.idle, 60)
    assert len(manager.json("pcs")) == 20
    assert not wal.exists()
    manager.stop()
    manager.run("pcs")  # a reader leaves the mode alone
    with sqlite3.connect(manager.home / "kanmon.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_database_that_others_have_open_is_not_converted(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(database={"shared_disk": True})
    with sqlite3.connect(manager.home / "kanmon.sqlite3", isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM pc").fetchone()
        status, said = start(manager)
    other.close()
    assert (status, said[:9]) == (NOT_HERE, "KNM4188-E")


def test_two_machines_with_the_disk_at_once_find_each_other_on_it(tmp_path: Path, ready_made: Path) -> None:
    with pair(tmp_path) as (_lan, first, second):
        home = set_up(first, ready_made)
        for one in (first, second):  # without fencing: both have address and disk
            one.mount()
            one.take_address()
            _serve(one, home)
            if one is first:
                until(lambda: "Kanmon serves" in first.path("/run/out").read_text(), 60)
                first.run("sync")
        until(lambda: second.path("/run/status").exists(), 60)
        assert second.path("/run/status").read_text() == f"{NOT_HERE}\n"
        assert "KNM4183-E Another Manager is alive on the disk" in second.path("/run/out").read_text()
        assert "nA (host nA" in second.path("/run/out").read_text()
        assert not first.path("/run/status").exists()

        mark = "from pathlib import Path; from kanmon.cluster import holder;"
        mark += f" holder.Hold(Path({str(home / 'run')!r}), beats=False)"  # it had looked a moment earlier
        second.run(str(Path(KANMON).with_name("python")), "-c", mark, environment={"KANMON_NODE": "nB"})
        until(lambda: first.path("/run/status").exists(), 30)
        assert first.path("/run/status").read_text() == f"{NOT_HERE}\n"
        assert "KNM4187-E This Manager ends at once: nB" in first.path("/run/out").read_text()


def _serve(machine: Machine, home: Path) -> None:
    """Start a Manager in the background; its words are in /run/out, its exit status in /run/status."""
    line = f"{{ {KANMON} manager --listen 127.0.0.1:8080; echo $? >/run/status; }} >/run/out 2>&1 &"
    machine.run("sh", "-c", line, environment={"KANMON_HOME": str(home), "KANMON_NODE": machine.name})
