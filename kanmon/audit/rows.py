"""``write``: a row of the audit, in the transaction of what it tells."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from kanmon.audit import encoding
from kanmon.audit.events import Told
from kanmon.audit.models import AuditRow
from kanmon.common import clock
from kanmon.journal.writing import transaction


def write(
    event: str, *, actor: str, subject: str = "", detail: Mapping[str, Any] | None = None, address: str = "",
    operation: int | None = None,
) -> None:  # fmt: skip
    """Write one row now, in the transaction that is open; without one, in a transaction of its own.

    Whoever changes something calls it in the transaction of the change: both are there, or neither. Secrets are
    told by their shape and left out; still, give none.
    """
    with transaction():
        add([Told(event, actor, subject, detail or {}, address, operation)])


def add(rows: Iterable[Told]) -> int:
    """Write rows, inside a transaction. Returns how many."""
    now = clock.now()
    xid = {"xid": RawSQL("pg_current_xact_id()::text::bigint", [])} if connection.vendor == "postgresql" else {}
    made = [
        AuditRow(
            **xid,
            at=one.at or now,
            actor=encoding.text(one.actor, 150),
            event=encoding.text(one.event, 80),
            subject=encoding.text(one.subject, 200),
            detail=encoding.detail(one.detail),
            address=encoding.text(one.address, 64),
            operation=one.operation,
        )
        for one in rows
    ]
    AuditRow.objects.bulk_create(made)
    return len(made)
