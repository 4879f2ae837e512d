"""Tokens, passwords and one-time links are in no log, no list of processes, no error page and no database."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.conftest import MailServer, ManagerProcess, pc_json, until


def test_tokens_are_in_no_log_process_list_error_page_or_file(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer, tmp_path: Path
) -> None:
    secret = tmp_path / "smtp-password"
    secret.write_text("hunter2-the-smtp-password")
    settings = mail_server.settings | {"user": "kanmon", "password_file": str(secret)}
    manager = make_manager(mail=settings, action={"collect_seconds": 0}).start()
    token = manager.token()
    api_token = manager.run("token", "create", "reader", "--api").stdout.strip()
    link = re.search(r"/welcome/(\S+)", until(lambda: manager.output.read_text() or None))[1]

    answers = [
        manager.post(json.dumps(pc_json(1, antivirus=[])).encode(), token)[2],
        manager.post(b"<broken", token)[2],
        manager.post(b"x" * (8 * 2**20 + 1), token)[2],
        manager.post(b"{}", token + "wrong")[2],
        manager.post(b"{}", headers={"Authorization": f"Bearer {token}x"})[2],
        _get(manager, f"/intake/{token}"),
        _get(manager, f"/api/v1/pcs/{token}", api_token),
        _get(manager, f"/nowhere/{token}"),
    ]
    until(manager.idle, 30)
    processes = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    manager.stop()
    logs = b"".join(path.read_bytes() for path in (manager.home / "log").iterdir())
    database = (manager.home / "kanmon.sqlite3").read_bytes()
    for mark in (token, api_token, link, "hunter2-the-smtp-password"):
        assert mark not in processes
        assert mark.encode() not in logs
        assert mark.encode() not in database
    for answer in answers[:7]:
        assert token.encode() not in answer
    assert oct((manager.home / "secrets" / "signing-key").stat().st_mode)[-3:] == "600"
    assert oct((manager.home / "kanmon.sqlite3").stat().st_mode)[-3:] == "600"


def _get(manager: ManagerProcess, path: str, token: str = "") -> bytes:
    import urllib.error
    import urllib.request

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        return urllib.request.urlopen(urllib.request.Request(manager.url + path, headers=headers), timeout=20).read()
    except urllib.error.HTTPError as problem:
        return problem.read()
