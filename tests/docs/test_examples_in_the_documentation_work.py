"""What the documentation tells a reader to type works; what it shows is accepted."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kanmon import wire
from kanmon.action import webhook_body
from kanmon.agent import config as agent_config
from kanmon.agent import drivers
from kanmon.agent.radius import setup as radius_setup
from kanmon.common import config
from kanmon.common.messages import catalogue
from kanmon.intake import formats
from kanmon.intake.report import Report
from kanmon.judgment.condition import AGENT_ID, STALE_ID
from kanmon.policy import rules
from tests.cluster.nodes import NodeProcess, cluster
from tests.conftest import MailServer, ManagerProcess, free_port, until
from tests.docs.pages import PAGES, ROOT, Block, blocks, prose

CLUSTER = blocks("sh", "test", "cluster")
MANAGER_TOML = [block for block in blocks("toml") if block.words[1:] != ("agent",)]
TESTED = sorted({block.page for block in blocks("sh", "test") if block not in CLUSTER})


def shell(manager: ManagerProcess, block: Block, folder: Path, second_port: int = 8090) -> str:
    """Run a block as a reader would, at the Manager of the test and at a port that is free; its output."""
    text = block.text.replace("127.0.0.1:8080", f"127.0.0.1:{manager.port}")
    text = re.sub(r"(127\.0\.0\.1\W{1,3})8090", rf"\g<1>{second_port}", text)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=manager.environment | {"PATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{block.name}\n{text}\n{done.stdout}"
    return done.stdout


@pytest.mark.parametrize("page", TESTED, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work_in_their_order(
    page: Path, make_manager: Callable[..., ManagerProcess], mail_server: MailServer, tmp_path: Path
) -> None:
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 1}).start()
    folder = tmp_path / "reader"
    folder.mkdir()
    said, second_port = [], free_port()
    for block in blocks("sh", "test"):
        if block.page == page and block not in CLUSTER:
            if "stopped" in block.words:
                manager.stop()
            said.append(shell(manager, block, folder, second_port))
            if "stopped" in block.words:
                manager.start()
    check = AFTERWARDS.get(page.stem)
    if check:
        check(manager, mail_server, said)


@pytest.mark.parametrize("page", sorted({block.page for block in CLUSTER}), ids=lambda page: page.stem)
def test_the_commands_of_a_page_about_nodes_work_in_their_order(page: Path, tmp_path: Path) -> None:
    with cluster(tmp_path) as two:
        first = two.node("mgr-a", cluster={"lease_seconds": 2.0}).start()
        second = NodeProcess(tmp_path / "mgr-b", first.settings, name="mgr-b")
        shutil.copytree(first.home / "secrets", second.home / "secrets")
        two.nodes.append(second.setup().start())
        until(lambda: [row["state"] for row in first.json("cluster", "status")] == ["active", "standby"])
        said = "".join(shell(first, block, tmp_path) for block in CLUSTER if block.page == page)
        assert "knj_" in said
        assert "mgr-b is active, mgr-a stands by" in said


def first_pc(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """The tutorial: Danger, why, Safe, unchanged."""
    text = "\n".join(said)
    assert re.search(r"T-0001 +tutorial-pc +danger", text)
    assert re.search(r"T-0001 +tutorial-pc +safe", text)
    assert "taken in: 0, unchanged: 1" in text
    assert "KNM2002-I" in text


def agents(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """An agent's PC came in, and the source is cut off."""
    assert len(manager.json("pcs")) == 1, said
    assert manager.json("token", "list")[0]["state"] == "revoked"


