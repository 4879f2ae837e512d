"""The audit: search, export, and whether its seals fit; for those who may ``audit``."""

import csv
import io
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kanmon.action.history.sheet import harmless
from kanmon.audit import read as audit_read
from kanmon.audit import rows
from kanmon.audit.where import where_from
from kanmon.console import read, words
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.views.network import text_of

MOST_CSV = 10_000
ASKED = ("who", "what", "q", "since", "until")
COLUMNS = ("seq", "at", "actor", "event", "subject", "sentence", "address", "operation")


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: text_of(given, name, 200) for name in ASKED}


def _day(text: str, after_days: int = 0) -> datetime | None:
    try:
        begins = datetime.combine(date.fromisoformat(text) + timedelta(days=after_days), time.min)
        return timezone.make_aware(begins)
    except (ValueError, OverflowError):
        return None


def _number(given: QueryDict, name: str) -> int:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _wanted(asked: dict[str, str], before: int = 0) -> audit_read.Filter:
    until = _day(asked["until"], 1)
    return audit_read.Filter(asked["who"], asked["what"], asked["q"], 0, _day(asked["since"]), until, before)


@require_safe
@needs("audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Rows, the newest first, and the state of the seals."""
    asked, before = _asked(request.GET), _number(request.GET, "before")
    kept = request.GET.copy()
    kept.pop("before", None)
    shown = {
        "nav": "audit", "asked": asked, "is_narrow": any(asked.values()), "later": bool(before),
        "page": read.audit_rows(_wanted(asked, before), language()), "seals": read.seals(),
        "what": words.AUDITED.items(), "csv_query": kept.urlencode(),
    }  # fmt: skip
    return render(request, "console/audit.html", shown)


@require_safe
@needs("audit")
def as_file(request: HttpRequest) -> HttpResponse:
    """The same as CSV, the newest first, ``MOST_CSV`` at most. That it was exported is told in the audit."""
    found = audit_read.listed(_wanted(_asked(request.GET)), MOST_CSV, language())
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in found:
        writer.writerow([harmless("" if one[name] is None else str(one[name])) for name in COLUMNS])
    told = {"id": "KNM4206-I", "rows": len(found)}
    subject = f"audit as CSV, {len(found)} rows"
    rows.write(
        "exported", actor=request.user.get_username(), subject=subject, detail=told, address=where_from(request)
    )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


@require_safe
@needs("audit")
def check(request: HttpRequest) -> HttpResponse:
    """Whether rows and seals fit, a part at a time; ``?given=``: a seal that was copied elsewhere."""
    after, given = _number(request.GET, "after"), text_of(request.GET, "given", 300)
    shown = {"nav": "audit", "checked": read.check_seals(after, given, language()), "after": after, "given": given}
    return render(request, "console/audit_check.html", {**shown, "seals": read.seals()})
