"""Homes for tests of backup and restore: each test runs on SQLite and on PostgreSQL unless it says otherwise."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.backup.places import Place
from tests.conformance.databases import postgresql_server

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[], str]]:
    """Makes a new database on a PostgreSQL server of our own, begun when it is first wanted; its URL."""
    with ExitStack() as stack:
        urls: list[str] = []

        def make() -> str:
            if not urls:
                urls.append(stack.enter_context(postgresql_server()))
            name = f"backup{next(_NUMBERS)}"
            with psycopg.connect(urls[0].format(name="postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return urls[0].format(name=name)

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def make_place(tmp_path: Path, server: Callable[[], str]) -> Iterator[Callable[..., Place]]:
    """Makes homes on a database of ``kind``, not set up; ends their Managers."""
    made: list[Place] = []

    def make(kind: str, **settings: dict[str, Any]) -> Place:
        url = server() if kind == "postgresql" else ""
        one = Place(tmp_path / f"home{len(made)}", {"action": {"collect_seconds": 0}} | settings, database=url)
        made.append(one)
        return one

    yield make
    for one in made:
        one.stop()