def files(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """The file's PC is in its group."""
    assert "lab-7" in said[0]


def mail(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """The trial's mail arrives."""
    arrived = until(lambda: mail_server.mails)
    assert "mail-test-" in arrived[0].get_body().get_content()


def webhooks(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """The receiver was told, once."""
    text = "\n".join(said)
    assert "Default version 2" in text
    assert "danger ['webhook-test']" in text
    assert "siem took it: 204 No Content." in text
    assert "whsec_" not in text


def commands(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """The program was run, once, with the PC in its table."""
    assert "KNM3131-I" in said[-1]
    assert '"command-test-' in said[-1]
    settings = tomllib.loads((manager.home / "kanmon.toml").read_text("utf-8"))
    tickets = (Path(settings["command"]["folder"]).parent / "tickets").read_text().splitlines()
    assert len(tickets) == 1
    assert tickets[0].startswith("1 PCs at danger, order ")


def suspected(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """There was a suspected report, and it is decided."""
    assert "branch-nagoya" in said[0]
    assert manager.json("suspected", "list") == []
    until(lambda: [row["asset_number"] for row in manager.json("pcs")] == ["NGY-12"])


def patch_knowledge(manager: ManagerProcess, mail_server: MailServer, said: list[str]) -> None:
    """Importing: the feed is listed with its day, and the policy that named the older update now names the newer."""
    assert "2026-06-09" in said[0]
    assert "known already" in said[1]
    assert "Updates version 2" in said[1]
    assert "KB5093998" in manager.run("policy", "show", "Updates").stdout


AFTERWARDS: dict[str, Callable[[ManagerProcess, MailServer, list[str]], None]] = {
    "first-pc": first_pc,
    "connect-fusioninventory-or-ocs": agents,
    "import-files": files,
    "send-mail": mail,
    "receive-webhooks": webhooks,
    "run-a-command": commands,
    "decide-suspected-reports": suspected,
    "import-patch-knowledge": patch_knowledge,
}


def test_there_is_something_to_try_on_every_page_for_doing() -> None:
    doing = [*ROOT.glob("docs/tutorial/*.md"), *ROOT.glob("docs/howto/*.md")]
    assert {page.stem for page in doing} - {block.page.stem for block in [*blocks("sh", "test")]} == {
        "run-as-a-service", "write-a-notifier",  # the latter is tried in tests/conformance/effects
    }  # fmt: skip


@pytest.mark.parametrize("block", blocks("yaml"), ids=lambda block: block.name)
def test_a_policy_shown_is_a_policy(block: Block) -> None:
    policy = rules.load(block.text)
    assert rules.load(rules.to_yaml(policy)) == policy


INVENTORIES = [block for block in blocks("json") if "setup" not in block.words]


@pytest.mark.parametrize("block", INVENTORIES, ids=lambda block: block.name)
def test_an_inventory_shown_is_an_inventory(block: Block) -> None:
    got = formats.read(block.text.encode())
    assert isinstance(got, Report)
    assert got.host == json.loads(block.text)["host"]


@pytest.mark.parametrize("block", blocks("json", "setup"), ids=lambda block: block.name)
def test_a_setup_of_networks_shown_is_one(block: Block) -> None:
    msgspec.json.decode(block.text, type=wire.Setup)
    assert set(json.loads(block.text)) <= set(wire.Setup.__struct_fields__), "no field is misspelt"


def test_the_webhook_shown_is_a_webhook() -> None:
    (block,) = blocks("jsonc")
    told = msgspec.json.decode(block.text, type=webhook_body.Body, strict=True)
    assert json.loads(msgspec.json.encode(told)) == json.loads(block.text), "every field is shown, and none is missing"
    assert (told.type, told.data.counts.listed) == (webhook_body.TYPE, len(told.data.pcs))


@pytest.mark.parametrize("block", blocks("toml", "agent"), ids=lambda block: block.name)
def test_settings_of_the_agent_are_accepted(block: Block, tmp_path: Path) -> None:
    (tmp_path / agent_config.FILE).write_text(block.text, "utf-8")
    read = agent_config.read(tmp_path)
    told = read.parts.get("drivers", {})
    for name in read["agent.drivers"]:
        drivers.make(name, told.get(name, {}), tmp_path)
    if "radius" in read.parts:
        assert radius_setup.read(read.parts["radius"]) != radius_setup.DEFAULT


@pytest.mark.parametrize("block", MANAGER_TOML, ids=lambda block: block.name)
def test_settings_shown_are_settings(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KANMON_")]:
        monkeypatch.delenv(name)
    (tmp_path / "kanmon.toml").write_text(block.text, "utf-8")
    assert any(value.source != "default" for value in config.read(tmp_path).values())


def test_tls_is_served_as_the_page_says(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    import ssl
    import urllib.request

    manager = make_manager()
    page = ROOT / "docs" / "howto" / "listen-on-the-network-with-tls.md"
    make_certificate = next(block for block in blocks("sh", "test") if block.page == page)
    shell(manager, make_certificate, tmp_path)
    shown = next(block for block in MANAGER_TOML if block.page == page).text
    shown = re.sub(r"/etc/kanmon/(cert|key)\.pem", lambda found: str(tmp_path / f"{found[1]}.pem"), shown)
    (manager.home / "kanmon.toml").write_text(shown, "utf-8")
    with contextlib.suppress(AssertionError):  # it asks by http, where nobody answers
        manager.start(wait=False)
    context = ssl.create_default_context(cafile=tmp_path / "cert.pem")

    def ready() -> bool:
        try:
            address = f"https://127.0.0.1:{manager.port}/health/ready"
            with urllib.request.urlopen(address, timeout=5, context=context) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    assert until(ready)
    assert "https://kanmon.example.com:8443" in manager.output.read_text("utf-8")


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    made_by_others = {"overview.png", "pc.png"} if not (ROOT / "docs" / "images" / "overview.png").exists() else set()
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("http://", "https://")) or Path(target).name in made_by_others:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name}: {target}"
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in _anchors(there), f"{page.name}: {target}"


def test_every_page_is_reached_from_the_index() -> None:
    reached, queue = set(), [ROOT / "docs" / "index.md"]
    while queue:
        page = queue.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8")):
            queue.append((page.parent / target).resolve())
    assert set((ROOT / "docs").rglob("*.md")) <= reached


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_messages_and_settings_named_on_a_page_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    assert set(re.findall(r"KNM\d{4}-[EWI]", text)) <= set(catalogue())
    sections = "|".join({setting.name.split(".")[0] for setting in config.SETTINGS})
    named = set(re.findall(rf"`((?:{sections})\.[a-z_]+)`", text))
    assert {one for one in named if not one.endswith(".py")} <= {*config.BY_NAME, AGENT_ID, STALE_ID}
