"""What attackers try at the console, without a browser: every address, as it stands in the tables of addresses."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sample
from django.test import Client
from test_permissions import BACKEND, console

from kanmon.accounts import scope, tokens
from kanmon.accounts.models import User
from kanmon.console.read import keep
from kanmon.inventory.models import Group, Pc
from kanmon.journal.writing import transaction

pytestmark = pytest.mark.django_db
PASSWORD = "sakura-ginga-42"
HTML = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "https:evil.example", "///evil.example", " //evil.example", "http://testserver@evil.example/", "\x00//evil.example",
    "/\r\nSet-Cookie: stolen=1",
]  # fmt: skip


class InLine(HTMLParser):
    """What of a page is script or style in line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        bad = {name for name in names if name == "style" or name.startswith(("on", "hx-on"))}
        if bad or tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag} {' '.join(sorted(names))}>")
        if any((value or "").strip().lower().startswith("javascript:") for _, value in attrs):
            self.found.append(f"<{tag}> with javascript:")


@pytest.fixture
def pc(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pc:
    """A PC of the invented company, which has HTML in its names, and so has its group."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("KANMON_HOME", str(tmp_path))
    keep.forget()
    scope.forget()
    sample.fill(24)
    found = Pc.objects.order_by("id")[0]
    Pc.objects.filter(id=found.id).update(host=HTML, asset_number=HTML[:60])
    Group.objects.filter(id=found.group_id).update(path=f"/{HTML}", name=HTML)
    keep.forget()
    return Pc.objects.get(id=found.id)


def administrator(settings: Any, **options: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    client = Client(raise_request_exception=False, **options)
    with transaction():
        client.force_login(User.objects.create_user("tanabe", role="administrator"), backend=BACKEND)
    return client


def test_no_address_takes_a_form_without_its_key(pc: Pc, settings: Any) -> None:
    client = administrator(settings, enforce_csrf_checks=True)
    asked = [one for one in console(pc) if one.method == "POST"]
    assert len(asked) > 50
    taken = [one.path for one in asked if client.post(one.path, one.body).status_code != 403]
    assert taken == []


def test_names_with_html_come_out_as_text_on_every_page(pc: Pc, settings: Any) -> None:
    client = administrator(settings)
    tokens.create(HTML, "viewer", HTML, scope.ids_of([f"/{HTML}"]))
    shown = 0
    for one in console(pc):
        if one.method == "GET" and one.path != "/account/logout/":
            answer = client.get(one.path)
            if "html" not in answer.headers.get("Content-Type", ""):
                continue
            text = answer.content.decode()
            assert "<img src=x" not in text, one.path
            assert "<script>alert" not in text, one.path
            shown += "&lt;img src=x" in text
    assert shown >= 8, "the names are on the list, the PC, people, tokens..."


def test_nothing_of_a_page_runs_or_styles_in_line(pc: Pc, settings: Any) -> None:
    client = administrator(settings)
    for one in console(pc):
        if one.method == "GET":
            answer = client.get(one.path)
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe-" not in policy, one.path
            assert "*" not in policy, one.path
            if "html" in answer.headers.get("Content-Type", ""):
                looked = InLine()
                looked.feed(answer.content.decode())
                assert looked.found == [], one.path


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_and_choosing_a_language_lead_nowhere_else(wanted: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with transaction():
        User.objects.create_user("inoue", password=PASSWORD)
    client = Client()
    form = {"login": "inoue", "password": PASSWORD, "next": wanted}
    for answer in (
        client.post("/account/login/", form),
        client.post("/language", {"language": "ja", "next": wanted}),
        client.post("/theme", {"theme": "dark", "next": wanted}),
    ):
        assert answer.status_code in (302, 400)
        where = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", where), where
        assert "stolen" not in answer.cookies
        assert not {"\r", "\n"} & set(where)


def test_over_tls_the_browser_is_told_to_stay_there_and_cookies_are_for_tls_only() -> None:
    code = """
import django; django.setup()
from django.conf import settings
from django.core import checks
from django.test import RequestFactory
from django.middleware.security import SecurityMiddleware
from django.http import HttpResponse
for one in checks.run_checks(include_deployment_checks=True):
    if not one.is_silenced(): print(one.id, one.msg)
answer = SecurityMiddleware(lambda request: HttpResponse())(RequestFactory().get("/", secure=True))
print(answer.headers["Strict-Transport-Security"], answer.headers["Referrer-Policy"], answer.headers["X-Content-Type-Options"])
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "kanmon.settings", "KANMON_SERVER_CERTIFICATE": "x.pem"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["max-age=31536000 same-origin nosniff", "True True True"]
