"""How the pool of PostgreSQL connections behaves while the database is away.

Left to itself, psycopg's pool tries again after 1, 2, 4, 8, ... seconds, for five minutes: a database that was away for
20 seconds is then not seen for another 10. So an attempt is given up after ``RECONNECT_SECONDS``; whoever asks next
begins a new one, and those who wait already have one begun for them.
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
    """Begin another attempt for those who wait for a connection of ``pool``, a moment later, unless one runs."""
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
