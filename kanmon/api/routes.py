"""All endpoints: one typed function each; the work is done in ``queries`` and in the stages."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from kanmon import __version__
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
    network,
    nodes,
    orders,
    policies,
    policy_folder,
    properties,
    queries,
    schedules,
    statistics,
    then,
    whatif,
)
from kanmon.api.callers import Caller, caller, need
from kanmon.api.changes import begun, change, key_of
from kanmon.api.shapes import JudgeOrder, NewToken, SuspectedDecision
from kanmon.common import messages
from kanmon.common.errors import Refused
from kanmon.flow import begin_judgment, begin_suspected
from kanmon.intake import tokens as intake_tokens
from kanmon.journal.writing import transaction

api = NinjaAPI(title="Kanmon", version=__version__, auth=caller, docs_url=None, urls_namespace="api")


api.add_router("", nodes.router)
api.add_router("", cluster.router)
api.add_router("", backup.router)
api.add_router("", feeds.router)
api.add_router("", whatif.router)
api.add_router("", schedules.router)
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
api.add_router("", statistics.router)
api.add_router("/audit", audit.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    """A refusal as problem details (RFC 9457)."""
    return _problem(problem.status, problem.message_id, str(problem))


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    """No caller: 401."""
    refusal = Refused("KNM7002-E")
    return _problem(401, refusal.message_id, str(refusal))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """A body or parameter of the wrong shape: 422 with the place."""
    said = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors)
    refusal = Refused("KNM6013-E", problem=said)
    return _problem(422, refusal.message_id, str(refusal))


def _problem(status: int, title: str, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


@api.get("/status")
def status(request: HttpRequest) -> dict[str, Any]:
    """Node, term, version and counts."""
    return queries.status(scope.groups(need(request, "view", "narrowed")))


@api.get("/pcs")
def pcs(
    request: HttpRequest, level: str = "", search: str = "", group: str = "", after: int = 0, limit: int = 1000,
    as_of: str = "", removed: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """PCs in order of number after ``after``; ``limit`` at most 10,000. ``as_of``: a day or moment of the past.

    ``removed``: those that are removed from management, instead of all others.
    """
    only = scope.groups(need(request, "view", "narrowed"))
    if as_of:
        return then.pcs(as_of, level, search, group, after, max(1, min(limit, 10_000)), only)
    return queries.pcs(level, search, group, after, max(1, min(limit, 10_000)), removed, only)


api.post("/pcs/manage")(managing.manage)  # before the path of one PC, which fits it as well


@api.get("/pcs/manage", include_in_schema=False)
def pc_called_manage(request: HttpRequest, language: str = "en", as_of: str = "") -> dict[str, Any]:
    """The PC of that name, if there is one."""
    return pc(request, "manage", language, as_of)


@api.get("/pcs/{name}")
def pc(request: HttpRequest, name: str, language: str = "en", as_of: str = "") -> dict[str, Any]:
    """One PC by asset number or host, with its findings. ``as_of``: a day or moment of the past."""
    only = scope.groups(need(request, "view", "narrowed"))
    if as_of:
        return then.pc(name, as_of, language, only)
    return queries.pc(name, language, only)


@api.get("/pcs/{name}/history")
def pc_history(request: HttpRequest, name: str, before: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """The verdicts of a PC, newest first; ``limit`` at most 1,000."""
    only = scope.groups(need(request, "view", "narrowed"))
    return then.history(name, before, max(1, min(limit, 1000)), only)


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
    request: HttpRequest, state: str = "", kind: str = "", before: int = 0, limit: int = 50
) -> list[dict[str, Any]]:
    """Operations, the newest first."""
    need(request, "view")
    return queries.operations(state, kind, before, max(1, min(limit, 1000)))


@api.get("/operations/{id}")
def operation(request: HttpRequest, id: int) -> dict[str, Any]:
    """One operation with its entries; callers who are limited to groups see those that they began."""
    who = need(request, "view", "narrowed")
    return queries.operation(id, who.username if scope.is_limited(who) else "")


@api.get("/sources")
def sources(request: HttpRequest) -> list[dict[str, Any]]:
    """Sources of inventory; tokens are never shown."""
    need(request, "view")
    return queries.sources()


@api.post("/sources")
def create_source(request: HttpRequest, new: NewToken) -> dict[str, Any]:
    """A new source; its token is shown this once. Sent again with its Idempotency-Key, it tells so and makes none."""
    who = need(request, "manage_tokens")
    return _made(request, who, "Source", new, "intake", lambda: intake_tokens.create(new.name, who.username))


@api.delete("/sources/{name}")
def revoke_source(request: HttpRequest, name: str) -> dict[str, Any]:
    """Revoke the token of a source."""
    who = need(request, "manage_tokens")
    return _revoked(request, who, f"Source {name}: token revoked", name, intake_tokens.revoke)


@api.post("/tokens")
def create_token(request: HttpRequest, new: NewToken) -> dict[str, Any]:
    """A new API token; it is shown this once. Sent again with its Idempotency-Key, it tells so and makes none."""
    who = need(request, "manage_tokens")
    create = partial(api_tokens.create, new.name, new.role, who.username)
    return _made(request, who, "API token", new, new.role, create)


def _made(
    request: HttpRequest, who: Caller, what: str, new: NewToken, role: str, create: Callable[[], str]
) -> dict[str, Any]:
    """Make a token once. The journal and the audit keep that it was made, never the token."""
    token = ""

    def work() -> dict[str, str]:
        nonlocal token
        token = create()
        return {"event": "token_made", "name": new.name, "role": role}

    operation, now = change(request, who, f"{what} {new.name}: token made", work)
    told: dict[str, Any] = {"name": new.name, "operation": operation.id, "token": token}
    if not now:
        told["sentence"] = messages.text("KNM7022-I", {"what": what, "name": new.name, "operation": operation.id})
    return told


def _revoked(
    request: HttpRequest, who: Caller, subject: str, name: str, revoke: Callable[[str], None]
) -> dict[str, Any]:
    def work() -> dict[str, str]:
        revoke(name)
        return {"event": "token_revoked", "name": name}

    operation, _ = change(request, who, subject, work)
    return {"name": name, "state": "revoked", "operation": operation.id}


@api.get("/tokens")
def tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """API tokens with their role; tokens themselves are never shown."""
    need(request, "view")
    return [
        {
            "name": row.name,
            "role": row.role,
            "created_at": row.created_at.isoformat(),
            "created_by": row.created_by,
            "state": "revoked" if row.revoked_at else "active",
        }
        for row in api_tokens.listed()
    ]


@api.delete("/tokens/{name}")
def revoke_token(request: HttpRequest, name: str) -> dict[str, Any]:
    """Revoke an API token."""
    who = need(request, "manage_tokens")
    return _revoked(request, who, f"API token {name}: revoked", name, api_tokens.revoke)


@api.get("/refusals")
def refusals(request: HttpRequest, limit: int = 100) -> list[dict[str, Any]]:
    """Bodies that were not taken in, with the sentence, the newest first."""
    need(request, "view")
    return queries.refusals(max(1, min(limit, 1000)))


@api.get("/suspected")
def suspected(request: HttpRequest) -> list[dict[str, Any]]:
    """Reports that wait for a person."""
    need(request, "view")
    return queries.suspected()


@api.post("/suspected/{id}")
def decide_suspected(request: HttpRequest, id: int, decision: SuspectedDecision) -> dict[str, Any]:
    """Accept a suspected report as its PC ("same"), as a new PC ("new"), or reject it."""
    who = need(request, "decide_suspected")
    with transaction():
        operation = begin_suspected(id, decision.decision, decision.pc, who.username, key_of(request, who))
    return queries.operation(begun(operation, "suspected").id)
