"""Statistics: one number by month, week or day and group, as a graph, a table and a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.common import config
from kanmon.console import read, statistics_words
from kanmon.console.needs import needs
from kanmon.console.read.statistics import table
from kanmon.statistics import measures, series, sheet
from kanmon.statistics.periods import By

DEEPEST = 3


def _asked(request: HttpRequest) -> tuple[By, str, int]:
    """Period, group and levels below it. Raises Refused KNM9007-E."""
    group = request.GET.get("group", "").replace("\x00", "").strip()[:1000]
    deep = request.GET.get("deep", "1")
    return series.by_of(request.GET.get("by", "week")), group, int(deep) if deep in "0123" and deep else 1


@require_safe
@needs("view", "narrowed")
def statistics(request: HttpRequest) -> HttpResponse:
    """The page."""
    only = scope.groups(request.user)
    (by, group, deep), own = _asked(request), series.own_names()
    measure = measures.check(request.GET.get("number", "usage")[:120], own)
    shown: dict[str, Any] = {
        "nav": "statistics", "by": by, "group": group, "deep": str(deep), "number": measure,
        "periods": [(one, word) for one, word in statistics_words.BY.items()],
        "numbers": [(one, statistics_words.measure(one)) for one in measures.known(own)],
        "title": statistics_words.measure(measure), "told": statistics_words.told(measure),
        "week_begins": statistics_words.WEEKDAYS[config.get("statistics.week_begins")] if by == "week" else "",
        "groups": read.groups(only), "table": table(by, measure, group, deep, only),
    }  # fmt: skip
    return render(request, "console/statistics.html", shown)


@require_safe
@needs("view", "narrowed")
def as_file(request: HttpRequest) -> HttpResponse:
    """All numbers of these groups and periods as CSV."""
    by, group, deep = _asked(request)
    rows = series.rows(series.places(group, deep, scope.groups(request.user)), by, series.since_of(by))
    response = HttpResponse(sheet.as_csv(rows, series.own_names()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-by-{by}.csv"'
    return response
