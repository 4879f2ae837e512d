"""Each test of this folder runs on SQLite and on PostgreSQL: one suite that every database must pass."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.databases import Postgresql, Sqlite, home, postgresql_server


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The makers of databases, each begun when it is first wanted, ended with the tests."""
    with ExitStack() as stack, django_db_blocker.unblock():
        makers: dict[str, Any] = {}

        class Lazy(dict[str, Any]):
            def __missing__(self, name: str) -> Any:
                if name == "sqlite":
                    self[name] = Sqlite(tmp_path_factory.mktemp("sqlite"))
                else:
                    self[name] = Postgresql(stack.enter_context(postgresql_server()))
                return self[name]

        makers = Lazy()
        yield makers


@pytest.fixture(params=["sqlite", "postgresql"], autouse=True)
def database(
    request: pytest.FixtureRequest, databases: dict[str, Any], django_db_blocker: Any, tmp_path: Path
) -> Iterator[str]:
    """A fresh database of this kind; gives its vendor."""
    with django_db_blocker.unblock(), databases[request.param].fresh(), home(tmp_path / "home"):
        yield request.param
