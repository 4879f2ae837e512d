"""All endpoints: one typed function each; the work is done in ``queries`` and in the stages."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from kanmon.accounts import scope
from kanmon.accounts import tokens as api_tokens
from kanmon.api import (
    actions,
    antivirus,
    assignments,
    audit,
    backup,
    cluster,
    feeds,
    history,
    mail,
    managing,
    message,
    metrics,
    network,
    nodes,
    orders,
    people,
    policies,
    policy_folder,
    properties,
    queries,
    schedules,
    setup,
    statistics,
    then,
    whatif,
)
from kanmon.api.callers import Caller, need
from kanmon.api.changes import begun, change, key_of, made
from kanmon.api.given import Cursor, Few, Id, Language, Many, Number, Text
from kanmon.api.paging import number, page, whole
from kanmon.api.shapes import JudgeOrder, NewToken, SuspectedDecision
from kanmon.api.surface import api
from kanmon.flow import begin_judgment, begin_suspected
from kanmon.intake import tokens as intake_tokens
from kanmon.journal.writing import transaction

api.add_router("", nodes.router)
api.add_router("", cluster.router)
api.add_router("", backup.router)
api.add_router("", feeds.router)
api.add_router("", whatif.router)
api.add_router("", schedules.router)
api.add_router("", setup.router)
api.add_router("", policy_folder.router)
api.add_router("", policies.router)
api.add_router("", assignments.router)
api.add_router("", antivirus.router)
api.add_router("", properties.router)
api.add_router("", network.router)
api.add_router("", actions.router)
api.add_router("", orders.router)
api.add_router("", mail.router)
api.add_router("", message.router)
api.add_router("", history.router)
api.add_router("", metrics.router)
api.add_router("", statistics.router)
api.add_router("/audit", audit.router)
api.add_router("/people", people.router)


@api.get("/status")
def status(request: HttpRequest) -> dict[str, Any]:
    """Node, term, version and counts."""
    return queries.status(scope.groups(need(request, "view", "narrowed")))


@api.get("/pcs")
def pcs(
    request: HttpRequest, response: HttpResponse, level: Text = "", search: Text = "", group: Text = "",
    after: Number = 0, limit: Many = 1000, as_of: Text = "", removed: bool = False, cursor: Cursor = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """PCs in order of number, after ``after`` or ``cursor``. ``as_of``: a day or moment of the past.

    ``removed``: those that are removed from management, instead of all others.
    """
    only = scope.groups(need(request, "view", "narrowed"))
    start = number(request, after)
    if as_of:
        rows = then.pcs(as_of, level, search, group, start, limit + 1, only)
    else:
        rows = queries.pcs(level, search, group, start, limit + 1, removed, only)
    return page(request, response, rows, limit, lambda row: row["number"])


api.post("/pcs/manage")(managing.manage)  # before the path of one PC, which fits it as well


@api.get("/pcs/manage", include_in_schema=False)
def pc_called_manage(request: HttpRequest, language: Language = "en", as_of: Text = "") -> dict[str, Any]:
    """The PC of that name, if there is one."""
    return pc(request, "manage", language, as_of)


@api.get("/pcs/{name}")
def pc(request: HttpRequest, name: str, language: Language = "en", as_of: Text = "") -> dict[str, Any]:
    """One PC by asset number or host, with its findings. ``as_of``: a day or moment of the past."""
    only = scope.groups(need(request, "view", "narrowed"))
    if as_of:
        return then.pc(name, as_of, language, only)
    return queries.pc(name, language, only)


@api.get("/pcs/{name}/history")
def pc_history(
    request: HttpRequest, response: HttpResponse, name: str, before: Number = 0, limit: Few = 100, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """The verdicts of a PC, newest first."""
    only = scope.groups(need(request, "view", "narrowed"))
    rows = then.history(name, number(request, before), limit + 1, only)
    return page(request, response, rows, limit, lambda row: row["verdict"])


@api.post("/judgments")
def judge(request: HttpRequest, order: JudgeOrder) -> dict[str, Any]:
    """Begin a judgment; follow the operation by its id."""
    who = need(request, "judge", "narrowed")
    key = key_of(request, who)
    pcs = queries.scope(order.all, order.pcs, order.group, who)
    with transaction():
        operation = begin_judgment(pcs, "judge_command", who.username, key=key, skip_unchanged=order.skip_unchanged)
    return queries.operation(begun(operation, "judge").id)


@api.get("/operations")
def operations(
    request: HttpRequest,
    response: HttpResponse,
    state: Text = "",
    kind: Text = "",
    before: Number = 0,
    limit: Few = 50,
    cursor: Cursor = "",
) -> list[dict[str, Any]]:
    """Operations, the newest first."""
    need(request, "view")
    rows = queries.operations(state, kind, number(request, before), limit + 1)
    return page(request, response, rows, limit, lambda row: row["id"])


@api.get("/operations/{id}")
def operation(request: HttpRequest, id: Id) -> dict[str, Any]:
    """One operation with its entries; callers who are limited to groups see those that they began."""
    who = need(request, "view", "narrowed")
    return queries.operation(id, who.username if scope.is_limited(who) else "")


@api.get("/sources")
def sources(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Sources of inventory; tokens are never shown."""
    need(request, "view")
    return whole(request, response, queries.sources(), limit, lambda row: row["name"])


