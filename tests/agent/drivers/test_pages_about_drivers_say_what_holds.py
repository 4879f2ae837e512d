"""The examples of the pages about drivers are settings that are read, and documents of the contract."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from kanmon.agent.drivers import command
from kanmon.agent.drivers.base import Entry
from kanmon.agent.drivers.nftables import settings
from kanmon.common.messages import catalogue
from kanmon.wire import Fixed, Setup
from tests.conftest import ROOT

GATEWAY = ROOT / "docs" / "howto" / "use-a-linux-gateway.md"
COMMAND = ROOT / "docs" / "reference" / "agent-command.md"


def block(page: Path, name: str) -> str:
    found = re.search(rf"^```text {re.escape(name)}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def rows(page: Path) -> dict[str, str]:
    """The default of each setting, by the page's table."""
    return dict(re.findall(r"^\| `(\w+)` \| ?([^|]*?) ?\| ", page.read_text("utf-8"), re.MULTILINE))


def told(default: Any) -> str:
    if default is msgspec.NODEFAULT:
        return ""
    if default == "":
        return "(empty)"
    return "none" if default == () else f"`{default}`" if isinstance(default, str) else str(default)


def test_the_settings_of_a_gateway() -> None:
    text = GATEWAY.read_text("utf-8")
    read = tomllib.loads(text[text.index("<<END\n") + 6 : text.index("\nEND\n")])
    assert read["agent"]["drivers"] == ["nftables"]
    assert settings.read(read["drivers"]["nftables"]).mode == "bridge"
    fields = msgspec.structs.fields(settings.Settings)
    assert rows(GATEWAY) == {one.name: told(one.default) for one in fields}


def test_the_settings_of_a_command() -> None:
    read = tomllib.loads(block(COMMAND, "agent.toml"))
    msgspec.convert(read["drivers"]["command"], command.Settings)
    known = {one.name: told(one.default) for one in msgspec.structs.fields(command.Settings)}
    assert {name: text for name, text in rows(COMMAND).items() if name in known} == known


def test_what_a_command_is_asked() -> None:
    shown = msgspec.json.decode(block(COMMAND, "ask"))
    setup = Setup(unregistered="quarantine", fixed=(Fixed(mac="00:1b:a9"),))
    entry = Entry("02:00:00:00:00:01", "deny", "192.0.2.11", "NGY-0001")
    assert shown["setup"] == command._setup(setup)
    assert shown["entries"] == [command._entry(entry, setup)]
    assert shown["contract"] == command.CONTRACT


def test_what_a_command_answers() -> None:
    read = msgspec.json.decode(block(COMMAND, "answer"), type=command.Answer, strict=True)
    assert read.seen[0].port == "7"
    assert set(msgspec.json.decode(block(COMMAND, "answer"))) | {"able"} == set(command.Answer.__struct_fields__)
    text = COMMAND.read_text("utf-8")
    assert "64 MiB" in text
    assert command.ANSWER_BYTES == 64 * 2**20


def test_their_messages_are_in_the_catalogue() -> None:
    for page in (GATEWAY, COMMAND):
        assert set(re.findall(r"KNM\d{4}-[EWI]", page.read_text("utf-8"))) <= set(catalogue())
