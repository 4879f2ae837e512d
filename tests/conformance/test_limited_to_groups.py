"""People and tokens that are limited to groups see and change those PCs, and no other; on every database."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts import scope, tokens
from kanmon.accounts.models import ApiToken, User
from kanmon.action import asked
from kanmon.action.acting import read as ask_of
from kanmon.common.errors import Refused
from kanmon.console.read import keep
from kanmon.inventory import groups
from kanmon.inventory.models import Group, Identity, Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance.work import crash, leader

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console

PCS = 36
KEY = "0123456789abcdef0123456789abcdef"
MINE = "/Head office"


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    scope.forget()
    leadership = leader()
    crash(leadership)
    sample.fill(PCS, term=leadership.term)
    Pc.objects.filter(managed=False).update(managed=True)


def person(role: str, *paths: str) -> tuple[User, Client]:
    client = Client()
    with transaction():
        made = User.objects.create_user(f"limited-{role}", role=role, groups_only=scope.ids_of(paths))
    client.force_login(made)
    return made, client


def mine() -> set[int]:
    return {one.id for one in Pc.objects.select_related("group") if f"{one.group.path}/".startswith(f"{MINE}/")}


def theirs() -> list[int]:
    return sorted({one.id for one in Pc.objects.all()} - mine())


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


def hosts(pcs: Any) -> set[str]:
    return set(Pc.objects.filter(id__in=list(pcs)).values_list("host", flat=True))


def call(method: str, path: str, body: Any = None, status: int = 200) -> Any:
    headers = {"Authorization": f"Bearer {call.token}"}  # type: ignore[attr-defined]
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    answer = getattr(Client(), method)(f"/api/v1{path}", headers=headers, **given)
    assert answer.status_code == status, (path, answer.status_code, answer.content[:300])
    return answer.json()


@pytest.fixture
def token() -> None:
    call.token = tokens.create("branch", "security_administrator", "tanaka", scope.ids_of([MINE]))  # type: ignore[attr-defined]


def test_a_limit_holds_for_what_is_below_a_group_and_follows_the_tree() -> None:
    user, _client = person("viewer", MINE)
    assert set(scope.within(user) or ()) == mine()
    one = next(iter(mine()))
    assert scope.sees(user, one)
    with transaction():
        groups.put([one], groups.find("/Osaka branch"))
    assert not scope.sees(user, one), "what one PC is asked for is looked up as it stands now"
    with pytest.raises(Refused, match=str(one)):
        scope.check(user, [one])
    user.groups_only = [10**6]  # deleted since
    assert not scope.within(user)
    assert scope.within(User(groups_only=None)) is None


def test_lists_counts_and_pages_are_of_their_pcs_only() -> None:
    _user, client = person("viewer", MINE)
    shown = page(client, "/pcs?sort=host&order=up")
    assert hosts(mine()) & {host for host in hosts(mine()) if host in shown} == hosts(mine())
    assert not any(host in shown for host in hosts(theirs()))
    assert f"of {len(mine())}" in shown
    assert "/Osaka branch" not in shown
    assert not any(host in page(client, "/") for host in hosts(theirs()))
    other = theirs()[0]
    assert Pc.objects.get(id=other).host not in page(client, f"/pcs?q={Pc.objects.get(id=other).host[:3]}")
    for address in ("/pcs/{n}", "/pcs/{n}/inventory", "/pcs/{n}/network"):
        page(client, address.format(n=min(mine())))
        page(client, address.format(n=other), 404)
    page(client, f"/history?pc={Pc.objects.get(id=min(mine())).asset_number}")
    page(client, f"/history?pc={Pc.objects.get(id=other).asset_number}", 404)
    for whole in ("/history", "/operations", "/suspected", "/refused", "/network/agents", "/failovers", "/held"):
        assert "limited to groups" in page(client, whole, 403)
    page(client, "/policies")


def test_the_network_and_what_waits_are_of_their_pcs_only() -> None:
    _user, client = person("security_administrator", MINE)
    listed = page(client, "/network")
    assert not any(host in listed for host in hosts(theirs()))
    mac = Identity.objects.filter(kind="mac", pc=theirs()[0]).values_list("value", flat=True).first()
    page(client, f"/network/devices/{mac}", 404)
    (one,) = asked.questions(["network"])
    some = one.pcs & scope.within(_user)
    assert 0 < len(some) < len(one.pcs), "the sample asks about PCs of several groups"
    asked_page = page(client, f"/waiting/{one.number}")
    assert hosts(some) <= {host for host in hosts(one.pcs) if host in asked_page}
    assert not any(host in asked_page for host in hosts(one.pcs - some))
    form = {"decision": "approve", "upto": str(2**40), "form_key": KEY}
    assert client.post(f"/waiting/{one.number}/decide", form).status_code == 302
    assert set(ask_of(Operation.objects.get(key=f"form:{KEY}")).pcs) == set(some)


def test_what_they_order_for_other_pcs_is_not_there() -> None:
    _user, client = person("security_administrator", MINE)
    other = theirs()[0]
    before = Operation.objects.count()
    page(client, f"/pcs/bulk?do=judge&pc={other}", 404)
    given = {"form_key": KEY, "pc": [other]}
    assert client.post("/pcs/bulk/judge", given).status_code == 404
    mac = Identity.objects.filter(kind="mac", pc=other).values_list("value", flat=True).first()
    for target in ({"pc": other}, {"mac": mac}, {"mac": "02:00:00:00:00:99"}):
        order = {"form_key": KEY, "wanted": "refuse", "reason": "worm", **target}
        assert client.post("/network/order", order).status_code == 404, target
    assert client.post("/actions/hold", {"form_key": KEY}).status_code == 403
    assert Operation.objects.count() == before
    assert client.post("/pcs/bulk/judge", given | {"pc": [min(mine())]}).status_code == 302


def test_a_token_that_is_limited_reads_and_orders_its_pcs_only(token: None) -> None:
    assert {row["number"] for row in call("get", "/pcs")} == mine()
    assert call("get", "/status")["pcs"] == len(mine())
    other, own = Pc.objects.get(id=theirs()[0]), Pc.objects.get(id=min(mine()))
    for path in ("", "/history", "/timeline", "/actions"):
        call("get", f"/pcs/{own.asset_number}{path}")
        call("get", f"/pcs/{other.asset_number}{path}", status=404)
        call("get", f"/pcs/{other.host}{path}", status=404)
    call("get", "/pcs?group=/Osaka%20branch", status=404)
    assert {row["pc"] for row in call("get", "/network")} <= mine()
    assert all(row["path"].startswith(MINE) for row in call("get", "/groups"))
    (asked_now,) = [one for one in call("get", "/waiting") if one["kind"] == "network"]
    assert {one["number"] for one in call("get", f"/waiting/{asked_now['number']}")} <= mine()
    for body in ({"pcs": [other.asset_number]}, {"group": "/Osaka branch"}, {"group": "/"}):
        call("post", "/judgments", body, 404)
    judged = call("post", "/judgments", {"all": True})
    assert judged["subject"] == f"{len(mine())} PCs"
    assert call("get", f"/operations/{judged['id']}")["id"] == judged["id"]
    call(
        "get",
        f"/operations/{Operation.objects.exclude(actor='token:branch').values_list('id', flat=True)[0]}",
        status=404,
    )
    answered = call("post", "/waiting", {"decision": "decline", "all": True})
    assert set(ask_of(Operation.objects.get(id=answered["id"])).pcs) <= mine()
    assert "limited to groups" in call("get", "/operations", status=403)["detail"]
    assert call("post", "/hold", {"held": True}, 403)["id"] == "KNM7200-E"
    assert call("post", "/policies", {"text": "kind: judgment"}, 403)["id"] == "KNM7200-E"
    call("post", "/pcs/manage", {"wanted": "disable", "pcs": [other.host]}, 404)
    call("post", "/network/orders", {"wanted": "refuse", "host": other.host, "reason": "x"}, 404)
    call("post", "/messages", {"pcs": [other.host], "title": "a", "text": "b"}, 404)
    waiver = {"condition": "antivirus.engine", "reason": "r", "approver": "a", "expires": "2030-01-01"}
    call("post", "/waivers", waiver | {"group": "/Osaka branch"}, 404)
    call("post", "/waivers", waiver | {"system": True}, 403)


def test_a_token_keeps_its_limit_and_ends_when_it_said(token: None) -> None:
    row = ApiToken.objects.get(name="branch")
    assert row.groups_only == [Group.objects.get(path=MINE).id]
    ApiToken.objects.update(expires_at=row.created_at)
    call("get", "/status", status=401)
