"""A setting is changed by command while the Manager runs, tried out at a real mail server, and outlives a kill."""

import json
from collections.abc import Callable

from tests.conftest import MailServer, ManagerProcess, until

Make = Callable[..., ManagerProcess]


def value(manager: ManagerProcess, name: str) -> tuple[object, str]:
    """What a setting holds, and where that comes from."""
    rows = manager.json("settings", "list", name.partition(".")[0])
    return next((one["value"], one["source"]) for one in rows if one["name"] == name)


def test_it_holds_at_once_and_after_a_kill(make_manager: Make, mail_server: MailServer) -> None:
    manager = make_manager(network={"verify_seconds": 70}).start()
    assert "mail.server = " in manager.run("settings", "set", "mail.server", f"127.0.0.1:{mail_server.port}").stdout
    said = manager.run("settings", "test-mail", "me@example.test").stdout
    assert said == f"KNM6036-I 127.0.0.1:{mail_server.port} took the test mail for me@example.test.\n"
    assert mail_server.mails[0]["Subject"] == "Kanmon: test of the mail settings"
    refused = manager.run("settings", "set", "network.verify_seconds", "90", check=False)
    assert (refused.returncode, refused.stderr.split()[0]) == (1, "KNM6033-E")
    manager.kill()
    manager.start()
    assert value(manager, "mail.server") == (f"127.0.0.1:{mail_server.port}", "console")
    assert value(manager, "network.verify_seconds")[0] == 70
    manager.run("settings", "default", "mail.server")
    assert value(manager, "mail.server") == ("", "default")
    until(lambda: "Settings: mail.server" in json.dumps(manager.json("audit", "list")), 30)
