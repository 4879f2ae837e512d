"""Statistics by the API: the stored numbers by month, week or day, and storing a day."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from kanmon.accounts.scope import groups as groups_of
from kanmon.api import queries
from kanmon.api.callers import Caller, need
from kanmon.api.changes import begun, key_of
from kanmon.api.given import Body
from kanmon.api.history import csv_file
from kanmon.common import zone
from kanmon.journal.writing import transaction
from kanmon.statistics import series, sheet, storing

router = Router()


class WantedNumbers(Schema):
    """``by``: month, week or day; ``group`` with those ``deep`` levels below it; days from ``since`` to ``until``."""

    by: str = Field(default="month", max_length=10)
    group: str = Field(default="", max_length=1000)
    deep: int = Field(default=1, ge=0, le=20)
    since: str = Field(default="", max_length=10)
    until: str = Field(default="", max_length=10)


class StoredDay(Body):
    """The day to store; "": today."""

    day: str = Field(default="", max_length=10)


def _rows(who: Caller, asked: WantedNumbers) -> list[series.Row]:
    by = series.by_of(asked.by)
    where = series.places(asked.group, asked.deep, groups_of(who))
    until = series.day_of(asked.until) if asked.until else None
    return series.rows(where, by, series.since_of(by, asked.since), until)


@router.get("/statistics")
def statistics(request: HttpRequest, asked: Query[WantedNumbers]) -> list[dict[str, Any]]:
    """The numbers of each group and period, the oldest period first."""
    who = need(request, "view", "narrowed")
    return sheet.as_json(_rows(who, asked), series.own_names())


@router.get("/statistics.csv")
def statistics_csv(request: HttpRequest, asked: Query[WantedNumbers]) -> HttpResponse:
    """The same as CSV."""
    who = need(request, "view", "narrowed")
    return csv_file(sheet.as_csv(_rows(who, asked), series.own_names()), f"statistics-by-{asked.by}", "")


@router.post("/statistics")
def store(request: HttpRequest, new: StoredDay) -> dict[str, Any]:
    """Begin to store a day; one that is stored already is replaced. Follow the operation by its id."""
    who = need(request, "judge")
    key = key_of(request, who)
    day = series.day_of(new.day) if new.day else zone.today()
    with transaction():
        operation = storing.begin(day, "stats_command", who.username, key)
    return queries.operation(begun(operation, storing.KIND).id)
