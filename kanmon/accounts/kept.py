"""Django's cache as a table: what rate limits count, and which one-time codes were used, holds for all nodes.

In a process's memory each node would count for itself: two nodes, twice as many guesses; a restart, all of them anew;
a code of a second factor, once on each node. Values are JSON, never pickles: who can write to the database must not be
able to run code here. What is over is removed when something is written, a bounded number at a time.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from kanmon.accounts.models import Kept
from kanmon.common import clock
from kanmon.journal.writing import sql_time, transaction

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
SWEPT_ROWS = 100
_WRITE = (
    "INSERT INTO kept (key, value, expires) VALUES (%s, %s, %s)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)


class KeptInTable(BaseCache):
    """The rows of table ``kept``, by key."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _expires(self, timeout: Any) -> datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return FOR_EVER if seconds is None else clock.now() + timedelta(seconds=seconds)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value of ``key``; ``default`` when there is none, or it is over."""
        found = Kept.objects.filter(key=self.make_and_validate_key(key, version), expires__gt=clock.now())
        value = found.values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep ``value``, which is JSON, for ``timeout`` seconds."""
        self._write(_WRITE, key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep ``value`` if there is none; of two who do it at once, on any nodes, one is told True."""
        return self._write(f"{_WRITE} WHERE kept.expires <= %s", key, value, timeout, version, sql_time(clock.now()))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget ``key``; whether there was one."""
        with transaction():
            return bool(Kept.objects.filter(key=self.make_and_validate_key(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything (tests)."""
        with transaction():
            Kept.objects.all().delete()

    def _write(self, sql: str, key: str, value: Any, timeout: Any, version: int | None, *more: Any) -> bool:
        key, text = self.make_and_validate_key(key, version), json.dumps(value)
        with transaction():
            over = Kept.objects.filter(expires__lte=clock.now()).exclude(key=key)
            Kept.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:SWEPT_ROWS])).delete()
            with connection.cursor() as cursor:
                cursor.execute(sql, [key, text, sql_time(self._expires(timeout)), *more])
                return cursor.rowcount > 0
