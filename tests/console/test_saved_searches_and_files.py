"""Searches that people keep, and the list of a search as a file."""

import csv
import io
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.console.read import keep
from kanmon.inventory.models import Pc
from kanmon.judgment.models import PcState
from kanmon.search import saved
from kanmon.search.models import SavedSearch

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def company(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    sample.fill(24)


def person(role: str, name: str = "", *paths: str) -> Client:
    client = Client()
    made = User.objects.create_user(name or f"a-{role}", role=role, groups_only=scope.ids_of(paths))
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, address: str, key: int, **form: Any) -> Any:
    return client.post(address, form | {"form_key": f"{key:032d}"}, headers=SCRIPT)


def page(client: Client, address: str) -> str:
    keep.ask_again()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_a_search_is_kept_once_under_a_name_and_is_seen_by_its_owner() -> None:
    mine, other = person("viewer"), person("viewer", "somebody")
    form = {"search": "level=danger&bogus=1", "name": " To  mend ", "shared": "yes"}
    for _ in range(2):
        assert send(mine, "/pcs/searches", 1, **form).status_code == 200
    row = SavedSearch.objects.get()
    assert (row.name, row.query, row.shared) == ("To mend", "level=danger", False), "a viewer shares nothing"
    count = PcState.objects.filter(level=400).count()
    assert f'To mend <span class="k-num">{count}</span>' in page(mine, "/pcs")
    assert "This saved search" in page(mine, "/pcs?level=danger")
    assert "To mend" not in page(other, "/pcs")
    assert send(other, f"/pcs/searches/{row.id}/remove", 2).status_code == 404
    assert send(mine, f"/pcs/searches/{row.id}/rename", 3, name="Now <b>").status_code == 200
    assert "Now &lt;b&gt;" in page(mine, "/pcs")
    assert send(mine, f"/pcs/searches/{row.id}/remove", 4).status_code == 200
    assert not SavedSearch.objects.exists()


def test_shared_searches_are_seen_by_all_and_changed_by_who_may_edit_policies() -> None:
    keeper, viewer = person("security_administrator"), person("viewer", "branch", "/Head office")
    send(keeper, "/pcs/searches", 1, search="managed=yes", name="Managed", shared="yes")
    row = SavedSearch.objects.get()
    mine = Pc.objects.filter(group__path__startswith="/Head office", managed=True).count()
    assert f'Managed <span class="k-num">{mine}</span>' in page(viewer, "/pcs"), (
        "counted among the PCs that one may see"
    )
    assert "This saved search" not in page(viewer, "/pcs?managed=yes")
    assert send(viewer, f"/pcs/searches/{row.id}/rename", 2, name="Mine").status_code == 404
    assert send(person("administrator"), f"/pcs/searches/{row.id}/rename", 3, name="Ours").status_code == 200
    assert SavedSearch.objects.get().name == "Ours"


def test_what_cannot_be_kept_is_refused_with_a_sentence() -> None:
    client = person("security_administrator")
    said = [
        send(client, "/pcs/searches", 1, search="", name="All").json()["message_id"],
        send(client, "/pcs/searches", 2, search="level=danger", name="  ").json()["message_id"],
        send(client, "/pcs/searches", 3, search="level=danger", name="x" * 61).json()["message_id"],
    ]
    assert said == ["KNM7104-E"] * 3
    for number in range(saved.MOST_OWN):
        assert send(client, "/pcs/searches", 10 + number, search="level=danger", name=f"s{number}").status_code == 200
    assert send(client, "/pcs/searches", 30, search="level=safe", name="more").json()["message_id"] == "KNM7103-E"
    assert send(client, "/pcs/searches", 31, search="level=safe", name="s1").status_code == 200, "it replaces its like"
    row = SavedSearch.objects.get(name="s1")
    assert row.query == "level=safe"
    assert send(client, f"/pcs/searches/{row.id}/rename", 32, name="s2").json()["message_id"] == "KNM7105-E"
    assert send(client, f"/pcs/searches/{row.id}/burn", 33).status_code == 404


def test_the_pcs_of_a_search_are_a_file_without_formulas() -> None:
    Pc.objects.filter(id=5).update(user="=cmd|' /C calc'!A0", host='say "hi", 7')
    keep.forget()
    client = person("viewer")
    answer = client.get("/pcs.csv?q=SK-2024-10005")
    assert answer["Content-Type"].startswith("text/csv")
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert (told["asset_number"], told["host"]) == ("SK-2024-10005", 'say "hi", 7')
    assert told["user"].startswith("'=")
    levels = [line["level"] for line in csv.DictReader(io.StringIO(client.get("/pcs.csv").content.decode("utf-8-sig")))]
    assert len(levels) == 24
    assert levels == sorted(levels, key=["danger", "warning", "caution", "unknown", "safe", "not_judged"].index)
    limited = person("viewer", "branch", "/Osaka branch").get("/pcs.csv").content.decode("utf-8-sig")
    groups = {line["group"] for line in csv.DictReader(io.StringIO(limited))}
    assert groups
    assert all(group.startswith("/Osaka branch") for group in groups)
