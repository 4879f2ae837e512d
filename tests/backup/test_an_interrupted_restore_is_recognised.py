"""kill -9 in the middle of a restore: no Manager starts on the half of it, and the same command goes on."""

import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backup.places import Place
from tests.conftest import CAMPAIGN

Make = Callable[..., Place]
BEFORE = ["restore_marked:1", "restore_loaded:1", "takeover_before_commit:1"]
AFTER = {
    "sqlite": [
        "restore_exchanging:1",
        "restore_between_files:1",
        "restore_file_exchanged:2",
        "restore_between_files:5",
    ],
    "postgresql": [
        "restore_committed:1",
        "restore_exchanging:1",
        "restore_between_files:3",
        "restore_file_exchanged:4",
    ],
}


HOSTS = ["pc-0000", "pc-0001", "pc-0002"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of three PCs, with its secrets. Where it comes from makes no difference here."""
    folder = tmp_path_factory.mktemp("made")
    Place(folder / "home", {"action": {"collect_seconds": 0}}).filled(3).run(
        "backup", "--with-secrets", "--to", str(folder / "made.zip")
    )
    return folder / "made.zip"


def killed(place: Place, made: Path, point: str) -> None:
    """``kanmon restore``, killed at ``point``; then no Manager works on the home."""
    done = place.kanmon("restore", str(made), "--replace", fault=f"{point}=kill")
    assert done.returncode == -signal.SIGKILL, done
    refused = place.kanmon("manager", "--listen", f"127.0.0.1:{place.port}")
    assert refused.returncode != 0
    assert "KNM4229-E" in refused.stderr
    assert str(made) in refused.stderr, "which one it was"


def hosts(place: Place) -> list[str]:
    return sorted(row["host"] for row in place.json("pcs"))


def key_of(made: Path) -> bytes:
    with zipfile.ZipFile(made) as file:
        return file.read("secrets/data-key")


@pytest.mark.parametrize("number", range(len(BEFORE) if CAMPAIGN else 2))
def test_before_the_exchange_it_begins_anew_or_is_given_up(
    make_place: Make, kind: str, made: Path, number: int
) -> None:
    place = make_place(kind, 0)
    key, before = (place.home / "secrets" / "data-key").read_bytes(), place.content()
    killed(place, made, BEFORE[number])
    assert place.content() == before, "the database is what it was"
    if number == 1:
        place.run("restore", "--give-up")
        assert (place.home / "secrets" / "data-key").read_bytes() == key
        assert not list(place.home.rglob("*.restoring*"))
        assert hosts(place) == []
        assert "KNM4248-E" in place.run("restore", "--give-up", check=False).stderr
    place.run("restore", str(made), "--replace")
    assert hosts(place) == HOSTS
    assert (place.home / "secrets" / "data-key").read_bytes() == key_of(made)
    place.start()


@pytest.mark.parametrize("number", range(4) if CAMPAIGN else [1, 2])
def test_in_the_exchange_it_can_only_be_finished(make_place: Make, kind: str, made: Path, number: int) -> None:
    place = make_place(kind, 0)
    killed(place, made, AFTER[kind][number])
    words = ["restore", "--give-up"] if number == 1 else ["restore", str(made)]
    assert "KNM4240-I" in place.run(*words).stdout
    assert hosts(place) == HOSTS
    assert (place.home / "secrets" / "data-key").read_bytes() == key_of(made)
    assert not list(place.home.rglob("*.restoring*"))
    place.start()
    assert sum("KNM4230-W" in line for line in place.log().splitlines()) == 1
    assert place.json("actions", "held")["lanes"]


def test_no_command_works_on_half_a_restore(make_place: Make, made: Path) -> None:
    place = make_place("sqlite")
    killed(place, made, "restore_between_files:6")
    assert not (place.home / "kanmon.sqlite3").exists()
    for words in (["setup"], ["backup"], ["judge", "--all"], ["status"]):
        refused = place.kanmon(*words)
        assert refused.returncode != 0, words
        assert "KNM4229-E" in refused.stderr, (words, refused.stderr)
    assert not (place.home / "kanmon.sqlite3").exists(), "none has made an empty one"


def test_a_restore_that_fails_leaves_the_home_as_it_was(make_place: Make, kind: str, made: Path) -> None:
    place = make_place(kind, 0)
    before = place.content()
    failed = place.kanmon("restore", str(made), "--replace", fault="restore_loaded:1=error")
    assert failed.returncode != 0
    assert place.content() == before
    assert not (place.home / "restore.json").exists()
    place.start()
    assert hosts(place) == []
