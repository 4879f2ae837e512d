"""A second factor by an authenticator app: set up, asked for, wanted by a setting; on every database."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from kanmon.accounts import people
from kanmon.accounts.models import Kept, User
from kanmon.audit.models import AuditRow
from kanmon.common import config
from kanmon.console.read import keep
from kanmon.journal.writing import transaction
from kanmon.sealing import keys

KEY, PASSWORD = "0123456789abcdef0123456789abcdef", "sakura-ginga-42"
SET_UP, AGAIN = "/account/factor/set-up/", "/account/reauthenticate/"


@pytest.fixture(autouse=True)
def inoue(database: str, settings: Any) -> Iterator[User]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keep.forget()
    secrets = config.home() / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "data-key").write_text(keys.new_key(), "utf-8")
    with transaction():
        made = User.objects.create_user("inoue", password=PASSWORD, role="administrator")
    yield made
    config.forget()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_password(follow: bool = False) -> tuple[Client, Any]:
    client = Client(headers={"accept-language": "en"})
    return client, client.post("/account/login/", {"login": "inoue", "password": PASSWORD}, follow=follow)


def set_up(client: Client) -> tuple[str, list[str]]:
    """The key, and the recovery codes that were shown."""
    client.post(AGAIN, {"password": PASSWORD})
    asked = client.get(SET_UP)
    found = re.search(r'id="kanmon-key"[^>]*>(\w+)<', asked.content.decode())
    assert found is not None, asked
    shown = client.post(SET_UP, {"code": code_of(found[1])}, follow=True).content.decode()
    codes = re.search(r'id="kanmon-codes"[^>]*>([\d\s]+)<', shown)
    assert codes is not None, shown
    with transaction():
        Kept.objects.all().delete()  # so that the code of this half minute counts once more
    return found[1], codes[1].split()


def wanted_of(monkeypatch: pytest.MonkeyPatch, whom: str) -> None:
    monkeypatch.setenv("KANMON_SIGN_IN_SECOND_FACTOR", whom)
    config.forget()


def told() -> list[str]:
    return [str(one) for one in AuditRow.objects.order_by("seq").values_list("event", flat=True)]


def test_the_password_alone_opens_nothing_and_a_code_is_good_once() -> None:
    secret, codes = set_up(with_password()[0])
    assert len(codes) == 10
    client, asked = with_password()
    assert asked.headers["Location"] == "/account/factor/code/"
    assert client.get("/").status_code == 302, "not signed in yet"
    assert client.post("/account/factor/code/", {"code": "000000"}).status_code == 200
    code = code_of(secret)
    assert client.post("/account/factor/code/", {"code": code}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    other, _ = with_password()
    other.post("/account/factor/code/", {"code": code})
    assert other.get("/").status_code == 302, "who looked over the shoulder comes too late"
    assert {"second_factor_on", "sign_in_failed"} <= set(told())


def test_a_recovery_code_lets_in_once_and_is_shown_once() -> None:
    first, _ = with_password()
    _, codes = set_up(first)
    assert codes[0] not in first.get("/account/factor/recovery/").content.decode()
    for good in (True, False):
        client, _ = with_password()
        client.post("/account/factor/code/", {"code": codes[0]})
        assert (client.get("/").status_code == 200) == good
    assert '<dd class="k-num">9</dd>' in first.get("/account/").content.decode()
    assert "recovery_code_used" in told()


def test_the_key_is_sealed_in_the_database() -> None:
    secret, codes = set_up(with_password()[0])
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_who_needs_one_is_led_to_set_it_up_and_can_not_turn_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted_of(monkeypatch, "administrators")
    client, _ = with_password()
    for address in ("/", "/people", "/pcs"):
        assert client.get(address).headers["Location"] == SET_UP
    refused = client.post("/people/invite", {"form_key": KEY, "name": "x", "role": "viewer"})
    assert refused.headers["Location"] == SET_UP
    assert not User.objects.filter(username="x").exists()
    client.post(AGAIN, {"password": PASSWORD})
    assert "Your role needs a second factor" in client.get(SET_UP).content.decode()
    set_up(client)
    assert client.get("/people").status_code == 200
    client.post("/account/factor/turn-off/")
    assert Authenticator.objects.filter(type="totp").exists()
    wanted_of(monkeypatch, "no")
    client.post("/account/factor/turn-off/")
    assert not Authenticator.objects.exists()
    assert "second_factor_off" in told()


def test_a_viewer_needs_none_where_administrators_do(monkeypatch: pytest.MonkeyPatch, inoue: User) -> None:
    wanted_of(monkeypatch, "administrators")
    with transaction():
        User.objects.filter(pk=inoue.pk).update(role="viewer")
    assert with_password()[0].get("/").status_code == 200
    wanted_of(monkeypatch, "all")
    assert with_password()[0].get("/").headers["Location"] == SET_UP


def test_an_administrator_takes_away_what_is_lost(inoue: User) -> None:
    set_up(with_password()[0])
    with transaction():
        boss = User.objects.create_user("tanabe", password=PASSWORD, role="administrator")
    client = Client()
    client.force_login(boss)
    assert "Take the second factor away" in client.get(f"/people/{inoue.pk}").content.decode()
    client.post(f"/people/{inoue.pk}/take-second-factor", {"form_key": KEY})
    assert with_password()[1].headers["Location"] == "/"
    assert people.find("inoue").check_password(PASSWORD)


def test_the_password_is_asked_again_before_the_way_of_signing_in_changes() -> None:
    client, _ = with_password()
    asked = client.get(SET_UP)
    assert asked.headers["Location"].startswith(AGAIN)
    page = client.get(asked.headers["Location"]).content.decode()
    assert "Your password again" in page
    assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
    assert client.get(SET_UP).status_code == 302
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert client.get(SET_UP).status_code == 200
