"""While the database is away, the pool goes on looking for it as long as somebody waits."""

import itertools
import threading
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool, PoolTimeout

from kanmon.journal import pool


def test_it_looks_again_soon_and_as_long_as_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "RECONNECT_SECONDS", 0.2)
    attempts = itertools.count()
    made: list[int] = []

    class Away(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *_: Any, **__: Any) -> Any:
            made.append(next(attempts))
            raise psycopg.OperationalError("the database is away")

    def ask(one: ConnectionPool[Any]) -> None:
        with pytest.raises(PoolTimeout), one.connection():
            pass

    with ConnectionPool("", connection_class=Away, open=True, **pool.options() | {"timeout": 8}) as one:  # type: ignore[arg-type]
        waiting = threading.Thread(target=ask, args=(one,))
        waiting.start()
        waiting.join(120)
        assert not waiting.is_alive()
    assert len(made) > 12, "doubling the pause each time, two connections are asked for eight times"
    assert pool.options()["max_size"] == 30
