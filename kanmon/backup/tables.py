"""What a database consists of, read from the database itself, so that no table can be forgotten here.

A backup made before an upgrade has the tables of the version before it; nothing in here knows models.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kanmon.backup.manifest import Column

Fetch = Callable[..., list[tuple[Any, ...]]]

LEFT_OUT = {
    "django_session": "who is signed in: after a restore people sign in again, and nobody is in who had signed out",
    "session_use": "goes with the sessions",
    "django_migrations": "stands in the manifest, and is made anew with the tables",
}

_POSTGRESQL = {
    "bigint": "int", "integer": "int", "smallint": "int", "boolean": "bool", "double precision": "real",
    "character varying": "text", "text": "text", "jsonb": "json", "timestamp with time zone": "time", "date": "date",
    "bytea": "bytes",
}  # fmt: skip
_SQLITE = {
    "bigint": "int", "integer": "int", "smallint": "int", "bool": "bool", "real": "real", "varchar": "text",
    "text": "text", "datetime": "time", "date": "date", "blob": "bytes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A table that was found. ``numbered``: the column whose numbers the database gives out; "" when it has none."""

    name: str
    columns: list[Column]
    numbered: str


def of_sqlite(fetch: Fetch) -> list[Found]:
    """The tables of a SQLite database."""
    found = []
    for name, sql in fetch("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        if name.startswith("sqlite_") or name in LEFT_OUT:
            continue
        told = fetch(f'PRAGMA table_info("{name}")')
        columns = [Column(row[1], _kind(_SQLITE, name, row[1], row[2])) for row in told]
        key = next((row[1] for row in told if row[5]), "")
        found.append(Found(name, columns, key if "AUTOINCREMENT" in sql.upper() else ""))
    return found


def of_postgresql(fetch: Fetch) -> list[Found]:
    """The tables of a PostgreSQL database, in the schema in use."""
    names = [
        name
        for (name,) in fetch(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
            " ORDER BY c.relname"
        )
        if name not in LEFT_OUT
    ]
    found = []
    for name in names:
        told = fetch(
            "SELECT column_name, data_type, is_identity FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            [name],
        )
        columns = [Column(column, _kind(_POSTGRESQL, name, column, kind)) for column, kind, _ in told]
        found.append(Found(name, columns, next((row[0] for row in told if row[2] == "YES"), "")))
    return found


def _kind(known: dict[str, str], table: str, column: str, declared: str) -> str:
    kind = known.get(declared.lower().partition("(")[0].removesuffix(" unsigned").strip())
    if kind is None:
        raise ValueError(f"{table}.{column} is {declared}: kanmon.backup.tables does not know how to write that")
    return kind


def select(columns: list[Column], vendor: str) -> str:
    """The columns as SQL, as they stand in a backup: times and dates as texts of UTC, bool as 0 or 1."""
    if vendor == "sqlite":
        return ", ".join(f'"{column.name}"' for column in columns)
    return ", ".join(_postgresql(column) for column in columns)


def _postgresql(column: Column) -> str:
    name = f'"{column.name}"'
    if column.kind == "time":
        return f"replace(to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
    cast = {"int": "::bigint", "bool": "::int::bigint", "json": "::text", "date": "::text", "text": "::text"}
    return name + cast.get(column.kind, "")


def transfer_types(columns: list[Column]) -> list[str]:
    """What PostgreSQL sends for ``select``, by column."""
    return [{"int": "int8", "bool": "int8", "real": "float8", "bytes": "bytea"}.get(c.kind, "text") for c in columns]
