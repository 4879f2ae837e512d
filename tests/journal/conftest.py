"""A fresh SQLite database for the tests of the journal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.databases import Sqlite, home


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
