"""Endpoints of the audit, for those who may ``audit``: list, verify, export."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from kanmon.api.callers import need
from kanmon.audit import check, encoding, read, rows, seal
from kanmon.audit.where import where_from
from kanmon.common.errors import Refused

router = Router()


@router.get("")
def list_rows(
    request: HttpRequest, actor: str = "", event: str = "", search: str = "", operation: int = 0,
    since: datetime | None = None, until: datetime | None = None, before: int = 0, limit: int = 100,
    language: str = "en",
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows, the newest first; ``limit`` at most 1,000. For the next page give the last row's ``seq`` as ``before``."""
    need(request, "audit")
    wanted = read.Filter(actor, event, search, operation, _utc(since), _utc(until), before)
    return read.listed(wanted, max(1, min(limit, 1000)), language)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@router.get("/verify")
def verify(request: HttpRequest, after: int = 0, given: str = "", language: str = "en") -> dict[str, Any]:
    """Check about 10,000 rows with their seals; give ``next`` as ``after`` until it is null.

    ``given``: a seal that was copied, or a line of the Manager log that has one; it is looked at first.
    """
    need(request, "audit")
    problems = []
    if given:
        said = encoding.read_seal_text(given)
        if said is None:
            raise Refused("KNM6013-E", problem="no seal is in what was given: NUMBER:64 hexadecimal digits")
        problems = [one for one in [check.compare(*said)] if one]
    page = check.page(after)
    told = [
        {"id": one.id, "seal": one.seal, "row": one.row or None, "sentence": one.sentence(language)}
        for one in [*problems, *page.problems]
    ]
    return {"problems": told, "seals": page.seals, "rows": page.rows, "next": page.next, **check.summary()}


@router.get("/export")
def export(request: HttpRequest, after: int = 0, through: int = 0) -> dict[str, Any]:
    """About 10,000 sealed rows as lines, each seal after its rows; give ``next`` as ``after`` until it is null.

    ``through``: number of the last seal wanted; 0: the newest. That it was exported is told in the audit.
    """
    who = need(request, "audit")
    newest = seal.newest()
    last = through or (newest.number if newest else 0)
    page = read.export(after, last)
    detail = {"id": "KNM4206-I", "rows": page.rows}
    subject = f"audit, seals {page.first} to {page.last}" if page.lines else "audit, nothing is sealed yet"
    rows.write("exported", actor=who.username, subject=subject, detail=detail, address=where_from(request))
    return {"lines": page.lines, "rows": page.rows, "through": last, "next": page.next}
