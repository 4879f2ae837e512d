"""Mail: one a run, tried again when the server is away, and said plainly when it can't be sent."""

import json
from collections.abc import Callable

from tests.conftest import MailServer, ManagerProcess, free_port, pc_json, until

Make = Callable[..., ManagerProcess]


def send_dangerous(manager: ManagerProcess, count: int) -> None:
    """Reports of ``count`` PCs without antivirus."""
    token = manager.token()
    for number in range(count):
        assert manager.post(json.dumps(pc_json(number, antivirus=[])).encode(), token)[0] == 200


def test_pcs_of_one_collecting_window_stand_in_one_mail(make_manager: Make, mail_server: MailServer) -> None:
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 3}).start()
    send_dangerous(manager, 5)
    mail = until(lambda: mail_server.mails)[0]
    text = mail.get_body().get_content()
    assert [host for host in (f"pc-{n:04d}" for n in range(5)) if host not in text] == []
    assert "No antivirus product found" in text
    table = next(part for part in mail.iter_attachments()).get_content()
    assert table.count("\r\n") == 6 or table.count("\n") == 6
    until(manager.idle)
    assert len(mail_server.mails) == 1
    assert mail["Message-ID"].startswith("<kanmon.")
    assert mail["X-Kanmon-Attempt"] is None


def test_a_mail_waits_for_a_server_that_is_away(make_manager: Make, mail_server: MailServer) -> None:
    from aiosmtpd.controller import Controller

    late = MailServer(free_port())
    manager = make_manager(mail=late.settings, action={"collect_seconds": 0}).start()
    send_dangerous(manager, 1)
    until(lambda: "KNM4005-W" in manager.log())
    controller = Controller(late, hostname="127.0.0.1", port=late.port)
    controller.start()
    try:
        mail = until(lambda: late.mails, 30)[0]
    finally:
        controller.stop()
    assert int(mail["X-Kanmon-Attempt"]) >= 2
    assert "may be a repeat" not in mail.get_body().get_content(), "it was refused before, so it is no repeat"
    until(lambda: "KNM3012-I" in manager.log())


def test_a_refused_recipient_is_named_and_the_others_get_it(make_manager: Make, mail_server: MailServer) -> None:
    mail_server.refuse["gone@example.test"] = "550 no such mailbox"
    settings = mail_server.settings | {"administrators": ["a@example.test", "gone@example.test"]}
    manager = make_manager(mail=settings, action={"collect_seconds": 0}).start()
    send_dangerous(manager, 1)
    until(lambda: mail_server.mails)
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM3012-I" in one])[0]
    assert "partial_success" in line
    assert "gone@example.test" in line
    assert "550" in line


def test_a_permanent_refusal_is_not_tried_again(make_manager: Make, mail_server: MailServer) -> None:
    mail_server.refuse["a@example.test"] = "550 no such mailbox"
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 0}).start()
    send_dangerous(manager, 1)
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM3012-I" in one])[0]
    assert "failure" in line
    assert "KNM4005-W" not in manager.log()
    assert [row["state"] for row in manager.json("operations", "--kind", "mail")] == ["failed"]


def test_without_a_server_the_log_says_that_nothing_was_sent(make_manager: Make) -> None:
    manager = make_manager(action={"collect_seconds": 0}).start()
    send_dangerous(manager, 1)
    line = until(lambda: [one for one in manager.log().splitlines() if "KNM3012-I" in one])[0]
    assert "not_executed" in line
    assert "mail.server is not set" in line


def test_a_pc_that_stays_dangerous_is_mailed_once_and_again_after_it_was_mended(
    make_manager: Make, mail_server: MailServer
) -> None:
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 0}).start()
    token = manager.token()
    for second, changes in enumerate([{"antivirus": []}, {"antivirus": [], "software": []}, {}, {"antivirus": []}]):
        body = pc_json(1, reported_at=f"2026-01-01T00:00:0{second}Z", **changes)
        manager.post(json.dumps(body).encode(), token)
        until(manager.idle)
    assert len(mail_server.mails) == 2


def test_japanese_mails_when_the_server_speaks_japanese(make_manager: Make, mail_server: MailServer) -> None:
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 0}, server={"language": "ja"}).start()
    send_dangerous(manager, 1)
    mail = until(lambda: mail_server.mails)[0]
    assert "危険" in mail["Subject"]
    assert "ウイルス対策製品" in mail.get_body().get_content()
    until(lambda: "アクションを終了しました" in manager.log())
