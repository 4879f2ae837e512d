"""Scheduled backups: made when they are due, the oldest removed, and a failure is said; on both databases."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kanmon.backup import schedule
from kanmon.backup.check import open_backup
from kanmon.backup.health import health
from kanmon.common import clock, config
from kanmon.journal.models import Entry
from kanmon.journal.writing import TermLost
from tests.conformance.conftest import database as database
from tests.conformance.conftest import databases as databases
from tests.conformance.work import begin, crash, leader


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where backups go, one a day, two kept."""
    path = tmp_path / "backups"
    path.mkdir()
    for name, value in {"FOLDER": str(path), "EVERY_HOURS": "24", "KEEP": "2"}.items():
        monkeypatch.setenv(f"KANMON_BACKUP_{name}", value)
    config.forget()
    return path


def later(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """The clock goes on."""
    then = clock.now() + timedelta(**more)
    monkeypatch.setattr(clock, "now", lambda: then)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_is_made_when_the_newest_is_old_enough(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    begin("one", subject="in the backup")
    schedule.duty(lead.term)
    schedule.duty(lead.term)
    assert len(names(folder)) == 1
    with open_backup(folder / names(folder)[0]) as reader:
        assert reader.manifest.table("operation").rows == 1  # type: ignore[union-attr]
    assert Entry.objects.get(event=schedule.MADE).detail["id"] == "KNM4220-I"
    later(monkeypatch, hours=23)
    schedule.duty(lead.term)
    assert len(names(folder)) == 1
    later(monkeypatch, hours=2)
    schedule.duty(lead.term)
    assert len(names(folder)) == 2
    assert health() == []


def test_the_newest_are_kept_and_other_files_are_not_touched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    others = ["kanmon-backup-20200101T000000Z.zip", "notes.txt"]
    for name in others:
        (folder / name).touch()
    made = []
    for _ in range(4):
        schedule.duty(lead.term)
        made.append(names(folder)[-2])
        later(monkeypatch, days=2)
    scheduled = [name for name in names(folder) if name.startswith(schedule.SCHEDULED)]
    assert len(scheduled) == 2
    assert set(others) <= set(names(folder))
    assert scheduled == sorted(made)[-2:]


def test_a_failure_is_a_warning_until_one_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    folder.rmdir()
    schedule.duty(lead.term)
    schedule.duty(lead.term)
    assert Entry.objects.filter(event=schedule.FAILED).count() == 1, "it is not tried again at once"
    (id, params), *_ = health()
    assert id == "KNM4232-W"
    assert str(folder) in params["sentence"]
    folder.mkdir()
    later(monkeypatch, hours=2)
    schedule.duty(lead.term)
    assert health() == []
    later(monkeypatch, hours=50)
    assert [id for id, _ in health()] == ["KNM4243-W"]


def test_without_a_folder_there_is_none_and_no_warning() -> None:
    schedule.duty(leader().term)
    assert health() == []
    assert not Entry.objects.filter(event__in=[schedule.MADE, schedule.FAILED]).exists()


def test_who_is_deposed_notes_nothing(folder: Path) -> None:
    lead = leader()
    crash(lead)
    leader()
    with pytest.raises(TermLost):
        schedule.duty(lead.term)
    assert not Entry.objects.filter(event=schedule.MADE).exists()
