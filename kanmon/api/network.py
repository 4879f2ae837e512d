"""Network control by the API: agents, the list, orders by hand, approvals, what is unmanaged."""

from functools import partial
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.accounts import scope
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, change, key_of, made
from kanmon.api.given import Body, Cursor, Few, Language, Many, Number, Text
from kanmon.api.paging import number, page, position, whole
from kanmon.common.errors import Refused
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.journal.writing import transaction
from kanmon.network import asked, enrolment, links, setup, shown
from kanmon.network import change as ordering

router = Router()


class ByHand(Body):
    """What a person wants of a PC: by MACs, else by address, host name, or both."""

    wanted: Literal["refuse", "lift", "permit", "deny", "withdraw", "remove"]
    mac: list[str] = Field(default=[], max_length=asked.MOST)
    ip: str = Field(default="", max_length=60)
    host: str = Field(default="", max_length=255)
    reason: str = Field(default="", max_length=500)


class NewAgent(Body):
    """The name of an agent that is invited."""

    name: str = Field(max_length=63)


class NewLink(Body):
    """A PC by asset number or host, and how long the link to its page is good."""

    pc: str = Field(max_length=255)
    days: int = links.DAYS


@router.get("/network")
def listed(
    request: HttpRequest,
    response: HttpResponse,
    after: Text = "",
    limit: Many = 1000,
    state: Text = "",
    wrong: bool = False,
    cursor: Cursor = "",
) -> list[dict[str, Any]]:
    """The connection control list by MAC; ``wrong``: only PCs that were seen where they don't belong."""
    only = scope.groups(need(request, "view", "narrowed"))
    start = position(request, str)
    rows = shown.listed(start[0] if start else after, limit + 1, state, wrong, only)
    return page(request, response, rows, limit, lambda row: row["mac"])


@router.post("/network/orders")
def order(request: HttpRequest, new: ByHand) -> dict[str, Any]:
    """Refuse, lift, permit, deny, withdraw or remove. Follow the operation by its id."""
    who = need(request, "act", "narrowed")
    key = key_of(request, who)
    meant = asked.targets(new.mac, new.ip, new.host)
    scope.check(who, [one.pc or 0 for one in meant])
    with transaction():
        operation = ordering.begin(ordering.Asked(new.wanted, new.reason, meant), who.username, key)
    return queries.operation(begun(operation, "network").id)


@router.get("/network/orders")
def orders(
    request: HttpRequest,
    response: HttpResponse,
    pc: Text = "",
    mac: Text = "",
    before: Number = 0,
    limit: Few = 50,
    open: bool = False,
    cursor: Cursor = "",
) -> list[Any]:
    """Orders with how far they have come, the newest first. ``pc``: asset number or host."""
    only = scope.groups(need(request, "view", "narrowed"))
    of = None
    if pc:
        of = Pc.objects.filter(asset_number=pc).values_list("id", flat=True).first()
        of = of or next((one.id for one in managing.called(pc, 1)), 0)
    rows = shown.orders(of, asked.parsed(mac) if mac else "", number(request, before), limit + 1, open, only)
    return page(request, response, rows, limit, lambda row: row["id"])


@router.get("/network/unmanaged")
def unmanaged(
    request: HttpRequest, response: HttpResponse, after: Number = 0, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Devices that the network saw and no inventory knows, the newest first."""
    need(request, "view")
    rows = shown.unmanaged(number(request, after), limit + 1)
    return page(request, response, rows, limit, lambda row: row["id"])


@router.post("/network/links")
def link(request: HttpRequest, new: NewLink) -> dict[str, Any]:
    """A signed link to the remediation page of a PC: whoever has it may see what is wrong, and ask for a check."""
    who = need(request, "act", "narrowed")
    found = list(Pc.objects.filter(asset_number=new.pc)) or managing.called(new.pc, 5)
    found = [one for one in found if scope.sees(who, one.id)]
    if not found:
        raise Refused("KNM8451-E", status=404, text=new.pc)
    if len(found) > 1:
        listed = ", ".join(f"{pc.host} ({pc.asset_number})" for pc in found)
        raise Refused("KNM8452-E", status=409, text=new.pc, pcs=listed)
    return {"pc": found[0].id, "host": found[0].host, "link": links.to(found[0].id, new.days), "days": new.days}


@router.get("/network/agents")
def agents(
    request: HttpRequest, response: HttpResponse, language: Language = "en", limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """All agents with how they are; what they say of themselves in ``language``."""
    need(request, "view")
    return whole(request, response, shown.agents(language), limit, lambda row: row["name"])


@router.post("/network/agents")
def invite(request: HttpRequest, new: NewAgent) -> dict[str, Any]:
    """A token by which an agent is enrolled: once, within an hour. It is shown this once."""
    who = need(request, "manage_cluster")
    invite = partial(enrolment.invite, new.name, who.username, shown.addresses())
    return made(request, who, "Network agent", new.name, "agent", invite)


@router.delete("/network/agents/{name}")
def revoke(request: HttpRequest, name: str) -> dict[str, Any]:
    """An agent is listened to no more."""
    who = need(request, "manage_cluster")

    def work() -> dict[str, Any]:
        enrolment.revoke(name, who.username)
        return {"name": name}

    operation, _ = change(request, who, f"Agent {name[:100]}: revoked", work)
    return {"name": name, "operation": operation.id}


@router.get("/network/setup")
def setup_(request: HttpRequest) -> Any:
    """Which network is for whom, as agents shall have it."""
    need(request, "view")
    return setup.as_json(setup.newest())


@router.post("/network/setup")
def set_up(request: HttpRequest) -> Any:
    """A new version of the setup; the body is the whole of it."""
    who = need(request, "manage_cluster")
    told = setup.read(request.body)

    def work() -> dict[str, Any]:
        return {"version": setup.change(told, who.username).version}

    operation, _ = change(request, who, f"Networks set up: {setup.mark(told)}", work)
    return {"version": (operation.outcome or {}).get("version"), "operation": operation.id}
