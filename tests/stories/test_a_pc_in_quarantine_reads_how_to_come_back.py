"""A PC is cut off, reads on the remediation page what is wrong, is mended, asks to be checked again, and is let back in: with
the Manager's and a real agent's processes, and a collecting window so long that nobody could wait for it.
"""

import html
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.agent.processes import AgentProcess
from tests.conftest import ManagerProcess, pc_json, until
from tests.postgresql import free_port

Make = Callable[..., ManagerProcess]
POLICY = "{kind: action, name: Default, danger: {network: deny}, safe: {network: permit}}"
LONG = 3600  # seconds that a collecting window takes


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Page:
    """An answer of the remediation page."""

    status: int
    headers: Any
    text: str

    @property
    def words(self) -> str:
        """What a person reads."""
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text)))

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text)
        return html.unescape(found[1]) if found else ""


@dataclass
class Portal:
    """The page, as a PC at ``ip`` asks for it: a proxy that the settings name says where it stands."""

    port: int
    ip: str

    def ask(self, path: str = "/", fields: dict[str, str] | None = None, **headers: str) -> Page:
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        told = {"X-Forwarded-For": self.ip, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, told)
        opener = urllib.request.build_opener(_Stays, urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return Page(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as problem:
            return Page(problem.code, problem.headers, problem.read().decode())

    def fields(self, path: str = "/") -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.ask(path).text))

    def check(self, path: str = "/") -> Page:
        """Press *Check again now*."""
        return self.ask(path, self.fields(path))

    def until_heading(self, heading: str, path: str = "/") -> Page:
        return until(lambda: (page := self.ask(path)).heading == heading and page, 60, 0.5)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    made = AgentProcess(tmp_path / "agent")
    yield made
    made.kill()


