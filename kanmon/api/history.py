"""The history of judgments and actions by the API: over all by run, of one PC by line, and both as CSV."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from kanmon.accounts.scope import groups as groups_of
from kanmon.action.history import everywhere, line, of_pc
from kanmon.action.history.sheet import as_csv
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.given import Language, Many
from kanmon.network.past import NetworkOrders

router = Router()
Page = Annotated[int, Field(ge=1, le=500)]
MOST_CSV = 10_000
SOURCES = (NetworkOrders(),)


class Wanted(Schema):
    """What is asked for; a day is meant from its beginning (``since``), to its end (``until``)."""

    since: str = Field(default="", max_length=60)
    until: str = Field(default="", max_length=60)
    cause: str = Field(default="", max_length=40)
    kind: str = Field(default="", max_length=20)
    level: str = Field(default="", max_length=20)
    result: str = Field(default="", max_length=20)
    cursor: str = Field(default="", max_length=60)
    language: Language = "en"

    @property
    def lines(self) -> line.Wanted:
        """Which lines."""
        return line.wanted(self.since, self.until, self.cause, self.kind, self.level, self.result)

    @property
    def tongue(self) -> str:
        """Language of the sentences that are made now."""
        return "ja" if self.language == "ja" else "en"


@router.get("/history")
def history(request: HttpRequest, asked: Query[Wanted], limit: Page = 50) -> dict[str, Any]:
    """Runs, newest first, with what was judged, decided, ordered and held back in each. ``next`` goes on."""
    need(request, "view")
    return everywhere.as_json(everywhere.page(asked.lines, asked.cursor, limit, asked.tongue))


@router.get("/history.csv")
def history_csv(request: HttpRequest, asked: Query[Wanted], limit: Many = MOST_CSV) -> HttpResponse:
    """The same as CSV, a line each; where to go on, if there is more, is said in the header X-Kanmon-Next."""
    need(request, "view")
    lines, cursor = everywhere.all_lines(asked.lines, asked.cursor, limit, asked.tongue)
    return csv_file(as_csv(line.as_json(one) for one in lines), "history", cursor)


@router.get("/pcs/{name}/timeline")
def timeline(request: HttpRequest, name: str, asked: Query[Wanted], limit: Page = 50) -> dict[str, Any]:
    """What happened to one PC, newest first: its verdicts, actions, and what was held back. ``next`` goes on."""
    pc = queries.find_pc(name, groups_of(need(request, "view", "narrowed")))
    page = of_pc.page(pc.id, asked.lines, asked.cursor, limit, asked.tongue, SOURCES)
    return {"asset_number": pc.asset_number, "host": pc.host, **of_pc.as_json(page)}


@router.get("/pcs/{name}/timeline.csv")
def timeline_csv(request: HttpRequest, name: str, asked: Query[Wanted], limit: Many = MOST_CSV) -> HttpResponse:
    """The same as CSV; where to go on, if there is more, is said in the header X-Kanmon-Next."""
    pc = queries.find_pc(name, groups_of(need(request, "view", "narrowed")))
    lines, cursor = of_pc.all_lines(pc.id, asked.lines, asked.cursor, limit, asked.tongue, SOURCES)
    return csv_file(as_csv((line.as_json(one) for one in lines), pc.asset_number), f"history-{pc.id}", cursor)


def csv_file(text: str, name: str, cursor: str) -> HttpResponse:
    """CSV as a file to keep; ``cursor``: where to go on."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    if cursor:
        response["X-Kanmon-Next"] = cursor
    return response
