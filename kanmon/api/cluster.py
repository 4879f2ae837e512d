"""Endpoints of the after-failover report, of health, and of what a person decides on an operation.

Every change is done once for the caller and the Idempotency-Key of the call: sent again, it finds what was done.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.api import checks as checks  # those of other stages, put beside the cluster's
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import key_of
from kanmon.api.given import Body, Cursor, Few, Id, Number, Text
from kanmon.api.paging import number, page
from kanmon.cluster import as_json, report
from kanmon.cluster import decide as decisions
from kanmon.cluster.health import warnings
from kanmon.cluster.outcome import Group
from kanmon.common.errors import Refused
from kanmon.journal import eras

router = Router()
NEWEST = "newest"


class Because(Body):
    """Why it is decided so: kept with the operation, in the Manager log and in the audit."""

    because: str = Field("", max_length=500)


@router.get("/failovers")
def failovers(
    request: HttpRequest, response: HttpResponse, limit: Few = 50, before: Text = "", cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Take-overs, the newest first; ``before`` a term."""
    need(request, "view")
    start = number(request, _term(before) if before else 0)
    rows = page(request, response, report.failovers(limit + 1, start or None), limit, lambda one: one.term)
    return [as_json.failover(one) for one in rows]


@router.post("/failovers/acknowledge")
def acknowledge_all(request: HttpRequest) -> dict[str, Any]:
    """Every failover so far has been seen."""
    return _acknowledge(request, None)


@router.get("/failovers/{term}")
def failover_report(request: HttpRequest, term: str, rows: Few = report.ROWS) -> dict[str, Any]:
    """The report of a take-over ("newest", or its term), with ``rows`` of each group (1,000 at most)."""
    need(request, "view")
    wanted = None if term == NEWEST else _term(term)
    return as_json.report(report.failover_report(wanted, rows))


@router.get("/failovers/{term}/operations")
def failover_operations(
    request: HttpRequest,
    response: HttpResponse,
    term: str,
    group: Group,
    after: Number = 0,
    limit: Few = report.ROWS,
    cursor: Cursor = "",
) -> list[dict[str, Any]]:
    """Operations of a group of the report, after the one with the number ``after``; 1,000 at most."""
    need(request, "view")
    found = report.reported(_term(term), group, number(request, after), limit + 1)
    return [as_json.reported(row) for row in page(request, response, found, limit, lambda row: row.id)]


@router.post("/failovers/{term}/acknowledge")
def acknowledge(request: HttpRequest, term: str) -> dict[str, Any]:
    """The report of this take-over has been seen: the banner and its warning go."""
    return _acknowledge(request, _term(term))


def _acknowledge(request: HttpRequest, term: int | None) -> dict[str, Any]:
    who = need(request, "act")
    change, now = decisions.acknowledge(term, actor=who.username, requester="api", key=key_of(request, who))
    terms = (change.outcome or {}).get("terms", [])
    return {"terms": terms, "terms_said": [eras.said(one) for one in terms], "change": change.id, "now": now}


@router.get("/health")
def health(request: HttpRequest) -> dict[str, Any]:
    """What is not healthy now, as this node sees it; empty when all is well."""
    need(request, "view")
    found = warnings()
    return {"healthy": not found, "warnings": [as_json.warning(one) for one in found]}


@router.post("/operations/{id}/redo")
def redo(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """Do again what is in doubt or has failed; the answer names the new operation."""
    return _decide(request, "redo", id, why)


@router.post("/operations/{id}/it-ran")
def it_ran(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """What is in doubt was done: somebody has looked."""
    return _decide(request, "it_ran", id, why)


@router.post("/operations/{id}/close")
def close(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """What is in doubt stays unknown and is not done again."""
    return _decide(request, "close", id, why)


@router.post("/operations/{id}/cancel")
def cancel(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """What waits or is held is not wanted any more."""
    return _decide(request, "cancel", id, why)


@router.post("/operations/{id}/hold")
def hold(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """What waits is not begun before somebody releases it."""
    return _decide(request, "hold", id, why)


@router.post("/operations/{id}/release")
def release(request: HttpRequest, id: Id, why: Because) -> dict[str, Any]:
    """What is held may be begun."""
    return _decide(request, "release", id, why)


@router.delete("/nodes/{name}")
def forget(request: HttpRequest, name: str) -> dict[str, Any]:
    """A node that is gone for good is not listed any more."""
    who = need(request, "manage_cluster")
    change, now = decisions.forget(name, actor=who.username, requester="api", key=key_of(request, who))
    return {"name": name, "change": change.id, "now": now}


def _decide(request: HttpRequest, verb: str, id: Id, why: Because) -> dict[str, Any]:
    who = need(request, "act")
    change, now = decisions.decide(
        verb, id, actor=who.username, because=why.because, requester="api", key=key_of(request, who)
    )
    return {**queries.operation(id), "again": (change.outcome or {}).get("again"), "change": change.id, "now": now}


def _term(said: str) -> int:
    try:
        return eras.read(said)
    except ValueError:
        raise Refused("KNM6013-E", problem=f"{said!r} is no term; terms look like 42 or 1763840000-3") from None