@api.post("/sources")
def create_source(request: HttpRequest, new: NewToken) -> dict[str, Any]:
    """A new source; its token is shown this once. Sent again with its Idempotency-Key, it tells so and makes none."""
    who = need(request, "manage_tokens")
    return made(request, who, "Source", new.name, "intake", lambda: intake_tokens.create(new.name, who.username))


@api.delete("/sources/{name}")
def revoke_source(request: HttpRequest, name: str) -> dict[str, Any]:
    """Revoke the token of a source."""
    who = need(request, "manage_tokens")
    return _revoked(request, who, f"Source {name}: token revoked", name, intake_tokens.revoke)


@api.post("/tokens")
def create_token(request: HttpRequest, new: NewToken) -> dict[str, Any]:
    """A new API token; it is shown this once. Sent again with its Idempotency-Key, it tells so and makes none."""
    who = need(request, "manage_tokens")
    create = partial(api_tokens.create, new.name, new.role, who.username, scope.ids_of(new.groups), new.days)
    return made(request, who, "API token", new.name, new.role, create)


def _revoked(
    request: HttpRequest, who: Caller, subject: str, name: str, revoke: Callable[[str], None]
) -> dict[str, Any]:
    def work() -> dict[str, str]:
        revoke(name)
        return {"event": "token_revoked", "name": name}

    operation, _ = change(request, who, subject, work)
    return {"name": name, "state": "revoked", "operation": operation.id}


@api.get("/tokens")
def tokens(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """API tokens with their role; tokens themselves are never shown."""
    need(request, "view")
    rows = [
        {
            "name": row.name,
            "role": row.role,
            "created_at": row.created_at.isoformat(),
            "created_by": row.created_by,
            "groups": scope.paths(row) if scope.is_limited(row) else None,
            "expires_at": row.expires_at.isoformat() if row.expires_at else None,
            "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
            "state": api_tokens.state(row),
        }
        for row in api_tokens.listed()
    ]
    return whole(request, response, rows, limit, lambda row: row["name"])


@api.delete("/tokens/{name}")
def revoke_token(request: HttpRequest, name: str) -> dict[str, Any]:
    """Revoke an API token."""
    who = need(request, "manage_tokens")
    return _revoked(request, who, f"API token {name}: revoked", name, api_tokens.revoke)


@api.get("/refusals")
def refusals(
    request: HttpRequest, response: HttpResponse, limit: Few = 100, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Bodies that were not taken in, with the sentence, the newest first."""
    need(request, "view")
    rows = queries.refusals(number(request, 0), limit + 1)
    return page(request, response, rows, limit, lambda row: row["id"])


@api.get("/suspected")
def suspected(
    request: HttpRequest, response: HttpResponse, limit: Few = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Reports that wait for a person."""
    need(request, "view")
    rows = queries.suspected(number(request, 0), limit + 1)
    return page(request, response, rows, limit, lambda row: row["id"])


@api.post("/suspected/{id}")
def decide_suspected(request: HttpRequest, id: Id, decision: SuspectedDecision) -> dict[str, Any]:
    """Accept a suspected report as its PC ("same"), as a new PC ("new"), or reject it."""
    who = need(request, "decide_suspected")
    with transaction():
        operation = begin_suspected(id, decision.decision, decision.pc, who.username, key_of(request, who))
    return queries.operation(begun(operation, "suspected").id)
