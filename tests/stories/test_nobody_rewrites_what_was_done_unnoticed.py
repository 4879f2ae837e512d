"""Who did what is in the audit; who changes it afterwards is found, by the command and without Kanmon."""

import http.cookiejar
import json
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import ManagerProcess, until


class Browser:
    """A person's browser, as far as signing in needs one."""

    def __init__(self, manager: ManagerProcess) -> None:
        self.url = manager.url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def open(self, path: str, **form: str) -> tuple[int, str]:
        """A page, or the answer to the form on it. Status and text."""
        try:
            if form:
                page = self.opener.open(self.url + path, timeout=60).read().decode()
                found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
                assert found, page
                form["csrfmiddlewaretoken"] = found[1]
            data = urllib.parse.urlencode(form).encode() if form else None
            request = urllib.request.Request(self.url + path, data=data, headers={"Referer": self.url + path})
            answer = self.opener.open(request, timeout=60)
            return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode()


def audited(manager: ManagerProcess, **wanted: Any) -> list[dict[str, Any]]:
    """Rows of the audit, oldest first."""
    words = [word for name, value in wanted.items() for word in (f"--{name}", str(value))]
    return list(reversed(manager.json("audit", "list", *words)))


def verified(manager: ManagerProcess, *more: str) -> tuple[int, dict[str, Any]]:
    """Exit status and answer of ``kanmon audit verify``."""
    done = manager.run("audit", "verify", "--json", *more, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def sealed(manager: ManagerProcess) -> bool:
    return verified(manager)[1]["unsealed"] == 0


def beside(manager: ManagerProcess, statement: str, *values: Any) -> None:
    """What somebody does who can write the file of the database."""
    with sqlite3.connect(manager.home / "kanmon.sqlite3", timeout=60) as database:
        assert database.execute(statement, values).rowcount > 0
    database.close()


def copied(manager: ManagerProcess) -> str:
    """The newest line with a seal in the Manager log, as somebody copies it elsewhere."""
    return [line for line in manager.log().splitlines() if "KNM4200-I" in line][-1]


def test_what_people_and_programs_do_is_in_the_audit_with_who_and_from_where(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager(mail={"server": "127.0.0.1:2525"}).start()
    link = until(lambda: re.search(r"(/welcome/\S+)", manager.output.read_text()))
    browser, stranger = Browser(manager), Browser(manager)
    password = "correct horse battery"
    status, _ = browser.open(link[1], username="hanako", password1=password, password2=password, language="en")
    assert status == 200
    stranger.open("/account/login/", login="hanako", password="guessed")
    token = tmp_path / "token"
    token.write_text(manager.run("token", "create", "reader", "--api").stdout)
    there = ("--server", manager.url, "--token-file", str(token))
    assert manager.run("token", "create", "more", "--api", *there, check=False).returncode == 5
    manager.run("judge", "--all")
    until(lambda: any(row["event"] == "judge_finished" for row in audited(manager)))  # the journal feeds it
    until(lambda: sealed(manager))

    rows = audited(manager)
    told = [(row["event"], row["actor"], row["address"]) for row in rows]
    for wanted in [
        ("service_started", "kanmon", ""),
        ("account_made", "hanako", "127.0.0.1"),
        ("signed_in", "hanako", "127.0.0.1"),
        ("sign_in_failed", "hanako", "127.0.0.1"),
        ("token_made", "os:root", "local"),
        ("permission_refused", "token:reader", "127.0.0.1"),
        ("judge_begun", "os:root", "local"),
        ("judge_finished", "os:root", ""),
    ]:
        assert told.count(tuple(_me(word) for word in wanted)) == 1, (wanted, told)
    assert rows[0]["event"] == "settings_changed"
    assert "mail.server" in rows[0]["sentence"]
    everything = json.dumps(rows)
    assert password not in everything
    assert "guessed" not in everything
    assert token.read_text().strip() not in everything
    assert [row["event"] for row in audited(manager, event="sign*")] == ["signed_in", "sign_in_failed"]

    refused = manager.run("audit", "list", *there, check=False)
    assert (refused.returncode, "KNM7001-E" in refused.stderr) == (5, True), "a viewer may not read the audit"
    token.write_text(manager.run("token", "create", "office", "--api", "--role", "auditor").stdout)
    assert verified(manager, *there)[0] == 0, "an auditor may"


def _me(word: str) -> str:
    import getpass

    return f"os:{getpass.getuser()}" if word == "os:root" else word


def test_a_change_beside_kanmon_is_found_with_and_without_a_manager(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager().start()
    for name in ("one", "two", "three"):
        manager.run("token", "create", name, "--api")
    until(lambda: sealed(manager))
    status, answer = verified(manager)
    assert (status, answer["fits"], answer["problems"]) == (0, True, [])
    manager.stop()
    seal = copied(manager)
    assert verified(manager, "--seal", seal)[0] == 0

    row = audited(manager, event="token_made")[1]
    export = tmp_path / "audit.jsonl"
    manager.run("audit", "export", str(export))
    assert oct(export.stat().st_mode)[-3:] == "600"
    assert json.loads(export.read_text().splitlines()[0])["seq"] == 1
    beside(manager, "UPDATE audit SET actor = 'somebody else' WHERE seq = ?", row["seq"])
    done = manager.run("audit", "verify", check=False)
    assert done.returncode == 1
    assert f"KNM4211-E Row {row['seq']} of the audit was changed" in done.stdout
    manager.start()
    status, answer = verified(manager, "--language", "ja")
    assert (status, [one["row"] for one in answer["problems"]]) == (1, [row["seq"]])
    assert "変更されています" in answer["problems"][0]["sentence"]
    beside(manager, "UPDATE audit SET actor = ? WHERE seq = ?", row["actor"], row["seq"])
    assert verified(manager)[0] == 0
    beside(manager, "DELETE FROM audit WHERE seq = ?", row["seq"])
    assert verified(manager)[1]["problems"][0]["id"] == "KNM4212-E"


def test_who_takes_back_the_whole_database_is_found_by_the_copied_line(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager().start()
    manager.run("token", "create", "one", "--api")
    manager.stop()
    before = (manager.home / "kanmon.sqlite3").read_bytes()
    manager.start()
    manager.run("token", "create", "secretly", "--api", "--role", "administrator")
    manager.stop()
    seal = copied(manager)
    (manager.home / "kanmon.sqlite3").write_bytes(before)
    for left in ("-wal", "-shm"):
        (manager.home / f"kanmon.sqlite3{left}").unlink(missing_ok=True)
    assert verified(manager)[0] == 0, "the database alone fits to itself"
    status, answer = verified(manager, "--seal", seal)
    assert (status, answer["problems"][0]["id"]) == (1, "KNM4214-E")
    manager.start()
    manager.run("token", "create", "two", "--api")
    manager.run("token", "create", "three", "--api")
    number = int(re.search(r"(\d+):[0-9a-f]{64}", seal)[1])  # type: ignore[index]
    until(lambda: int(verified(manager)[1]["newest"].partition(":")[0]) >= number)
    status, answer = verified(manager, "--seal", seal)
    assert (status, answer["problems"][0]["id"]) == (1, "KNM4217-E"), "another history under the same number"
    done = manager.run("audit", "verify", "--seal", "nothing", check=False)
    assert (done.returncode, "KNM6013-E" in done.stderr) == (1, True)


def test_kill_nine_at_each_step_of_the_audit_leaves_every_change_in_it_once(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager()
    token = tmp_path / "token"
    token.write_text(manager.run("token", "create", "root", "--api", "--role", "administrator").stdout)
    there = ("--server", manager.url, "--token-file", str(token))
    count = 0
    for point in ("audit_rows_written:2", "audit_seal_written:2", "audit_seal_written:3"):
        manager.start(fault=f"{point}=kill")
        while not manager.ended():
            manager.run("token", "create", f"token-{count}", "--api", *there, check=False)
            count += 1
    manager.start()
    until(lambda: sealed(manager), 60)
    kept = sorted(row["name"] for row in manager.json("token", "list", "--api"))
    assert sorted(row["detail"]["name"] for row in audited(manager, event="token_made")) == kept
    assert len(kept) > 3
    assert len(audited(manager, event="service_started")) == manager.log().count(" KNM0001-I ")
    assert verified(manager)[0] == 0
    manager.stop()
    assert verified(manager, "--seal", copied(manager))[0] == 0
