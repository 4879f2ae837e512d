"""The user of a dangerous PC is told so once: with the Manager's and a real client's processes, which are killed in between."""

import html
import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kanmon.client.identity import device_id
from kanmon.client.machine import Machine
from tests.conftest import KANMON, ManagerProcess, pc_json, until
from tests.postgresql import free_port

Make = Callable[..., ManagerProcess]
LONG = 240  # seconds; collecting an inventory takes some of a machine that others use, too
POLICY = """
kind: action
name: Default
danger:
  message:
    title: {en: "{host} is at {level}"}
    html: {en: '<p onclick="x">Do <a href="{link}">this</a>.</p><script>alert(1)</script>'}
"""


@dataclass
class Client:
    """``kanmon client listen`` on this machine, with a desktop whose notifications are written down."""

    folder: Path
    url: str
    token: str
    process: subprocess.Popen[bytes] | None = None
    gate: Path = field(init=False)

    def __post_init__(self) -> None:
        self.gate, self.seen, self.output = self.folder / "gate", self.folder / "seen", self.folder / "output.txt"
        self.folder.mkdir()
        (self.folder / "bin").mkdir()
        program = self.folder / "bin" / "notify-send"
        program.write_text(
            "#!/bin/sh\nshift 4\n"
            f'while [ -e "{self.gate}" ]; do : > "{self.folder}/at-the-gate"; sleep 0.05; done\n'
            f'printf "%s\\n" "$1" >> "{self.seen}"\nprintf "%s\\n" "$2" >> "{self.folder}/texts"\n'
        )
        program.chmod(0o755)

    def start(self, fault: str = "") -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_")}
        told = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            "KANMON_TOKEN": self.token, "KANMON_FAULT": fault,
        }  # fmt: skip
        with open(self.output, "ab") as out:
            self.process = subprocess.Popen(
                [KANMON, "client", "listen", "--server", self.url, "--folder", str(self.folder / "state"), "--show", "mine"],
                env=kept | told, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def shown(self) -> list[str]:
        return self.seen.read_text("utf-8").splitlines() if self.seen.exists() else []


@pytest.fixture
def stage(make_manager: Make, tmp_path: Path) -> Iterator[tuple[ManagerProcess, Client]]:
    portal = {"listen": f"127.0.0.1:{free_port()}", "wake_port": 0, "check_seconds": 1, "help": ["en=Desk 12"]}
    manager = make_manager(action={"collect_seconds": 0}, portal=portal).start()
    (tmp_path / "actions.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    client = Client(tmp_path / "client", manager.url, manager.token())
    yield manager, client
    client.gate.unlink(missing_ok=True)
    client.kill()


def known(manager: ManagerProcess, client: Client) -> str:
    """This machine has reported, and is at Danger; what names it."""
    device = device_id(Machine())
    assert manager.post(json.dumps(pc_json(1, device_id=device, antivirus=[])).encode(), client.token)[0] == 200
    return device


def call(manager: ManagerProcess, path: str, bearer: str, **body: Any) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        manager.url + path, json.dumps(body).encode(), {"Authorization": f"Bearer {bearer}"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        return problem.code, json.loads(problem.read())


def states(manager: ManagerProcess) -> dict[str, str]:
    return {row["title"]: row["state"] for row in manager.json("messages")}


def test_it_is_shown_once_whoever_is_killed_and_to_nobody_else(stage: tuple[ManagerProcess, Client]) -> None:
    manager, client = stage
    device = known(manager, client)
    client.start()
    (title,) = until(client.shown, LONG)
    assert title.endswith(" is at Danger")
    until(lambda: states(manager) == {title: "shown"})
    told = (client.folder / "texts").read_text("utf-8")
    assert "- " in told, "what is wrong"
    assert "Help: Desk 12" in told
    assert "by {deadline}" not in told
    assert "cut off" not in told, "nobody cuts it off, so nothing is said of it"

    client.gate.touch()  # a desktop that takes its time
    said = manager.run("message", "--all", "--title", "To {host}", "--text", "Tonight.")
    assert "Messages were written for 1 PC" in said.stdout
    until((client.folder / "at-the-gate").exists)
    client.kill()
    manager.kill()
    client.start()
    client.gate.unlink()
    until(lambda: len(client.shown()) == 2)
    manager.start()
    (mine,) = [name for name in until(lambda: states(manager)) if name.startswith("To ")]
    until(lambda: states(manager)[mine] == "shown")
    client.kill()
    client.start()
    manager.run("message", "--all", "--title", "Third", "--text", "The last.")
    until(lambda: len(client.shown()) == 3)
    assert client.shown() == [title, mine, "Third"], "each of them once"

    (listed,) = manager.json("clients")
    host = listed["host"]
    assert manager.post(json.dumps(pc_json(2)).encode(), client.token)[0] == 200
    until(lambda: any(row["host"] == "pc-0002" for row in manager.json("pcs")))
    secret = "knc_" + "s" * 43
    assert call(manager, "/client/v1/register", client.token, token=secret, device="test-2")[0] == 200
    assert call(manager, "/client/v1/poll", secret) == (200, {"messages": [], "inventory": 0, "poll_seconds": 50})
    body = {"token": "knc_" + "t" * 43, "device": device}
    status, refused = call(manager, "/client/v1/register", client.token, **body)
    assert (status, refused["title"]) == (409, "KNM3211-E")
    for token in (client.token, body["token"], ""):
        assert call(manager, "/client/v1/poll", token)[0] == 401, "only a client's own token"
    assert "KNM3213-W" in until(lambda: "KNM3213-W" in (log := manager.log()) and log)
    assert host in manager.log()
    assert not re.search("knc_|kni_", manager.log() + client.output.read_text())


def test_the_page_has_the_message_and_check_again_wakes_the_client(stage: tuple[ManagerProcess, Client]) -> None:
    manager, client = stage
    client.start()  # nobody knows this machine yet: it sends an inventory first
    until(client.shown, LONG)
    (listed,) = manager.json("clients")
    link = manager.run("network", "link", listed["host"]).stdout.strip()
    with urllib.request.urlopen(link, timeout=30) as answer:
        page = answer.read().decode()
    assert f"<h3>{html.escape(client.shown()[0])}</h3>" in page
    assert re.search(r'<p>Do <a href="http://127.0.0.1:\d+/" rel="noopener noreferrer">this</a>.</p>', page)
    assert not re.search("<script|onclick", page)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    urllib.request.urlopen(link, urllib.parse.urlencode(fields).encode(), timeout=30).close()
    until(lambda: "KNM3226-I" in client.output.read_text(), LONG)
    until(manager.idle)
    judged = [row for row in manager.json("operations") if row["requester"] == "check_again" and row["kind"] == "judge"]
    assert judged, "what came was judged at once"
    assert client.shown() == client.shown()[:1], "the level is the same: nothing more is said"


def test_it_is_shown_once_wherever_client_and_manager_are_killed(stage: tuple[ManagerProcess, Client]) -> None:
    manager, client = stage
    known(manager, client)
    client.start()
    until(client.shown, LONG)
    until(lambda: set(states(manager).values()) == {"shown"})
    titles = []
    for point in ("client_accepted:1", "client_shown:1", "client_told:2", "client_told:3"):
        client.kill()
        client.start(f"{point}=kill")
        assert client.process is not None
        titles.append(f"Killed at {point}")
        manager.run("message", "--all", "--title", titles[-1], "--text", "x")
        until(lambda: client.process is not None and client.process.poll() is not None)
        client.start()
        until(lambda: states(manager)[titles[-1]] == "shown")
    manager.stop()
    manager.start(fault="message_written:1=kill")
    titles.append("Killed while it is written")
    words = [KANMON, "message", "--all", "--title", titles[-1], "--text", "x"]
    asking = subprocess.Popen(words, env=manager.environment, stdout=subprocess.DEVNULL)
    until(manager.ended)
    manager.start()
    assert asking.wait(120) == 0, "the command waits for the Manager, and tells how it ended"
    until(lambda: states(manager)[titles[-1]] == "shown")
    assert client.shown()[1:] == titles
