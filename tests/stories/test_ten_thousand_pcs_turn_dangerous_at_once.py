"""A policy that calls everything dangerous: one mail, as many PCs cut off as an hour allows, and a person who is asked."""

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.conftest import CAMPAIGN, MailServer, ManagerProcess, until

Make = Callable[..., ManagerProcess]
COUNT, CAP = 10_000 if CAMPAIGN else 2000, 100
ACTIONS = "kind: action\nname: Default\ndanger: {mail: {to: administrators}, network: deny}\nsafe: {network: permit}\n"
MISTAKE = """
kind: judgment
name: Default
mandatory_software:
  judge: true
  groups: [{name: nobody, level: danger, any_of: [{name: No such program}]}]
"""


class Person:
    """A browser in which somebody has signed in, as the first administrator."""

    def __init__(self, manager: ManagerProcess) -> None:
        self.url = manager.url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        link = until(lambda: re.search(r"(/welcome/\S+)", manager.output.read_text()))[1]
        password = "correct horse battery"
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(link))
        assert found
        form = {
            "csrfmiddlewaretoken": found[1], "username": "hanako", "password1": password, "password2": password,
            "language": "en",
        }  # fmt: skip
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + link, data=data, headers={"Referer": self.url + link})
        self.opener.open(request, timeout=60).read()

    def page(self, path: str) -> str:
        """What a page says."""
        return str(self.opener.open(self.url + path, timeout=60).read().decode())


def test_it_is_one_mail_a_capped_order_and_a_question(
    make_manager: Make, mail_server: MailServer, tmp_path: Path
) -> None:
    manager = make_manager(
        mail=mail_server.settings, action={"collect_seconds": 0, "most_per_hour": [f"network={CAP}"]}
    ).start()
    person = Person(manager)
    (tmp_path / "quiet.yaml").write_text("kind: action\nname: Default\n")
    (tmp_path / "actions.yaml").write_text(ACTIONS)
    (tmp_path / "mistake.yaml").write_text(MISTAKE)
    manager.run("policy", "import", str(tmp_path / "quiet.yaml"))
    manager.run("simulate", str(COUNT))
    manager.run("policy", "import", str(tmp_path / "actions.yaml"), "--already", "leave")
    until(manager.idle, 120)
    assert (mail_server.mails, manager.json("waiting")) == ([], []), "what was so before is left alone"

    manager.run("policy", "import", str(tmp_path / "mistake.yaml"))
    asked = until(lambda: manager.json("waiting"), 300)
    until(manager.idle, 120)
    turned = [row for row in manager.json("operations", "--kind", "act", "--limit", "20") if row["outcome"]["pcs"]]
    assert len(turned) == 1, "one decision"
    (question,) = asked
    beyond = question["pcs"]
    assert (question["kind"], question["why"]) == ("network", "cap")
    told, asks = sorted(mail_server.mails, key=lambda mail: "asks" in mail["Subject"])
    assert f"{beyond + CAP}" in told["Subject"].replace(",", "")
    listed = next(told.iter_attachments()).get_content().count("\n") - 1
    assert listed == beyond + CAP or f"{listed}" in told.get_body().get_content(), "what is left out is said"
    assert f"{beyond:,}" in asks["Subject"]
    assert "beyond the cap of an hour" in asks.get_body().get_content()
    assert len(manager.json("network", "list", "--state", "deny")) >= CAP
    assert f"{beyond:,}" in person.page("/waiting")
    assert beyond + CAP > COUNT * 0.8, "the others had been dangerous before"

    manager.run("decline", "--all")
    assert manager.json("waiting") == []
