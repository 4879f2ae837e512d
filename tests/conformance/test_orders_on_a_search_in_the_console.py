"""Orders about all PCs of a search: whom they are about, when, and what stops them; on every database."""

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from pyroaring import BitMap

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.console import bulk_words
from kanmon.console.read import keep
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.models import PcState
from tests.conformance.work import crash, leader

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console

KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    scope.forget()
    leadership = leader()
    crash(leadership)
    sample.fill(36, term=leadership.term)
    Pc.objects.filter(id__in=(2, 3)).update(managed=False)
    Pc.objects.filter(id__gt=3).update(managed=True)


def person(role: str = "security_administrator", *paths: str) -> Client:
    client = Client()
    with transaction():
        made = User.objects.create_user(f"a-{role}", role=role, groups_only=scope.ids_of(paths))
    client.force_login(made)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def danger() -> list[int]:
    return sorted(PcState.objects.filter(level=400).exclude(pc__in=(2, 3)).values_list("pc", flat=True))


def scope_of(key: str) -> list[int]:
    order = msgspec.msgpack.decode(bytes(Operation.objects.get(key=f"form:{key}").input))
    return list(BitMap.deserialize(order["scope"]))


def test_all_pcs_of_a_search_are_judged_as_it_finds_them_at_the_order() -> None:
    client, meant = person(), danger()
    listed = page(client, "/pcs?level=danger")
    assert f"All {len(meant)} PCs of this search" in listed
    assert 'name="search" value="level=danger"' in listed
    asked = page(client, "/pcs/bulk?do=judge&search=level%3Ddanger&next=/pcs%3Flevel%3Ddanger")
    assert f"Judge {len(meant)} PCs?" in asked
    assert "Level is Danger" in asked
    assert 'name="pc"' not in asked, "a search is sent as a search, not as numbers"
    form = {"search": "level=danger", "count": len(meant), "form_key": KEY}
    for _ in range(2):
        assert client.post("/pcs/bulk/judge", form).status_code == 302
    told = page(client, "/pcs")
    assert f"{len(meant)} PCs are being judged" in told
    assert "The search found them at" in told
    assert "It had been done already" in told
    assert Operation.objects.filter(key=f"form:{KEY}").count() == 1
    assert scope_of(KEY) == meant
    assert client.post("/pcs/bulk/act", form, headers=SCRIPT).json()["message_id"] == "KNM7020-E"


def test_a_search_without_filters_means_all_pcs_and_says_so_and_ticks_win_over_it() -> None:
    client = person()
    asked = page(client, "/pcs/bulk?do=judge&search=")
    assert "Judge 34 PCs?" in asked
    assert "All PCs: no filter is set" in asked
    assert "2 PCs whose management is disabled" in asked
    assert "Judge 1 PC?" in page(client, "/pcs/bulk?do=judge&search=&pc=5")
    assert "There is no PC to which this can be done" in page(client, "/pcs/bulk?do=judge")
    assert client.post("/pcs/bulk/judge", {"search": "q=no-such-pc", "form_key": KEY}).status_code == 400


def test_nothing_is_done_when_clearly_more_pcs_match_than_one_was_asked_about() -> None:
    client = person()
    form = {"search": "", "count": 7, "form_key": KEY}
    answer = client.post("/pcs/bulk/judge", form, headers=SCRIPT)
    assert (answer.status_code, answer.json()["message_id"]) == (409, "KNM7102-E")
    assert client.post("/pcs/bulk/judge", {"search": "", "form_key": KEY}, headers=SCRIPT).status_code == 409
    assert not Operation.objects.filter(key=f"form:{KEY}").exists()


def test_network_orders_on_a_search_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bulk_words.BULK, "refuse", replace(bulk_words.BULK["refuse"], most=20))
    answer = person().get("/pcs/bulk?do=refuse&search=")
    assert answer.status_code == 409
    assert "The search finds 36 PCs. This can be done to 20 at most at once." in answer.content.decode()


def test_management_is_disabled_and_enabled_by_those_who_may_edit_policies() -> None:
    client = person()
    assert "Disable the management of 34 PCs?" in page(client, "/pcs/bulk?do=disable&search=")
    form = {"search": "managed=no", "count": 2, "form_key": KEY}
    assert client.post("/pcs/bulk/enable", form).status_code == 302
    begun = Operation.objects.get(key=f"form:{KEY}")
    assert (begun.kind, begun.subject, begun.actor) == ("pcs", "enabling of 2 PCs", "a-security_administrator")
    form = {"pc": 5, "form_key": OTHER}
    assert client.post("/pcs/bulk/remove", form, headers=SCRIPT).json()["message_id"] == "KNM8550-E"
    assert client.post("/pcs/bulk/remove", form | {"reason": "sold"}).status_code == 302
    assert Operation.objects.get(key=f"form:{OTHER}").subject == "removal of 1 PC"
    of_one = {number: page(client, f"/pcs/{number}") for number in (3, 5)}
    assert [verb for verb in ("disable", "enable", "remove") if f"do={verb}&" in of_one[3]] == ["enable", "remove"]
    assert [verb for verb in ("disable", "enable", "remove") if f"do={verb}&" in of_one[5]] == ["disable", "remove"]
    viewer = person("viewer")
    assert "do=disable" not in page(viewer, "/pcs/5")
    assert viewer.get("/pcs/bulk?do=disable&search=").status_code == 403


def test_a_search_of_somebody_limited_is_about_their_pcs() -> None:
    client = person("security_administrator", "/Head office")
    mine = {one.id for one in Pc.objects.select_related("group") if f"{one.group.path}/".startswith("/Head office/")}
    count = len(mine - {2, 3})
    assert f"Judge {count} PCs?" in page(client, "/pcs/bulk?do=judge&search=")
    assert client.post("/pcs/bulk/judge", {"search": "", "count": count, "form_key": KEY}).status_code == 302
    assert set(scope_of(KEY)) == mine - {2, 3}
