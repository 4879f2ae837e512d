"""People and their tokens as administrators keep them, by pages and by the API; on every database."""

import json
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kanmon.accounts import people, scope, tokens
from kanmon.accounts.models import ApiToken, Invitation, User
from kanmon.audit.follow import follow
from kanmon.audit.models import AuditRow
from kanmon.common.errors import Refused
from kanmon.console.read import keep
from kanmon.inventory import groups
from kanmon.journal.once import once
from kanmon.journal.writing import transaction
from tests.conformance.work import crash, leader

KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
PASSWORD, NEW = "sakura-ginga-42", "tsubaki-umi-77"
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def _tree(database: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keep.forget()
    scope.forget()
    with transaction():
        groups.create("/Osaka/Sales")
        groups.create("/Nagoya")


def person(name: str, role: str = "administrator", password: str = PASSWORD) -> User:
    with transaction():
        return User.objects.create_user(name, password=password, role=role)


@pytest.fixture
def tanabe() -> Client:
    """A signed-in administrator."""
    client = Client()
    client.force_login(person("tanabe"))
    return client


def link_in(text: str) -> str:
    found = re.search(r"/welcome/[\w-]+", text)
    assert found is not None, text
    return found[0]


def told(event: str) -> list[tuple[str, str]]:
    """Rows of the audit of this event: who, and the sentence."""
    from kanmon.audit import read

    leadership = leader()
    while follow(leadership.term):
        pass
    crash(leadership)
    return [(one["actor"], one["sentence"]) for one in read.listed(read.Filter(event=event), 10, "en")]


def test_a_person_is_invited_with_a_limit_sets_a_password_and_sees_those_groups_only(tanabe: Client) -> None:
    form = {
        "form_key": KEY, "name": "ogawa", "role": "security_administrator", "limit": "groups", "group": "/Osaka",
        "language": "ja",
    }  # fmt: skip
    shown = tanabe.post("/people/invite", form).content.decode()
    link = link_in(shown)
    assert "shown this once" in shown
    again = tanabe.post("/people/invite", form).content.decode()
    assert "This form was sent before" in again
    assert "/welcome/" not in again
    assert people.state(people.find("ogawa")) == "invited"
    visitor = Client(headers={"accept-language": "en"})
    assert 'value="ogawa"' in visitor.get(link).content.decode()
    answers = {"username": "somebody-else", "password1": PASSWORD, "password2": PASSWORD, "language": "ja"}
    assert visitor.post(link, answers).status_code == 302
    made = people.find("ogawa")
    assert (made.role, scope.paths(made), made.language) == ("security_administrator", ["/Osaka"], "ja")
    assert made.check_password(PASSWORD)
    assert not User.objects.filter(username="somebody-else").exists()
    assert visitor.get("/people").status_code == 403
    assert Client().get(link).status_code == 410, "a link works once"
    assert told("person_made") == [
        ("tanabe", "tanabe made the account ogawa: role security_administrator, limited to /Osaka.")
    ]
    assert told("password_set") == [("ogawa", "ogawa set a password by a link.")]


def test_role_and_limit_are_changed_and_hold_from_the_next_click(tanabe: Client) -> None:
    inoue = person("inoue", "viewer")
    theirs = Client()
    theirs.force_login(inoue)
    assert theirs.get("/operations").status_code == 200
    form = {"form_key": KEY, "role": "viewer", "limit": "groups", "group": ["/Osaka", "/Nagoya"], "language": ""}
    assert tanabe.post(f"/people/{inoue.pk}/change", form).status_code == 302
    scope.forget()
    assert theirs.get("/operations").status_code == 403
    (row,) = told("person_changed")
    assert row[1] == "tanabe changed inoue: role viewer (was viewer), limited to /Nagoya, /Osaka (was /)."
    none = form | {"form_key": OTHER, "group": []}
    refused = tanabe.post(f"/people/{inoue.pk}/change", none, headers=SCRIPT)
    assert refused.json()["message_id"] == "KNM7215-E", "no group is not the whole system"
    both = form | {"form_key": OTHER, "limit": "all"}
    assert tanabe.post(f"/people/{inoue.pk}/change", both, headers=SCRIPT).json()["message_id"] == "KNM7223-E"
    assert scope.paths(people.find("inoue")) == ["/Nagoya", "/Osaka"]
    shown = tanabe.get(f"/people/{inoue.pk}").content.decode()
    assert re.search(r'value="/Osaka" checked', shown)
    assert not re.search(r'value="/Osaka/Sales" checked', shown)


def test_who_is_disabled_is_out_at_once_and_may_be_enabled_again(tanabe: Client) -> None:
    inoue = person("inoue", "viewer")
    theirs = Client()
    theirs.force_login(inoue)
    link = link_in(tanabe.post(f"/people/{inoue.pk}/link", {"form_key": KEY}).content.decode())
    assert tanabe.post(f"/people/{inoue.pk}/disable", {"form_key": OTHER}).status_code == 302
    assert theirs.get("/").status_code == 302
    assert Client().get(link).status_code == 410, "their link ended"
    said = tanabe.post(f"/people/{inoue.pk}/link", {"form_key": "a" * 32}, headers=SCRIPT).json()
    assert said["message_id"] == "KNM7213-E"
    assert tanabe.post(f"/people/{inoue.pk}/enable", {"form_key": "b" * 32}).status_code == 302
    back = Client()
    signed_in = back.post("/account/login/", {"login": "inoue", "password": PASSWORD})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/")


def test_a_new_password_by_a_link_ends_other_windows(tanabe: Client) -> None:
    inoue = person("inoue", "viewer")
    theirs = Client()
    theirs.force_login(inoue)
    link = link_in(tanabe.post(f"/people/{inoue.pk}/link", {"form_key": KEY}).content.decode())
    assert theirs.get("/").status_code == 200
    answers = {"username": "inoue", "password1": NEW, "password2": NEW, "language": "en"}
    assert Client().post(link, answers).status_code == 302
    assert people.find("inoue").check_password(NEW)
    assert theirs.get("/").status_code == 302, "a window that was opened with the old password"
    assert Invitation.objects.filter(used_at=None).count() == 0


@pytest.mark.parametrize("how", ["disable", "demote", "limit"])
def test_the_last_administrator_stays_one(tanabe: Client, how: str) -> None:
    me = people.find("tanabe")
    with transaction():
        people.make("only-invited", "administrator", None, "")
    form = {"form_key": KEY, "role": "viewer", "limit": "all", "language": ""}
    if how == "limit":
        form |= {"role": "administrator", "limit": "groups", "group": "/Osaka"}
    address = f"/people/{me.pk}/disable" if how == "disable" else f"/people/{me.pk}/change"
    assert tanabe.post(address, form, headers=SCRIPT).json()["message_id"] == "KNM7211-E"
    now = people.find("tanabe")
    assert (now.role, now.is_active, now.groups_only) == ("administrator", True, None)
    person("second")
    assert tanabe.post(address, form | {"form_key": OTHER}).status_code == 302


def test_two_administrators_who_disable_each_other_at_once_leave_one() -> None:
    person("first"), person("second")
    begin, said = threading.Barrier(2), []

    def disable(name: str, key: str) -> None:
        begin.wait()
        try:
            once(f"Person {name}: disabled", lambda: people.disable(name), actor="x", requester="console", key=key)
        except Refused as refused:
            said.append(refused.message_id)
        finally:
            connection.close()

    both = [threading.Thread(target=disable, args=(name, name)) for name in ("first", "second")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert said == ["KNM7211-E"]
    assert User.objects.filter(is_active=True).count() == 1


@pytest.mark.parametrize(
    ("name", "message_id"), [("INOUE", "KNM7210-E"), ("a b", "KNM7212-E"), ("<script>", "KNM7212-E"), ("", "KNM7212-E")]
)
def test_names_are_good_and_unique(tanabe: Client, name: str, message_id: str) -> None:
    person("inoue", "viewer")
    form = {"form_key": KEY, "name": name, "role": "viewer", "limit": "all", "language": ""}
    assert tanabe.post("/people/invite", form, headers=SCRIPT).json()["message_id"] == message_id


def call(token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    client = Client(headers={"Authorization": f"Bearer {token}"})
    answer = getattr(client, method)(f"/api/v1{path}", **more)
    return answer.status_code, json.loads(answer.content)


def test_the_api_keeps_people_and_a_limit_never_widens_by_itself() -> None:
    token = tokens.create("setup", "administrator", "test")
    status, made = call(token, "post", "/people", {"name": "ogawa", "role": "viewer", "groups": ["/Osaka/Sales"]})
    assert status == 200, made
    link_in(made["link"])
    assert call(token, "post", "/people/ogawa", {"role": "auditor"})[1]["groups"] == ["/Osaka/Sales"]
    with transaction():
        groups.delete("/Osaka/Sales", 0)
    scope.forget()
    assert call(token, "post", "/people/ogawa", {"role": "viewer"})[1]["groups"] == ["?"]
    assert people.find("ogawa").groups_only, "whose group is gone sees nothing, not everything"
    assert call(token, "post", "/people/ogawa", {"groups": []})[1]["id"] == "KNM7215-E"
    assert call(token, "post", "/people/ogawa", {"everything": True})[1]["groups"] is None
    assert call(token, "post", "/people/nobody", {"role": "viewer"})[0] == 404
    assert call(token, "post", "/people/ogawa", {"role": "king"})[1]["id"] == "KNM7214-E"
    assert call(token, "post", "/people/ogawa/disable")[1]["state"] == "disabled"
    assert [one["name"] for one in call(token, "get", "/people")[1]] == ["ogawa"]


def test_a_token_is_shown_once_limited_used_and_revoked(tanabe: Client) -> None:
    form = {
        "form_key": KEY, "name": "nightly", "role": "viewer", "limit": "groups", "group": "/Osaka", "days": "30",
    }  # fmt: skip
    shown = tanabe.post("/tokens/make", form).content.decode()
    found = re.search(r"kna_[\w-]+", shown)
    assert found is not None
    assert "kna_" not in tanabe.post("/tokens/make", form).content.decode()
    row = ApiToken.objects.get(name="nightly")
    assert (scope.paths(row), row.created_by, (row.expires_at - row.created_at).days) == (["/Osaka"], "tanabe", 30)  # type: ignore[operator]
    assert row.last_used_at is None
    assert call(found[0], "get", "/status")[0] == 200
    assert call(found[0], "get", "/operations")[1]["id"] == "KNM7200-E"
    assert ApiToken.objects.get(name="nightly").last_used_at is not None
    assert "/Osaka" in tanabe.get("/tokens").content.decode()
    assert tanabe.post(f"/tokens/{row.id}/revoke", {"form_key": OTHER}).status_code == 302
    assert call(found[0], "get", "/status")[0] == 401
    assert told("token_made")[0] == ("tanabe", "tanabe made the token nightly (role viewer).")
    assert AuditRow.objects.filter(event="token_revoked").count() == 1
    long = form | {"form_key": "c" * 32, "name": "other", "days": "5000"}
    assert tanabe.post("/tokens/make", long, headers=SCRIPT).json()["message_id"] == "KNM7222-E"
