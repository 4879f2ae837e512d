"""From the setting database.url to Django's settings."""

from typing import Any

import pytest

from kanmon import settings
from kanmon.common import config

CASES: dict[str, dict[str, Any]] = {
    "postgresql://kanmon:p%40ss@db.example.com:5433/kanmon": {
        "HOST": "db.example.com", "PORT": "5433", "USER": "kanmon", "PASSWORD": "p@ss", "NAME": "kanmon"
    },
    "postgresql://kanmon@%2FRun%2Fpostgresql/kanmon": {"HOST": "/Run/postgresql", "PORT": "", "NAME": "kanmon"},
    "postgresql:///kanmon?host=/run/postgresql&port=5433": {"HOST": "/run/postgresql", "PORT": "5433", "OPTIONS": {}},
    "postgresql://kanmon@db1,db2,db3/kanmon?target_session_attrs=read-write": {
        "HOST": "db1,db2,db3", "PORT": "", "OPTIONS": {"target_session_attrs": "read-write"}
    },
    "postgresql://kanmon@db1:5433,[fe80::1]:5434/kanmon": {"HOST": "db1,fe80::1", "PORT": "5433,5434"},
    "postgresql://kanmon@[::1]:5432/kanmon": {"HOST": "::1", "PORT": "5432"},
    "postgresql://kanmon@db/kanmon?sslmode=verify-full&sslrootcert=/etc/ca.pem": {
        "HOST": "db", "OPTIONS": {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    },
}  # fmt: skip


@pytest.mark.parametrize("url", CASES)
def test_a_url_is_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_DATABASE_URL", url)
    config.forget()
    found = settings._database()
    config.forget()
    assert found["ENGINE"] == "django.db.backends.postgresql"
    found["OPTIONS"] = {name: value for name, value in found["OPTIONS"].items() if name not in settings.LIMITS}
    assert {name: found[name] for name in CASES[url]} == CASES[url]
