"""A real mail server with TLS and AUTH: mail to groups, in Japanese, and to users; by the next server; once, or marked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.conftest import MailServer, ManagerProcess, as_toml, free_port, pc_json, until
from tests.stories.postfix import Postfix, running

Make = Callable[..., ManagerProcess]
POLICY = """
kind: action
name: Default
danger:
  mail:
    to: ["group:夜勤", boss@example.test]
    subject: {ja: "【関門】{level} {count} 台: 東京本社と大阪支社の端末を至急ご確認ください（{policy}、判定日時 {date}）"}
  user_mail: {to: user}
"""


@pytest.fixture(scope="module")
def sink() -> Iterator[MailServer]:
    """Where all mail ends."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, enable_SMTPUTF8=True)
    controller.start()
    yield server
    controller.stop()


@pytest.fixture(scope="module")
def postfix(sink: MailServer) -> Iterator[Postfix]:
    """The real server."""
    with running(sink.port) as one:
        yield one


@pytest.fixture(autouse=True)
def _empty(sink: MailServer) -> None:
    sink.mails.clear()


def dangerous(manager: ManagerProcess, *numbers: int) -> None:
    token = manager.token(f"tests-{numbers[0]}")
    for number in numbers:
        body = pc_json(number, antivirus=[], columns={"user": f"EXAMPLE\\user{number}"})
        assert manager.post(json.dumps(body).encode(), token)[0] == 200


def parts(mail: Any) -> list[str]:
    return [part.get_content_type() for part in mail.walk() if not part.is_multipart()]


def test_groups_users_and_the_next_server(
    make_manager: Make, postfix: Postfix, sink: MailServer, tmp_path: Path
) -> None:
    gone = f"localhost:{free_port()}"
    mail = postfix.settings | {
        "server": gone, "fallback_servers": [postfix.settings["server"]], "user_address": "{user}@example.test",
    }  # fmt: skip
    manager = make_manager(mail=mail, action={"collect_seconds": 1}, server={"language": "ja"}).start()
    actions, groups, users = tmp_path / "actions.yaml", tmp_path / "groups.csv", tmp_path / "users.csv"
    actions.write_text(POLICY, "utf-8")
    refused = manager.run("policy", "import", str(actions), check=False)
    assert refused.returncode == 1
    assert "KNM3031-E" in refused.stderr
    groups.write_text('"group","address"\r\n"夜勤","x@example.test"\r\n"夜勤","y@example.test"\r\n', "utf-8-sig")
    users.write_text('"user","address"\r\n"USER2","hanako@example.test"\r\n', "utf-8")
    manager.run("mail-groups", "import", str(groups))
    manager.run("mail-users", "import", str(users))
    manager.run("policy", "import", str(actions))
    dangerous(manager, 1, 2)
    until(lambda: len(sink.mails) >= 3)
    until(manager.idle)
    by = {str(one["To"]): one for one in sink.mails}
    assert set(by) == {"x@example.test, y@example.test, boss@example.test", "user1@example.test", "hanako@example.test"}
    run = by["x@example.test, y@example.test, boss@example.test"]
    assert run["Subject"].startswith(
        "【関門】危険 2 台: 東京本社と大阪支社の端末を至急ご確認ください（Default、判定日時 20"
    )
    assert parts(run) == ["text/plain", "text/html", "text/csv"]
    assert "ウイルス対策製品" in run.get_body(("plain",)).get_content()
    assert "<table" in run.get_body(("html",)).get_content()
    assert "pc-0002" in by["hanako@example.test"]["Subject"]
    received = "".join(run.get_all("Received"))
    assert "Authenticated sender: kanmon" in received
    assert "using TLS" in received
    assert f"受理したサーバー: localhost:{postfix.starttls}" in manager.log()

    shown = manager.run("policy", "preview-mail", "Default", "--language", "en", "--html", str(tmp_path / "x.html"))
    assert "To: x@example.test, y@example.test, boss@example.test" in shown.stdout
    assert "pc-0001" in shown.stdout
    assert "<table" in (tmp_path / "x.html").read_text("utf-8")
    told = manager.json("policy", "preview-mail", "Default", "--user", "--pc", "pc-0002", "--language", "ja")
    assert (told["to"], told["pcs"]) == (["hanako@example.test"], 1)
    assert manager.json("mail-groups", "list")[0]["policies"] == ["Default"]
    manager.run("mail-groups", "export", "-o", str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_bytes() == groups.read_bytes()
    assert manager.run("mail-users", "export").stdout == '"user","address"\n"user2","hanako@example.test"\n'
    assert "Default" in manager.run("mail-groups", "remove", "夜勤").stdout
    assert manager.run("mail-users", "remove", "user2").stdout == "Removed user2\n"
    assert manager.run("mail-groups", "remove", "夜勤", check=False).returncode == 1
    assert len(sink.mails) == 3, "a preview sends nothing"


def test_killed_after_the_server_has_taken_it_the_mail_is_marked(
    make_manager: Make, postfix: Postfix, sink: MailServer
) -> None:
    mail = postfix.settings | {"server": f"localhost:{postfix.tls}", "security": "tls"}
    manager = make_manager(mail=mail, action={"collect_seconds": 0}).start(fault="after_effect:1=kill")
    dangerous(manager, 1)
    until(manager.ended)
    manager.start()
    until(lambda: len(sink.mails) == 2)
    until(manager.idle)
    first, second = sorted(sink.mails, key=lambda one: one["X-Kanmon-Attempt"] or "1")
    assert first["Message-ID"] == second["Message-ID"]
    assert (first["X-Kanmon-Attempt"], second["X-Kanmon-Attempt"]) == (None, "2")
    for kind in ("plain", "html"):
        assert "may be a repeat" not in first.get_body((kind,)).get_content()
        assert "may be a repeat" in second.get_body((kind,)).get_content()
    assert "KNM4003-W" in manager.log()


def test_a_password_or_a_certificate_that_is_wrong_is_said(
    make_manager: Make, postfix: Postfix, sink: MailServer, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not-this-one")
    manager = make_manager(mail=postfix.settings | {"password_file": str(wrong)}, action={"collect_seconds": 0}).start()
    dangerous(manager, 1)
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM3012-I" in one])[0]
    assert "535 5.7.8 Error: authentication failed" in line
    assert "not-this-one" not in manager.log()
    manager.stop()
    settings = {"mail": {**postfix.settings, "ca_file": ""}, "action": {"collect_seconds": 0}}
    (manager.home / "kanmon.toml").write_text(as_toml(settings), "utf-8")
    manager.start()
    dangerous(manager, 2)
    assert (
        "CERTIFICATE_VERIFY_FAILED"
        in until(lambda: [one for one in manager.log().splitlines() if "KNM4005-W" in one])[0]
    )
    assert sink.mails == []
