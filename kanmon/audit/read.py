"""The audit as people read it: filtered lists, and exports that can be checked without Kanmon."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kanmon.audit import encoding, seal
from kanmon.audit.encoding import Row
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import messages

EXPORT_ROWS = 10_000
EXPORT_SEALS = 2000


@dataclass(frozen=True)
class Filter:
    """Which rows; empty: all. ``event`` may end with * . ``before``: rows with a smaller number."""

    actor: str = ""
    event: str = ""
    search: str = ""
    operation: int = 0
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0


def listed(wanted: Filter, limit: int, language: str) -> list[dict[str, Any]]:
    """Rows, the newest first, each with its sentence."""
    rows = AuditRow.objects.order_by("-seq")
    for name, value in (("actor", wanted.actor), ("operation", wanted.operation)):
        if value:
            rows = rows.filter(**{name: value})
    if wanted.event:
        start, star, _ = wanted.event.partition("*")
        rows = rows.filter(event__startswith=start) if star else rows.filter(event=wanted.event)
    if wanted.search:
        rows = rows.filter(Q(subject__icontains=wanted.search) | Q(address__icontains=wanted.search))
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.before:
        rows = rows.filter(seq__lt=wanted.before)
    return [told(Row(*values), language) for values in rows.values_list(*seal.ROW_FIELDS)[:limit]]


def told(row: Row, language: str) -> dict[str, Any]:
    """A row, with the sentence that tells it in ``language`` ("en" or "ja")."""
    return {**row._asdict(), "at": encoding.moment(row.at), "sentence": sentence(row, language)}


def sentence(row: Row, language: str) -> str:
    """What a row tells; its event and subject when no message tells it, or one of a later version."""
    detail = row.detail if isinstance(row.detail, dict) else {}
    params = {"actor": row.actor or "-", "subject": row.subject or "-", "operation": row.operation, **detail}
    try:
        return messages.text(detail["id"], params, language)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        return f"{row.event} {row.subject}".strip()


@dataclass(frozen=True)
class Exported:
    """Lines of an export, and the number of the last seal in it. ``next`` None: there are no more."""

    lines: list[str]
    first: int
    last: int
    rows: int
    next: int | None


def export(after: int, through: int) -> Exported:
    """Sealed rows of the seals after number ``after`` up to ``through``, about 10,000: each seal after its rows.

    Each line has the very bytes that are hashed, see encoding.py.
    """
    lines: list[str] = []
    count, last = 0, after
    seals = Seal.objects.filter(number__gt=after, number__lte=through).order_by("number")
    for one in seals[:EXPORT_SEALS].iterator(chunk_size=50):
        seqs = [seq for seq, _ in encoding.read_marks(bytes(one.marks))]
        rows = seal.read(seqs)
        lines += [encoding.row_bytes(rows[seq]).decode() for seq in seqs if seq in rows]
        lines.append(encoding.seal_bytes(seal.facts_of(one)).decode())
        count, last = count + len(seqs), one.number
        if count >= EXPORT_ROWS:
            break
    more = Seal.objects.filter(number__gt=last, number__lte=through).exists()
    return Exported(lines, after + 1, last, count, last if more else None)
