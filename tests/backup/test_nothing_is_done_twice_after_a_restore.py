"""The story: a Manager is backed up under load and goes on acting; then its disk is lost, and the backup restored.

What was sent to the outside since the backup is known to the mail server alone. The restored node must not send it
again by itself, and must not give a new mail the mark of one that was sent.
"""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.backup.places import Place
from tests.conftest import MailServer, pc_json, until
from tests.failover.agents import Agents

Make = Callable[..., Place]


def dangerous(place: Place, token: str, *numbers: int) -> None:
    for number in numbers:
        assert place.post(json.dumps(pc_json(number, antivirus=[])).encode(), token)[0] == 200


def lost(place: Place) -> None:
    """The disk is gone: home, database, everything."""
    place.kill()
    shutil.rmtree(place.home)
    if place.database:
        server, _, name = place.database.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name}".encode())


def told(mail: MailServer) -> str:
    return "\n".join(str(one.get_body().get_content()) for one in mail.mails)  # type: ignore[union-attr]


def table(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table as they stand in a backup."""
    with zipfile.ZipFile(path) as file:
        manifest = json.loads(file.read("manifest.json"))
        columns = next(one["columns"] for one in manifest["tables"] if one["name"] == name)
        lines = file.read(f"tables/{name}.jsonl").splitlines()
    return [dict(zip([one["name"] for one in columns], json.loads(line), strict=True)) for line in lines]


def one_moment(path: Path) -> None:
    """What is written together stands in the backup together, though its tables were read one after the other."""
    events: dict[int, list[str]] = {row["id"]: [] for row in table(path, "operation")}
    for entry in table(path, "entry"):
        if entry["operation"] is not None:
            events[entry["operation"]].append(entry["event"])
    for row in table(path, "operation"):
        assert events[row["id"]].count("begun") == 1
        assert ("finished" in events[row["id"]]) is (row["state"] == "finished"), row
    verdicts = {row["id"]: row for row in table(path, "verdict")}
    for state in table(path, "pc_state"):
        assert verdicts[state["verdict"]]["to_at"] is None
    assert {row["id"] for row in table(path, "pc")} == {row["pc"] for row in table(path, "pc_facts")}


@pytest.fixture
def restored(make_place: Make, kind: str, mail_server: MailServer) -> Place:
    """The place after it was lost and restored, serving. Since the backup, pc-0900 and pc-0901 were mailed."""
    place = make_place(kind, mail=mail_server.settings | {"per_hour": 1000}).setup()
    place.start()
    agents = Agents([place], token := place.token(), seed=7)
    agents.start()
    until(lambda: len(mail_server.mails) > 2, 60)
    path = place.home.parent / "online.zip"
    place.run("backup", "--to", str(path))
    assert agents.is_alive(), "the Manager went on taking reports in meanwhile"
    one_moment(path)
    dangerous(place, token, 900)
    until(lambda: "pc-0900" in told(mail_server), 60)
    agents.stop()
    until(place.idle, 60)
    dangerous(place, token, 901)
    until(lambda: "pc-0901" in told(mail_server), 60)
    lost(place)
    place.run("restore", str(path))
    place.start()
    dangerous(place, token, 900, 901)  # the agents report again, and are judged again
    wait_judged(place, "pc-0900", "pc-0901")
    return place


def wait_judged(place: Place, *hosts: str) -> None:
    """They are dangerous, and the actions for that are decided."""
    until(lambda: set(hosts) <= {row["host"] for row in place.json("pcs", "--level", "danger")}, 60)
    until(lambda: not [row for row in place.json("operations", "--state", "waiting") if row["kind"] != "mail"], 60)


def test_nothing_is_sent_before_it_is_released_and_then_nothing_of_before(
    restored: Place, mail_server: MailServer
) -> None:
    assert restored.rows("SELECT term FROM term")[0][0] >> 20 > 1_700_000_000, "an era is as large as its beginning"
    assert ("restored",) in restored.rows("SELECT cause FROM takeover")
    assert "KNM4230-W" in restored.log()
    until(lambda: restored.rows("SELECT event FROM audit WHERE event = 'restored'"), 30)
    sent = [mail["Message-ID"] for mail in mail_server.mails]
    held = restored.json("actions", "held")
    assert "mail" in held["lanes"]
    since = [one["subject"] for one in held["operations"] if not one["from_backup"]]
    assert since, "what was judged again waits"
    assert restored.json("status")["actions_held_since"]
    assert any("kanmon actions" in one["said"]["en"] + one["remedy"]["en"] for one in health(restored))
    assert len(mail_server.mails) == len(sent), "and nothing is sent"
    outcome = restored.json("actions", "release")
    assert (outcome["cancelled"], outcome["let_go"]) == (held["count"], 0)
    assert restored.json("status")["actions_held_since"] is None
    dangerous(restored, restored.token("later"), 950)
    until(lambda: "pc-0950" in told(mail_server), 60)
    until(restored.idle, 60)
    new = [mail["Message-ID"] for mail in mail_server.mails[len(sent) :]]
    assert len(new) == 1, "one mail, of what is new"
    assert new[0] not in sent, "a receiver would take it for one that it has"
    assert "KNM4233-I" in restored.log()


def test_what_is_let_go_says_that_it_may_be_a_repeat(restored: Place, mail_server: MailServer) -> None:
    count = len(mail_server.mails)
    waiting = restored.json("actions", "held")["operations"]
    last = waiting[-1]["id"]
    unknown = restored.run("actions", "release", "--keep", "1", check=False)
    assert "KNM4249-E" in unknown.stderr
    outcome = restored.json("actions", "release", "--keep", str(last))
    assert (outcome["cancelled"], outcome["let_go"]) == (len(waiting) - 1, 1)
    mail = until(lambda: mail_server.mails[count:], 60)[0]
    assert "may be a repeat" in mail.get_body().get_content()
    assert mail["X-Kanmon-Order"] == str(last)
    until(restored.idle, 60)
    assert len(mail_server.mails) == count + 1
    assert "KNM4234-W" in restored.log()
    again = restored.run("actions", "release", check=False)
    assert "KNM4242-E" in again.stderr


def health(place: Place) -> list[dict[str, dict[str, str]]]:
    """The warnings of ``kanmon health``."""
    warnings: list[dict[str, dict[str, str]]] = json.loads(place.kanmon("health", "--json").stdout)["warnings"]
    return warnings
