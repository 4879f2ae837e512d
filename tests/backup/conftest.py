"""Homes for tests of backup and restore: each test runs on SQLite and on PostgreSQL unless it says otherwise."""

import functools
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
SETTINGS = {"action": {"collect_seconds": 0}}


class Server:
    """Makes databases on a PostgreSQL server of our own, begun when the first is wanted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._url = stack, ""

    def database(self, like: str = "") -> str:
        """The URL of a new one: empty, or with the contents of that of the URL ``like``."""
        self._url = self._url or self._stack.enter_context(postgresql_server())
        name = f"backup{next(_NUMBERS)}"
        copied = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        with psycopg.connect(self._url.format(name="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{copied}".encode())
        return self._url.format(name=name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """See Server."""
    with ExitStack() as stack:
        yield Server(stack)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Callable[[str, int], Place]:
    """The place with so many PCs on a database of a kind, to be copied. It is filled once."""

    @functools.cache
    def make(kind: str, pcs: int) -> Place:
        url = server.database() if kind == "postgresql" else ""
        place = Place(tmp_path_factory.mktemp("filled") / "home", SETTINGS, database=url)
        return place.filled(pcs) if pcs else place.setup()

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def make_place(tmp_path: Path, server: Server, filled: Callable[[str, int], Place]) -> Iterator[Callable[..., Place]]:
    """Makes homes on a database of ``kind``, not set up, or copied with ``pcs`` PCs; ends their Managers."""
    made: list[Place] = []

    def make(kind: str, pcs: int | None = None, **settings: dict[str, Any]) -> Place:
        like = filled(kind, pcs) if pcs is not None and not settings else None
        url = server.database(like.database if like else "") if kind == "postgresql" else ""
        one = Place(tmp_path / f"home{len(made)}", SETTINGS | settings, database=url)
        made.append(one)
        if like:
            one.setup(like.home)
        elif pcs is not None:
            one.filled(pcs)
        return one

    yield make
    for one in made:
        one.stop()
