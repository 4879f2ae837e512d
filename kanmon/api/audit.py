"""Endpoints of the audit, for those who may ``audit``: list, verify, export."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kanmon.api.callers import need
from kanmon.api.given import Cursor, Few, Language, Number, Text
from kanmon.api.paging import number, page
from kanmon.audit import check, encoding, read, rows, seal
from kanmon.audit.where import where_from
from kanmon.common.errors import Refused

router = Router()


@router.get("")
def list_rows(
    request: HttpRequest, response: HttpResponse, actor: Text = "", event: Text = "", search: Text = "",
    operation: Number = 0, since: datetime | None = None, until: datetime | None = None, before: Number = 0,
    limit: Few = 100, cursor: Cursor = "", language: Language = "en",
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows, the newest first. ``before``: the ``seq`` of a row."""
    need(request, "audit")
    wanted = read.Filter(actor, event, search, operation, _utc(since), _utc(until), number(request, before))
    rows = read.listed(wanted, limit + 1, language)
    return page(request, response, rows, limit, lambda row: row["seq"])


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@router.get("/verify")
def verify(request: HttpRequest, after: Number = 0, given: Text = "", language: Language = "en") -> dict[str, Any]:
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
def export(request: HttpRequest, after: Number = 0, through: Number = 0) -> dict[str, Any]:
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
