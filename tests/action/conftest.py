"""What the tests of actions share: a fresh SQLite database in a home of its own, and receivers of webhooks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kanmon.common import config
from tests.action.commands import Programs
from tests.conformance.databases import Sqlite, home
from tests.receiver import Receiver, receiving


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Sqlite:
    """The maker of databases."""
    with django_db_blocker.unblock():
        return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def database(sqlite: Sqlite, django_db_blocker: Any, tmp_path: Path) -> Iterator[Path]:
    """A fresh database in a home of its own; gives the home."""
    with django_db_blocker.unblock(), sqlite.fresh(), home(tmp_path / "home") as folder:
        yield folder


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets settings of [webhook] for this test."""

    def use(**settings: Any) -> None:
        for name, value in settings.items():
            text = ",".join(value) if isinstance(value, list) else str(value)
            monkeypatch.setenv(f"KANMON_WEBHOOK_{name.upper()}", text)
        config.forget()

    yield use
    monkeypatch.undo()
    config.forget()


@pytest.fixture
def receiver(use: Any, tmp_path: Path) -> Iterator[Receiver]:
    """A receiver by HTTP that the settings call "siem"."""
    with receiving() as one:
        use(**one.settings("siem", tmp_path / "webhook-secrets"), timeout_seconds=5)
        yield one


@pytest.fixture
def programs(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A folder of programs."""
    tmp_path.chmod(0o755)
    return Programs(tmp_path, monkeypatch)
