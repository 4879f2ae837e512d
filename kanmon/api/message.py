"""Messages to the users of PCs, and the clients that show them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.accounts.scope import groups as groups_of
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, change, key_of
from kanmon.api.given import Body, Cursor, Many, Number, Text
from kanmon.api.paging import number, page
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction
from kanmon.message import clients, shown, write

router = Router()


class NewMessage(Body):
    """A message to all managed PCs, to these (asset numbers or hosts), or to a group and what is below it."""

    all: bool = False
    pcs: list[str] = Field(default_factory=list, max_length=100_000)
    group: str = ""
    title: str = Field(max_length=1000)
    text: str = Field(max_length=100_000)
    html: str = Field(default="", max_length=100_000)
    expires_days: int = 14


@router.post("/messages")
def tell(request: HttpRequest, new: NewMessage) -> dict[str, Any]:
    """Write a message to the users of PCs. Follow the operation by its id."""
    who = need(request, "act", "narrowed")
    key = key_of(request, who)
    scope = queries.scope(new.all, new.pcs, new.group, who)
    asked = write.Asked(new.title, new.text, new.html, new.expires_days)
    with transaction():
        operation = write.begin(scope, asked, who.username, key)
    return queries.operation(begun(operation, "message").id)


@router.get("/messages")
def messages(
    request: HttpRequest,
    response: HttpResponse,
    pc: Text = "",
    state: Text = "",
    before: Number = 0,
    limit: Many = 100,
    cursor: Cursor = "",
) -> list[dict[str, Any]]:
    """Messages with how far they have come, the newest first. ``pc``: asset number or host."""
    only = groups_of(need(request, "view", "narrowed"))
    if state and state not in shown.STATES:
        raise Refused("KNM6013-E", problem=f"{state[:40]!r} is no state; states: {', '.join(shown.STATES)}")
    one = queries.find_pc(pc, only).id if pc else None
    rows = shown.listed(one, state, number(request, before), limit + 1, only)
    return page(request, response, rows, limit, lambda row: row["id"])


@router.get("/clients")
def listed(
    request: HttpRequest, response: HttpResponse, after: Number = 0, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """PCs that have a client, by number."""
    need(request, "view")
    rows = shown.clients(number(request, after), limit + 1)
    return page(request, response, rows, limit, lambda row: row["pc"])


@router.delete("/clients/{name}")
def forget(request: HttpRequest, name: str) -> dict[str, Any]:
    """The client of a PC is listened to no more; the next that asks for this PC is taken."""
    who = need(request, "manage_tokens")
    pc = queries.find_pc(name)

    def work() -> dict[str, Any]:
        if not clients.forget(pc.id):
            raise Refused("KNM6010-E", status=404, what="Client", name=name)
        return {"pc": pc.id}

    operation, _ = change(request, who, f"Client of {pc.asset_number}: forgotten", work)
    return {"pc": pc.id, "host": pc.host, "operation": operation.id}
