"""A PostgreSQL server of a bench's own, with fsync, and a fresh database each time."""

import contextlib
import itertools
from collections.abc import Callable, Iterator

import psycopg

from tests.postgresql import postgresql_server


@contextlib.contextmanager
def server() -> Iterator[Callable[[], str]]:
    """Gives a function that makes a database and returns its URL."""
    numbers = itertools.count()
    with (
        postgresql_server(durable=True) as url,
        psycopg.connect(url.format(name="postgres"), autocommit=True) as connection,
    ):

        def make() -> str:
            name = f"bench_{next(numbers)}"
            connection.execute(f"CREATE DATABASE {name}".encode())
            return url.format(name=name)

        yield make
