"""A condition is waived for all PCs of a search, and they are put into a group: once, wholly or not; on every database."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.common import zone
from kanmon.console import change_policies
from kanmon.console.read import keep
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.models import PcState
from kanmon.policy import versions
from kanmon.policy.models import Waiver
from tests.conformance.work import crash, leader

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console

KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
SCRIPT = {"X-Kanmon-Fetch": "1"}
CONDITION = "antivirus.definitions"


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    scope.forget()
    versions.rules.cache_clear()
    leadership = leader()
    crash(leadership)
    sample.fill(36, term=leadership.term)
    Pc.objects.update(managed=True)
    Pc.objects.filter(id__in=(2, 3)).update(managed=False)


def person(role: str = "security_administrator", *paths: str, **options: Any) -> Client:
    client = Client(**options)
    with transaction():
        made = User.objects.create_user(f"a-{role}{len(paths)}", role=role, groups_only=scope.ids_of(paths))
    client.force_login(made)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def danger() -> list[int]:
    return sorted(PcState.objects.filter(level=400).exclude(pc__in=(2, 3)).values_list("pc", flat=True))


def waiver_form(days: int = 20) -> dict[str, str]:
    expires = (zone.today() + timedelta(days=days)).isoformat()
    return {"condition": CONDITION, "reason": "Closed line", "approver": "Ito", "expires": expires}


def waived() -> list[int]:
    return sorted(Waiver.objects.filter(ended_at=None, condition=CONDITION).values_list("target_id", flat=True))


def test_a_condition_is_waived_for_all_pcs_of_a_search_once() -> None:
    client, meant = person(), danger()
    asked = page(client, "/pcs/bulk?do=waive&search=level%3Ddanger")
    assert f"Waive a condition for {len(meant)} PCs?" in asked
    assert f'<option value="{CONDITION}">' in asked
    form = {"search": "level=danger", "count": len(meant), "form_key": KEY, **waiver_form()}
    for _ in range(2):
        assert client.post("/pcs/bulk/waive", form).status_code == 302
    assert f"The condition is waived for {len(meant)} PCs" in page(client, "/pcs")
    assert waived() == meant
    begun = Operation.objects.get(key=f"form:{KEY}")
    assert (begun.kind, begun.actor) == ("change", "a-security_administrator0")
    assert Operation.objects.filter(kind="judge", requester="policy").count() == 1
    longer = {"pc": meant[:2], "form_key": OTHER, **waiver_form(days=40)}
    assert client.post("/pcs/bulk/waive", longer).status_code == 302
    assert waived() == meant, "a new one takes the place of the old one"
    assert Waiver.objects.filter(ended_at__isnull=False).count() == len(meant[:2])
    again = {"pc": meant, "form_key": "e" * 32, **waiver_form(days=40)}
    assert client.post("/pcs/bulk/waive", again).status_code == 302
    assert Waiver.objects.count() == 2 * len(meant), "to those that had the same one nothing was added"


def test_what_breaks_off_leaves_nothing_and_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    client, meant = person(raise_request_exception=False), danger()
    form = {"search": "level=danger", "count": len(meant), "form_key": KEY, **waiver_form()}
    with monkeypatch.context() as broken:
        broken.delattr(change_policies, "begin_judgment")
        assert client.post("/pcs/bulk/waive", form).status_code == 500
    assert not waived()
    assert not Operation.objects.filter(key=f"form:{KEY}").exists()
    assert client.post("/pcs/bulk/waive", form).status_code == 302
    assert waived() == meant


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"expires": "soon"}, "KNM7106-E"), ({"condition": "no.such"}, "KNM5050-E"), ({"reason": ""}, "KNM8550-E"),
        ({"approver": ""}, "KNM5063-E"), ({"expires": "2020-01-01"}, "KNM5058-E"),
    ],
)  # fmt: skip
def test_a_waiver_that_cannot_be_is_given_to_nobody(changed: dict[str, str], message: str) -> None:
    form = {"pc": 5, "form_key": KEY, **waiver_form(), **changed}
    assert person().post("/pcs/bulk/waive", form, headers=SCRIPT).json()["message_id"] == message
    assert not Waiver.objects.exists()


def test_all_pcs_of_a_search_are_put_into_a_group_and_judged() -> None:
    client, meant = person(), danger()
    desk = Group.objects.get(path="/Osaka branch")
    assert f"Put {len(meant)} PCs into another group?" in page(client, "/pcs/bulk?do=group&search=level%3Ddanger")
    form = {"pc": meant, "form_key": OTHER, "path": "/Osaka branc"}
    assert client.post("/pcs/bulk/group", form, headers=SCRIPT).json()["message_id"] == "KNM5050-E"
    form |= {"path": "/Osaka branch", "form_key": KEY}
    for _ in range(2):
        assert client.post("/pcs/bulk/group", form).status_code == 302
    assert set(meant) <= set(Pc.objects.filter(group=desk).values_list("id", flat=True))
    assert Operation.objects.filter(kind="judge", requester="policy").count() == 1


def test_who_is_limited_waives_for_the_own_pcs_and_moves_none() -> None:
    client = person("security_administrator", "/Head office")
    mine = Pc.objects.filter(group__path__startswith="/Head office", managed=True).order_by("id")[0].id
    other = Pc.objects.exclude(group__path__startswith="/Head office").order_by("id")[0].id
    button = 'name="do" value="group"'
    assert button in page(person(), "/pcs")
    assert button not in page(client, "/pcs")
    assert client.get(f"/pcs/bulk?do=group&pc={mine}").status_code == 403
    form = {"pc": mine, "form_key": OTHER, "path": "/Head office"}
    assert client.post("/pcs/bulk/group", form).status_code == 403
    form = {"pc": [mine, other], "form_key": KEY, **waiver_form()}
    assert client.post("/pcs/bulk/waive", form).status_code == 404
    assert client.post("/pcs/bulk/waive", form | {"pc": mine}).status_code == 302
    assert waived() == [mine]


def test_pcs_of_a_search_are_removed_from_management() -> None:
    client, meant = person(), danger()
    assert f"Remove {len(meant)} PCs from management?" in page(client, "/pcs/bulk?do=remove&search=level%3Ddanger")
    form = {"search": "level=danger", "count": len(meant), "form_key": KEY, "reason": "sold"}
    assert client.post("/pcs/bulk/remove", form).status_code == 302
    assert Operation.objects.get(key=f"form:{KEY}").subject == f"removal of {len(meant)} PCs"
