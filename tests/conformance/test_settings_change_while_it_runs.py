"""Settings that are kept in the database, and their page: what holds, what is refused and why, on every database."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.console import setting_words
from kanmon.console.read import keep
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.schedule.models import Schedule
from kanmon.setup import changeable, kept
from kanmon.setup.models import KeptSetting
from tests.conformance.work import leader
from tests.conftest import MailServer

sys.path.append(str(Path(__file__).parents[1] / "console"))
KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
SCRIPT = {"X-Kanmon-Fetch": "1"}
NAME = "network.verify_seconds"


@pytest.fixture(autouse=True)
def _settings(database: str) -> Iterator[None]:
    keep.forget()
    config.forget()
    leader()
    yield
    config.forget()


@pytest.fixture
def person() -> Client:
    client = Client()
    with transaction():
        one = User.objects.create_user("boss", role="administrator")
    client.force_login(one)
    return client


def change(**values: object) -> None:
    with transaction():
        kept.change({name.replace("__", "."): value for name, value in values.items()}, "boss")
    kept.load()


def save(person: Client, section: str, key: str = KEY, **typed: str) -> tuple[int, str]:
    """Send the form of a section as the page shows it, with other texts typed; (status, the page that follows)."""
    page = person.get(f"/setup/settings/{section}").content.decode()
    was = dict(re.findall(r'name="was_(\w+)" value="([^"]*)"', page))
    form = {f"was_{name}": value for name, value in was.items()} | was | typed
    answer = person.post(f"/setup/settings/{section}/change", {"form_key": key, **form}, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_value_holds_at_once_and_in_a_process_that_starts_later() -> None:
    change(network__verify_seconds=90)
    assert config.get(NAME) == 90
    config.forget()
    assert config.get(NAME) == 60
    kept.load()
    assert config.get(NAME) == 90
    change(network__verify_seconds=None)
    assert config.get(NAME) == 60
    assert not KeptSetting.objects.exists()


def test_what_the_machine_says_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    change(network__verify_seconds=90)
    monkeypatch.setenv("KANMON_NETWORK_VERIFY_SECONDS", "70")
    config.forget()
    kept.load()
    assert config.get(NAME) == 70
    with pytest.raises(Refused, match="KANMON_NETWORK_VERIFY_SECONDS"):
        change(network__verify_seconds=80)


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("command.folder", "/tmp", "KNM6030-E"), ("audit.keep_days", 1, "KNM6030-E"), ("no.such", 1, "KNM6032-E"),
        (NAME, "soon", "KNM6001-E"), (NAME, 1, "KNM6001-E"), ("mail.security", "weak", "KNM6001-E"),
        ("mail.administrators", ["a" * 11_000], "KNM6034-E"),
    ],
)  # fmt: skip
def test_what_can_not_be_set_here_is_refused_with_a_sentence(name: str, value: object, id: str) -> None:
    with pytest.raises(Refused) as refused:
        change(**{name.replace(".", "__"): value})
    assert refused.value.message_id == id
    assert not KeptSetting.objects.exists()


def test_the_mail_server_stays_with_the_machine_that_has_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_MAIL_PASSWORD_FILE", "/etc/kanmon/smtp")
    config.forget()
    with pytest.raises(Refused, match=r"mail\.password_file"):
        change(mail__server="mail.attacker.example:25")
    change(mail__sender="kanmon@example.test")


def test_a_value_that_is_none_any_more_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    change(network__verify_seconds=90, mail__sender="k@example.test")
    KeptSetting.objects.filter(name=NAME).update(value="soon")
    kept.load()
    assert (config.get(NAME), config.get("mail.sender")) == (60, "k@example.test")
    assert NAME in caplog.text


def test_every_setting_is_told_in_japanese_and_every_changeable_one_exists() -> None:
    assert {one.name for one in config.SETTINGS} == set(setting_words.REASONS)
    assert {one.unit for one in config.SETTINGS} == set(setting_words.UNITS)
    assert set(config.BY_NAME) >= changeable.CHANGEABLE
    assert not [name for name in changeable.CHANGEABLE if config.BY_NAME[name].secret]


def test_the_page_saves_what_was_changed_and_nothing_else(person: Client) -> None:
    status, page = save(person, "network", network__verify_seconds="75")
    assert (status, config.get(NAME)) == (200, 75)
    assert list(KeptSetting.objects.values_list("name", "changed_by")) == [(NAME, "boss")]
    assert "network.verify_seconds: saved, and in force." in page
    assert "Set here by boss" in page
    again = {"form_key": KEY, "was_network__verify_seconds": "60", "network__verify_seconds": "75"}
    person.post("/setup/settings/network/change", again)
    assert Operation.objects.filter(subject=f"Settings: {NAME}").count() == 1
    person.post("/setup/settings/network/change", again | {"form_key": OTHER, "default": NAME})
    assert config.get(NAME) == 75, "the page that says 60 is old"
    save(person, "network", key="a" * 32, default=NAME)
    assert config.get(NAME) == 60


def test_a_wrong_value_is_shown_with_its_reason_and_what_was_typed_is_kept(person: Client) -> None:
    status, page = save(person, "network", network__verify_seconds="3")
    assert status == 400
    assert 'value="3"' in page
    assert "wanted is a whole number from 5 to 86400" in page
    assert config.get(NAME) == 60


def test_who_was_overtaken_is_told(person: Client) -> None:
    change(network__verify_seconds=90)
    typed = {"form_key": KEY, "was_network__verify_seconds": "60", "network__verify_seconds": "75"}
    answer = person.post("/setup/settings/network/change", typed)
    assert answer.status_code == 409
    assert "changed meanwhile: it is 90 now" in answer.content.decode()
    assert config.get(NAME) == 90
    by_script = person.post("/setup/settings/network/change", typed | {"form_key": OTHER}, headers=SCRIPT)
    assert by_script.status_code == 409


def test_values_of_secrets_are_on_no_page(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_WEBHOOK_TARGETS", "siem=https://siem.example.test/very-secret")
    config.forget()
    page = person.get("/setup/settings/webhook").content.decode()
    assert "very-secret" not in page
    assert "webhook/siem" in page


def test_a_test_mail_goes_by_every_server_and_says_what_each_answered(person: Client, mail_server: MailServer) -> None:
    mail_server.refuse["gone@example.test"] = "550 nobody of that name"
    change(mail__server=f"127.0.0.1:{mail_server.port}", mail__fallback_servers=["127.0.0.1:1"])
    answer = person.post("/setup/test/mail", {"form_key": KEY, "address": "me@example.test"}, follow=True)
    page = answer.content.decode()
    assert f"127.0.0.1:{mail_server.port} took the test mail for me@example.test" in page
    assert "127.0.0.1:1 did not take the test mail" in page
    assert [mail["To"] for mail in mail_server.mails] == ["me@example.test"]
    person.post("/setup/test/mail", {"form_key": KEY, "address": "me@example.test"})
    assert len(mail_server.mails) == 1, "the same form sends nothing again"
    answer = person.post("/setup/test/mail", {"form_key": OTHER, "address": "gone@example.test"}, follow=True)
    assert "550 nobody of that name" in answer.content.decode()
    answer = person.post("/setup/test/mail", {"form_key": "b" * 32, "address": "me@example.test\nBcc: x@y.test"})
    assert "KNM6040-E" in answer.content.decode()


def test_a_receiver_at_a_private_address_is_not_even_connected_to(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANMON_EVENTS_TARGETS", "meta=tcp://169.254.169.254:80,siem=tcp://127.0.0.1:1")
    config.forget()
    for name in ("meta", "siem"):
        form = {"form_key": f"{name:0>32}"[-32:], "receiver": f"events/{name}"}
        page = person.post("/setup/test/receiver", form, follow=True).content.decode()
        assert "KNM6042-E" in page
        assert "which is not a public address" in page


def test_schedules_are_added_and_removed_on_their_page(person: Client) -> None:
    form = {
        "form_key": KEY,
        "name": "morning",
        "cron": "0 6 * * MON-FRI",
        "zone": "Asia/Tokyo",
        "groups": "",
        "skip": "on",
    }
    page = person.post("/setup/schedules/add", form, follow=True).content.decode()
    assert "morning" in page
    assert Schedule.objects.get().skip_unchanged
    wrong = person.post("/setup/schedules/add", form | {"form_key": OTHER, "name": "x", "cron": "at six"})
    assert wrong.status_code == 422
    assert 'value="at six"' in wrong.content.decode()
    person.post("/setup/schedules/remove", {"form_key": "c" * 32, "name": "morning"})
    assert not Schedule.objects.exists()


def test_feeds_say_that_there_is_none_yet(person: Client) -> None:
    page = person.get("/setup/feeds").content.decode()
    assert "No feed of updates has been imported" in page
