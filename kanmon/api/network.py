"""Network control by the API: agents, the list, orders by hand, approvals, what is unmanaged."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from kanmon.accounts import scope
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, change, key_of
from kanmon.common.errors import Refused
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.journal.writing import transaction
from kanmon.network import asked, enrolment, links, setup, shown
from kanmon.network import change as ordering

router = Router()
MOST = 10_000


class ByHand(Schema):
    """What a person wants of a PC: by MACs, else by address, host name, or both."""

    wanted: Literal["refuse", "lift", "permit", "deny", "withdraw", "remove"]
    mac: list[str] = Field(default=[], max_length=asked.MOST)
    ip: str = Field(default="", max_length=60)
    host: str = Field(default="", max_length=255)
    reason: str = Field(default="", max_length=500)


class NewAgent(Schema):
    """The name of an agent that is invited."""

    name: str = Field(max_length=63)


class NewLink(Schema):
    """A PC by asset number or host, and how long the link to its page is good."""

    pc: str = Field(max_length=255)
    days: int = links.DAYS


@router.get("/network")
def listed(
    request: HttpRequest, after: str = "", limit: int = 1000, state: str = "", wrong: bool = False
) -> list[dict[str, Any]]:
    """The connection control list by MAC; ``wrong``: only PCs that were seen where they don't belong."""
    only = scope.groups(need(request, "view", "narrowed"))
    return shown.listed(after, max(1, min(limit, MOST)), state, wrong, only)


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
    request: HttpRequest, pc: str = "", mac: str = "", before: int = 0, limit: int = 50, open: bool = False
) -> list[Any]:
    """Orders with how far they have come, the newest first. ``pc``: asset number or host."""
    only = scope.groups(need(request, "view", "narrowed"))
    number = None
    if pc:
        number = Pc.objects.filter(asset_number=pc).values_list("id", flat=True).first()
        number = number or next((one.id for one in managing.called(pc, 1)), 0)
    return shown.orders(number, asked.parsed(mac) if mac else "", before, max(1, min(limit, 1000)), open, only)


@router.get("/network/unmanaged")
def unmanaged(request: HttpRequest, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """Devices that the network saw and no inventory knows, the newest first."""
    need(request, "view")
    return shown.unmanaged(after, max(1, min(limit, MOST)))


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
def agents(request: HttpRequest, language: str = "en") -> list[dict[str, Any]]:
    """All agents with how they are; what they say of themselves in ``language``."""
    need(request, "view")
    return shown.agents("ja" if language == "ja" else "en")


@router.post("/network/agents")
def invite(request: HttpRequest, new: NewAgent) -> dict[str, Any]:
    """A token by which an agent is enrolled: once, within an hour. It is shown this once."""
    who = need(request, "manage_cluster")
    return {"name": new.name, "token": enrolment.invite(new.name, who.username, shown.addresses())}


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
