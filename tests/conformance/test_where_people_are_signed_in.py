"""Where people are signed in is listed and can be ended; on every database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from kanmon.accounts import people, sessions
from kanmon.accounts.models import SessionUse, User
from kanmon.audit import read
from kanmon.audit.follow import follow
from kanmon.common import clock
from kanmon.journal.writing import transaction
from tests.conformance.work import crash, leader

KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
PASSWORD = "sakura-ginga-42"
SCRIPT = {"X-Kanmon-Fetch": "1"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"


@pytest.fixture(autouse=True)
def inoue(database: str, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with transaction():
        return User.objects.create_user("inoue", password=PASSWORD, role="viewer")


def window(name: str = "inoue", agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """A browser in which ``name`` has signed in with the password."""
    client = Client(headers={"user-agent": agent, "accept-language": "en"}, REMOTE_ADDR=address)
    assert client.post("/account/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def numbers(client: Client, page: str = "/account/") -> list[str]:
    """The addresses of the buttons that end one of the sessions, as the page lists them."""
    return re.findall(r'action="([\w/]*/sessions/\d+/end)"', client.get(page).content.decode())


def told() -> list[tuple[str, str]]:
    leadership = leader()
    while follow(leadership.term):
        pass
    crash(leadership)
    rows = [*read.listed(read.Filter(event="session_ended"), 10, "en")]
    rows += read.listed(read.Filter(event="sessions_ended"), 10, "en")
    return [(one["actor"], one["sentence"]) for one in rows]


def test_my_own_are_listed_in_words_and_one_is_ended(inoue: User) -> None:
    here, there = window(), window(agent=EDGE, address="198.51.100.4")
    shown = here.get("/account/").content.decode()
    assert "Firefox on Linux" in shown
    assert "Microsoft Edge on Windows" in shown
    assert "198.51.100.4" in shown
    key = there.session.session_key
    assert key is not None
    assert key not in shown
    (address,) = numbers(here)
    assert here.post(address, {"form_key": KEY}).status_code == 302
    assert here.post(address, {"form_key": KEY}).status_code == 302, "the same form sent twice"
    assert is_in(here)
    assert not is_in(there)
    gone = here.post(address, {"form_key": OTHER}, headers=SCRIPT).json()
    assert gone["message_id"] == "KNM7230-E"
    sentence = "inoue ended a sign-in of inoue: Microsoft Edge, Windows, from 198.51.100.4."
    assert told() == [("inoue", sentence)]


def test_all_others_end_and_this_one_stays(inoue: User) -> None:
    here, others = window(), [window(), window()]
    assert here.post("/me/sessions/end", {"form_key": KEY}).status_code == 302
    assert is_in(here)
    assert [is_in(one) for one in others] == [False, False]
    mine = SessionUse.objects.get(person=inoue)
    said = here.post(f"/me/sessions/{mine.id}/end", {"form_key": OTHER}, headers=SCRIPT).json()
    assert said["message_id"] == "KNM7231-E"
    assert told() == [("inoue", "inoue ended the sign-ins of inoue (2).")]


def test_an_administrator_ends_those_of_a_person_and_nobody_else_does(inoue: User) -> None:
    with transaction():
        User.objects.create_user("tanabe", password=PASSWORD, role="administrator")
        User.objects.create_user("mori", password=PASSWORD, role="viewer")
    theirs, again, tanabe, mori = window(), window(agent="curl/8"), window("tanabe"), window("mori")
    page = f"/people/{inoue.pk}"
    assert "Unknown browser" in tanabe.get(page).content.decode()
    last, first = numbers(tanabe, page)
    assert mori.post(last, {"form_key": KEY}).status_code == 403
    strange = first.replace(page, "/me")
    assert mori.post(strange, {"form_key": KEY}, headers=SCRIPT).json()["message_id"] == "KNM7230-E"
    assert is_in(theirs)
    assert tanabe.post(first, {"form_key": KEY}).status_code == 302
    assert not is_in(theirs)
    assert is_in(again)
    assert tanabe.post(f"{page}/sessions/end", {"form_key": OTHER}).status_code == 302
    assert not is_in(again)
    assert "Not signed in anywhere" in tanabe.get(page).content.decode()
    assert is_in(mori)


def test_what_lets_nobody_in_is_not_listed_and_goes_with_the_session(inoue: User) -> None:
    first, second = window(), window()
    assert len(sessions.of(inoue)) == 2
    second.post("/account/logout/")
    assert len(sessions.of(inoue)) == 1
    Session.objects.filter(pk=first.session.session_key).update(expire_date=clock.now() - timedelta(minutes=1))
    assert sessions.of(inoue) == []
    here = window()
    assert SessionUse.objects.count() == 1, "what was over went when somebody signed in"
    with transaction():
        person = people.find("inoue")
        person.set_password("tsubaki-umi-77")
        person.save()
    assert sessions.of(person) == []
    assert not is_in(here)
    with transaction():
        people.disable("inoue")
    assert Session.objects.count() == 0


def test_a_person_has_so_many_and_the_longest_unused_ends(inoue: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    windows = [window(), window(), window()]
    assert [is_in(one) for one in windows] == [False, True, True]


def test_a_session_that_comes_from_elsewhere_shows_it_at_once(inoue: User) -> None:
    here = window()
    since = SessionUse.objects.get(person=inoue).since
    here.get("/account/", REMOTE_ADDR="203.0.113.9")
    row = SessionUse.objects.get(person=inoue)
    assert (row.address, row.since) == ("203.0.113.9", since)
    here.get("/node", REMOTE_ADDR="203.0.113.10")
    assert SessionUse.objects.get(person=inoue).address == "203.0.113.9", "a window that asks by itself is no use"