def start(make_manager: Make, tmp_path: Path, ip: str, **portal: Any) -> tuple[ManagerProcess, Portal]:
    port = free_port()
    settings = {"listen": f"127.0.0.1:{port}", "proxies": ["127.0.0.1"], "wake_port": 0, "check_seconds": 1}
    manager = make_manager(
        agents={"listen": f"127.0.0.1:{free_port()}"}, action={"collect_seconds": 0}, portal=settings | portal
    ).start()
    (tmp_path / "actions.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    return manager, Portal(port, ip)


def long_windows(manager: ManagerProcess) -> None:
    """From now on inventory is acted on after an hour."""
    manager.stop()
    text = (manager.home / "kanmon.toml").read_text("utf-8")
    (manager.home / "kanmon.toml").write_text(text.replace("collect_seconds = 0", f"collect_seconds = {LONG}"), "utf-8")
    manager.start()


def mac(number: int) -> str:
    return pc_json(number)["identity"]["macs"][0]


def send(manager: ManagerProcess, token: str, number: int, **changes: Any) -> None:
    body = pc_json(number, columns={"ip": f"10.9.0.{number}"}, **changes)
    assert manager.post(json.dumps(body).encode(), token)[0] == 200


def test_a_pc_in_quarantine_reads_what_is_wrong_and_comes_back_by_the_button(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager, portal = start(make_manager, tmp_path, "10.9.0.1", help=["en=Desk 1234", "ja=内線 1234"])
    agent.enrol(manager.run("network", "invite", "gateway-1").stdout.strip())
    agent.start()
    token = manager.token()
    send(manager, token, 1, antivirus=[], software=[{"name": "secret-tool", "version": "1", "scheme": "deb"}])
    agent.until_network({mac(1): "deny"})
    long_windows(manager)

    page = portal.until_heading("This PC is cut off from the network")
    for told in ("pc-0001", "no antivirus product found", "How to mend it", "apt install clamav", "Desk 1234", "Since"):
        assert told in page.words
    assert "secret-tool" not in page.text, "what is not wrong is nobody's business"
    assert portal.ask(Accept_Language="ja").heading == "この PC はネットワークから遮断されています"
    assert "内線 1234" in portal.ask("/?lang=ja").words

    assert portal.check().status == 303
    waits = until(lambda: "A new one is waited for" in (page := portal.ask()).words and page, 60, 0.5)
    assert waits.headers["Refresh"], "it renews itself, without a script"
    send(manager, token, 1)
    agent.until_network({mac(1): "permit"})
    assert portal.until_heading("This PC is in order")


def test_what_was_mended_before_the_button_waits_for_no_window(
    make_manager: Make, tmp_path: Path, agent: AgentProcess
) -> None:
    manager, portal = start(make_manager, tmp_path, "10.9.0.1")
    agent.enrol(manager.run("network", "invite", "gateway-1").stdout.strip())
    agent.start()
    token = manager.token()
    send(manager, token, 1, antivirus=[])
    send(manager, token, 2, antivirus=[])
    agent.until_network({mac(1): "deny", mac(2): "deny"})
    long_windows(manager)
    send(manager, token, 1)
    send(manager, token, 2)
    portal.until_heading("This PC is in order, and is being let back in")
    assert portal.check().status == 303
    agent.until_network({mac(1): "permit", mac(2): "deny"})


def test_who_was_refused_is_told_so_and_nothing_else(make_manager: Make, tmp_path: Path) -> None:
    manager, portal = start(make_manager, tmp_path, "10.9.0.1")
    send(manager, manager.token(), 1, antivirus=[])
    until(lambda: manager.json("network", "list"))
    form = portal.fields()
    manager.run("network", "refuse", "--host", "pc-0001", "--reason", "stolen on Monday")
    page = portal.until_heading("This PC is refused")
    assert not re.search("stolen|antivirus|pc-0001|Check again", page.text)
    assert portal.ask("/", form).status == 403


def test_a_page_asks_for_its_own_pc_only_and_not_too_often(make_manager: Make, tmp_path: Path) -> None:
    manager, portal = start(make_manager, tmp_path, "10.9.0.1", check_seconds=3600, checks_per_hour=2)
    token = manager.token()
    for number in (1, 2, 3):
        send(manager, token, number, antivirus=[])
    until(lambda: len(manager.json("network", "list")) == 3)
    until(manager.idle)
    second, third = Portal(portal.port, "10.9.0.2"), Portal(portal.port, "10.9.0.3")
    assert portal.ask("/", second.fields()).status == 403, "another PC's form"
    assert portal.ask("/", {"form": "invented"}).status == 403
    fields = portal.fields()
    assert portal.ask("/", fields).status == 303
    assert portal.ask("/", fields).status == 303, "the same form, sent twice, is one check"
    again = portal.check()
    assert (again.status, again.headers["Retry-After"]) == (429, "3600")
    assert "less than 3600 seconds ago" in again.words
    assert second.check().status == 303
    late = third.check()
    assert late.status == 429
    assert "Many PCs are being checked" in late.words
    assert portal.ask("/", {"form": "x" * 10_000}).status == 413
    judged = [one for one in manager.json("operations") if one["requester"] == "check_again" and one["kind"] == "judge"]
    assert len(judged) == 2


def test_a_signed_link_leads_to_the_page_of_its_pc_from_anywhere(make_manager: Make, tmp_path: Path) -> None:
    manager, portal = start(make_manager, tmp_path, "198.51.100.9")
    send(manager, manager.token(), 1, antivirus=[])
    until(lambda: manager.json("network", "list"))
    link = manager.run("network", "link", "pc-0001", "--days", "3").stdout.strip()
    assert link.startswith(f"http://127.0.0.1:{portal.port}/pc/")
    path = urllib.parse.urlsplit(link).path
    assert portal.ask(path).heading == "This PC is cut off from the network"
    assert portal.check(path).headers["Location"] == path + "?lang=en"
    spoilt = portal.ask(path[:-2] + ("AA" if path[-2:] != "AA" else "BB"))
    assert spoilt.heading == "We can't tell which PC this is"
    assert "This link is not good any more" in spoilt.words
    assert "KNM8505-E" in manager.run("network", "link", "pc-0001", "--days", "91", check=False).stderr


def test_the_page_is_for_nobody_s_scripts_frames_and_cookies(make_manager: Make, tmp_path: Path) -> None:
    _, portal = start(make_manager, tmp_path, "10.9.0.1", url="http://mend.example.com")
    own = {"Host": "mend.example.com"}
    page = portal.ask("/", **own)
    assert page.status == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (page.headers["Set-Cookie"], page.headers["Referrer-Policy"]) == (None, "no-referrer")
    assert "<script" not in page.text
    for path in ("/", "/generate_204", "/hotspot-detect.html", "/connecttest.txt", "/console/login"):
        sent = portal.ask(path, Host="captive.example.org")
        assert (sent.status, sent.headers["Location"]) == (302, "http://mend.example.com/"), path
    assert portal.ask("/api/v1/status", **own).status == 302, "nothing of the Manager's other faces is here"
    assert portal.ask("/api/v1/status", {"x": "y"}, **own).status == 405
    assert portal.ask("/health/live").status == 200
    answers = {portal.ask("/", **own).status for _ in range(60)}
    assert answers == {200, 429}, "one address can't ask without end"
    assert Portal(portal.port, "10.9.0.2").ask("/", **own).status == 200


def test_proxies_that_are_none_keep_the_manager_from_starting(make_manager: Make) -> None:
    settings = {"listen": f"127.0.0.1:{free_port()}", "proxies": ["10.0.0.0/99"]}
    manager = make_manager(portal=settings)
    manager.start(wait=False)
    until(manager.ended, 60)
    assert "portal.proxies can't be used" in manager.output.read_text("utf-8")
