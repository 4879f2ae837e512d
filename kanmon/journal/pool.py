"""How the pool of PostgreSQL connections behaves while the database is away.

Left to itself, psycopg's pool tries again after 1, 2, 4, 8, ... seconds, for five minutes: a database that was away for
20 seconds is then not seen for another 10. So an attempt is given up after ``RECONNECT_SECONDS``, and as long as
somebody waits, somebody asks again, which is what makes the pool begin another one.
"""

import threading
from typing import Any

from kanmon.common import config

RECONNECT_SECONDS = 1.0
AGAIN_SECONDS = 0.2
WAIT_SECONDS = 10.0  # how long a page waits for a connection


def options() -> dict[str, object]:
    """Those of ``psycopg_pool.ConnectionPool``."""
    return {
        "min_size": 2, "max_size": int(config.get("database.pool")), "timeout": WAIT_SECONDS,
        "reconnect_timeout": RECONNECT_SECONDS, "reconnect_failed": begin_again,
    }  # fmt: skip


def begin_again(pool: Any) -> None:
    """Ask ``pool`` for a connection a moment later, for those who wait. Asking counts as waiting: once begun it goes on
    until the database is back. The pool makes one such attempt at a time, however many ask.
    """
    if pool.get_stats().get("requests_waiting"):
        timer = threading.Timer(AGAIN_SECONDS, _ask, [pool])
        timer.daemon = True
        timer.start()


def _ask(pool: Any) -> None:
    from psycopg_pool import PoolClosed, PoolTimeout

    try:
        with pool.connection(timeout=RECONNECT_SECONDS):
            pass
    except (PoolClosed, PoolTimeout):
        return
